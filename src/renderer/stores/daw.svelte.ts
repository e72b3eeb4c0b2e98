/** What a script of a DAW would insert: told to the engine while the setting is on, so that nobody else can ask the window. */
import type { OfferedSound } from '../../shared/calls/daw.ts';
import type { App } from './app.svelte.ts';

/** The selection in the player, else the match, else the whole file; null with nothing in the player. */
export function offeredNow({ player, timeSelection }: App): OfferedSound | null {
  const { fileId } = player;
  if (fileId === null) return null;
  const selected = timeSelection.range?.fileId === fileId ? timeSelection.span : null;
  const { startSeconds, endSeconds } = selected ?? player.hit ?? { startSeconds: 0, endSeconds: null };
  return { fileId, startSeconds, endSeconds };
}

/** Called by the frame, as an effect: again whenever one of these changes. */
export function offerToDaw(app: App): void {
  if (!app.settings.now.dawBridge || app.connection !== 'connected') return;
  const offered = offeredNow(app);
  void app.notices.attempt(() => app.client.call('daw.offer', offered));
}
