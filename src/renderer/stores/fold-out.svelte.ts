/** Long recordings are many sounds: results that fold out into their matches, and the way from match to match. */
import type { WindowRelevance } from '../../shared/types.ts';
import { ListLines, type Line } from '../list/list-lines.ts';
import type { FileMatches } from './file-matches.svelte.ts';
import type { Player, Span } from './player.svelte.ts';
import type { ResultRows } from './result-rows.svelte.ts';
import type { Selection } from './selection.svelte.ts';

/** Where the playhead stands may be rounded by this, s. */
const ROUNDED = 0.01;

export interface FoldOutDeps {
  selection: Selection;
  rows: ResultRows;
  matches: FileMatches;
  player: Player;
  /** A row was selected. */
  selected: () => void;
  /** Puts the file into the player, at its match, and into the panel. */
  load: (fileId: number) => void;
  /** Whether what is selected is also played. */
  playOnSelect: () => boolean;
}

export class FoldOut {
  readonly #deps: FoldOutDeps;
  #unfolded = $state.raw<ReadonlySet<number>>(new Set());
  /** The match that was gone to last; by where it begins, as matches may come anew. */
  #current = $state.raw<{ fileId: number; startSeconds: number } | null>(null);
  readonly #lines: ListLines;

  constructor(deps: FoldOutDeps) {
    this.#deps = deps;
    const { selection, rows, matches } = deps;
    this.#lines = $derived.by(() => {
      const { ids } = selection;
      const shown = [...this.#unfolded].map(
        (fileId) => [ids.indexOf(fileId), matches.of(fileId)?.length ?? 0] as const,
      );
      return new ListLines(ids.length, rows.maybeFrom, new Map(shown.filter(([position]) => position >= 0)));
    });
  }

  /** What the list shows. */
  get lines(): ListLines {
    return this.#lines;
  }

  /** The line that keys act on; −1 when nothing is selected. */
  get currentLine(): number {
    const { current, fileId } = this.#deps.selection;
    if (current < 0 || fileId === null) return -1;
    const index = this.indexIn(fileId);
    return index >= 0 && this.isUnfolded(fileId) ? this.#lines.ofMatch(current, index) : this.#lines.ofFile(current);
  }

  /** Matches of a file: 0 until they have come. */
  count(fileId: number): number {
    return this.#deps.matches.of(fileId)?.length ?? 0;
  }
  isUnfolded(fileId: number): boolean {
    return this.#unfolded.has(fileId);
  }

  toggle(fileId: number): void {
    const unfolded = new Set(this.#unfolded);
    if (!unfolded.delete(fileId)) unfolded.add(fileId);
    this.#unfolded = unfolded;
  }

  /** Another answer is on the screen. */
  begin(): void {
    this.#unfolded = new Set();
    this.#current = null;
  }

  /** It is the file that is meant, not one of its matches. */
  leaveMatch(): void {
    this.#current = null;
  }

  /** The match of a file that was gone to; null when none was. */
  matchOf(fileId: number): WindowRelevance | null {
    return this.#deps.matches.of(fileId)?.[this.indexIn(fileId)] ?? null;
  }

  /** The same among the matches of the file; −1 when none was. */
  indexIn(fileId: number): number {
    const current = this.#current;
    if (current?.fileId !== fileId) return -1;
    const { matches } = this.#deps;
    return (matches.of(fileId) ?? []).findIndex(({ startSeconds }) => startSeconds === current.startSeconds);
  }

  /** By so many lines, matches that are shown included; stops at the ends. */
  walk(step: number): void {
    const lines = this.#lines;
    if (lines.length === 0) return;
    const before = this.currentLine;
    const from = before < 0 && step < 0 ? lines.length : before;
    const to = Math.max(0, Math.min(lines.length - 1, from + step));
    const way = Math.sign(step);
    // The line "Less likely" is passed over, and has files below it.
    const line = lines.at(to).kind === 'maybe' && lines.length > to + way && to + way >= 0 ? to + way : to;
    this.#goToLine(lines.at(line).kind === 'maybe' ? line + 1 : line);
  }

  #goToLine(at: number): void {
    const line: Line = this.#lines.at(at);
    if (line.kind === 'maybe') return;
    const { selection, selected, playOnSelect } = this.#deps;
    selection.only(line.position);
    const { fileId } = selection;
    if (line.kind === 'file' || fileId === null) selected();
    else this.goTo(fileId, line.index, playOnSelect());
  }

  /** @param index among the matches of the file, which have come */
  goTo(fileId: number, index: number, play: boolean): void {
    const match = this.#deps.matches.of(fileId)?.[index];
    if (match === undefined) return;
    const { player, load } = this.#deps;
    this.#current = { fileId, startSeconds: match.startSeconds };
    load(fileId);
    if (play) void player.play();
    else player.stop();
  }

  /**
   * To the next match of the file in the player, or the previous one, and plays it.
   * @returns false when there is none on that side
   */
  step(direction: 1 | -1): boolean {
    const { player, selection } = this.#deps;
    const { fileId } = player;
    if (fileId === null) return false;
    const to = this.#beside(fileId, direction);
    if (to === null) return false;
    const position = selection.ids.indexOf(fileId);
    if (position >= 0) selection.only(position);
    this.goTo(fileId, to, true);
    return true;
  }

  /** From the match that was gone to, as long as the playhead is in it; else from the playhead. */
  #beside(fileId: number, direction: 1 | -1): number | null {
    const { player, matches } = this.#deps;
    const all = matches.of(fileId) ?? [];
    const { position, hit } = player;
    const index = this.indexIn(fileId);
    const inside = (span: Span | null | undefined) =>
      span != null && position >= span.startSeconds - ROUNDED && position <= span.endSeconds + ROUNDED;
    const isThere = index >= 0 && (inside(all[index]) || inside(hit));
    const next = isThere
      ? index + direction
      : direction > 0
        ? all.findIndex(({ startSeconds }) => startSeconds > position + ROUNDED)
        : all.findLastIndex(({ endSeconds }) => endSeconds < position - ROUNDED);
    return next >= 0 && next < all.length ? next : null;
  }
}
