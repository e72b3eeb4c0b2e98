/** Questions to whoever sits at the terminal. */
import { createInterface } from 'node:readline/promises';

/** Somebody can read and answer. What is asked goes to stderr: stdout may be a pipe. */
export function canAsk(json: boolean): boolean {
  return !json && process.stdin.isTTY && process.stderr.isTTY;
}

/** @returns whether the answer was yes; anything else, and the end of the input, is no */
export async function confirm(question: string, stop: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal: stop }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
