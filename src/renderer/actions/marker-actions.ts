/** Markers in files: written from matches and selections, and the way from one to the next. */
import { writeOf } from '../screens/write/write.svelte.ts';
import type { App } from '../stores/app.svelte.ts';
import { markersNow } from '../stores/marking.ts';
import { somethingPlaying, type Action } from './action.ts';

/** Where the playhead stands may be rounded by this, s. */
const ROUNDED = 0.01;

/** The preview of the write, on its screen. */
export function previewMarkers(app: App): void {
  const request = markersNow(app);
  if (request === null) return;
  app.goTo('write');
  writeOf(app).openTab('tags');
  void writeOf(app).planMarkers(request);
}

function step(direction: 1 | -1): (app: App) => void {
  return ({ fileMarkers, notices, player }) => {
    const starts = fileMarkers.of(player.fileId).map(({ startSeconds }) => startSeconds);
    const { position } = player;
    const to = direction > 0 ? starts.find((at) => at > position + ROUNDED) : starts.findLast((at) => at < position - ROUNDED); // prettier-ignore
    if (to !== undefined) player.seek(to);
    else if (starts.length === 0) notices.say('This file has no markers.');
    else notices.say(direction > 0 ? 'No later marker in this file.' : 'No earlier marker in this file.');
  };
}

export const MARKER_ACTIONS: readonly Action[] = [
  {
    id: 'marker.write',
    name: 'Write markers for matches or selection…',
    group: 'Organise',
    keys: [],
    when: (app) => markersNow(app) !== null && !writeOf(app).busy,
    run: previewMarkers,
  },
  {
    id: 'marker.next',
    name: 'Go to next marker of the file',
    group: 'Playback',
    keys: [],
    when: somethingPlaying,
    run: step(1),
  },
  {
    id: 'marker.previous',
    name: 'Go to previous marker of the file',
    group: 'Playback',
    keys: [],
    when: somethingPlaying,
    run: step(-1),
  },
];
