/** From match to match in a long recording, and a result folded out into its matches. */
import type { App } from '../stores/app.svelte.ts';
import { onSearch, somethingPlaying, type Action } from './action.ts';

const SEVERAL = 2;

/** The selected result, if there is something in it to fold out. */
function foldable({ selection: { fileId }, foldOut }: App): number | null {
  return fileId !== null && foldOut.count(fileId) >= SEVERAL ? fileId : null;
}

function step(direction: 1 | -1): (app: App) => void {
  return ({ foldOut, notices, player }) => {
    if (foldOut.step(direction)) return;
    const none = player.fileId === null || foldOut.count(player.fileId) === 0;
    if (none) notices.say('This file has no matches of the search.');
    else notices.say(direction > 0 ? 'No later match in this file.' : 'No earlier match in this file.');
  };
}

const matchesLookedFor = (app: App) => somethingPlaying(app) && app.fileMatches.query !== null;

/** To the row of the file where one of its matches is selected; there it folds in. */
function foldIn(app: App): void {
  const { fileId } = app.selection;
  if (fileId === null) return;
  const wasInside = app.foldOut.indexIn(fileId) >= 0;
  app.foldOut.leaveMatch();
  app.foldOut.toggle(fileId);
  if (wasInside) app.detail.show(fileId);
}

export const MATCH_ACTIONS: readonly Action[] = [
  {
    id: 'match.next',
    name: 'Play next match in this file',
    group: 'Playback',
    keys: ['N'],
    when: matchesLookedFor,
    run: step(1),
  },
  {
    id: 'match.previous',
    name: 'Play previous match in this file',
    group: 'Playback',
    keys: ['Shift+N'],
    when: matchesLookedFor,
    run: step(-1),
  },
  {
    id: 'match.fold',
    name: 'Show or hide all matches of the file',
    group: 'Find',
    keys: ['O'],
    when: (app) => onSearch(app) && foldable(app) !== null,
    run: (app) => app.foldOut.isUnfolded(app.selection.fileId!) ? foldIn(app) : app.foldOut.toggle(app.selection.fileId!), // prettier-ignore
  },
  {
    id: 'match.fold-out',
    keysOnly: true,
    name: 'Show all matches of the file',
    group: 'Find',
    keys: ['ArrowRight'],
    when: (app) => onSearch(app) && foldable(app) !== null && !app.foldOut.isUnfolded(app.selection.fileId!),
    run: (app) => app.foldOut.toggle(app.selection.fileId!),
  },
  {
    id: 'match.fold-in',
    keysOnly: true,
    name: 'Hide all matches of the file',
    group: 'Find',
    keys: ['ArrowLeft'],
    when: (app) => onSearch(app) && app.selection.fileId !== null && app.foldOut.isUnfolded(app.selection.fileId),
    run: foldIn,
  },
];
