/** bin/earmark starts this program on the bundled Node where its own is too old, and waits for its end. */

/**
 * Ends the program, as a SIGTERM would, when the process that launched it is gone: whoever killed that one meant this
 * one, and nobody would be left to pass a Ctrl-C on. Where it was not launched so, nothing happens.
 */
export function endWithLauncher(): void {
  if (!process.send) return;
  process.channel?.unref(); // the channel alone must not keep the program running
  process.on('disconnect', () => void process.emit('SIGTERM', 'SIGTERM'));
  // It may have gone while this file was being loaded; no event would follow.
  if (!process.connected) process.exit();
}
