/** What is repeated: the user chooses once; where a file has no such thing, the next larger one is. */

export const LOOPS = ['match', 'selection', 'file'] as const;
export type Loop = (typeof LOOPS)[number];

/** s */
interface Span {
  startSeconds: number;
  endSeconds: number;
}

export interface Loopable {
  match: Span | null;
  selection: Span | null;
}

/** What a choice comes to: of a file without a match, or with nothing selected, the file. */
export function loopOf(chosen: Loop, { match, selection }: Loopable): Loop {
  if (chosen === 'selection' && selection !== null) return 'selection';
  return chosen !== 'file' && match !== null ? 'match' : 'file';
}

/** @returns null for the whole file */
export function loopSpan(chosen: Loop, loopable: Loopable): Span | null {
  const loop = loopOf(chosen, loopable);
  return loop === 'file' ? null : loopable[loop];
}

/** The next choice, round and round. */
export function nextLoop(chosen: Loop): Loop {
  return LOOPS[(LOOPS.indexOf(chosen) + 1) % LOOPS.length]!;
}

export function isLoop(name: string | null): name is Loop {
  return LOOPS.some((loop) => loop === name);
}
