/** Which rows of an answer are seen: results that stand for copies and variants are opened and closed. */
import type { HitGroup } from '../../shared/types.ts';
import type { Answer } from './search.svelte.ts';

const FLAT_KEY = 'earmark.flat-results';

export class ResultRows {
  #flat = $state(localStorage.getItem(FLAT_KEY) === 'yes');
  #answer = $state.raw<Answer | null>(null);
  #opened = $state.raw<ReadonlySet<number>>(new Set());
  /** The others of groups that are open, by the one that stands for them. */
  readonly #leaders = $derived(
    new Map([...this.#opened].flatMap((id) => (this.groupOf(id)?.others ?? []).map((other) => [other.fileId, id]))),
  );

  /** Every file is a row of its own: remembered. */
  get flat(): boolean {
    return this.#flat;
  }
  setFlat(flat: boolean): void {
    this.#flat = flat;
    localStorage.setItem(FLAT_KEY, flat ? 'yes' : 'no');
  }

  /**
   * @param anew it answers another question than the one before: nothing is open
   * @returns ids of the files that are seen, in order
   */
  show(answer: Answer | null, anew: boolean): number[] {
    this.#answer = answer;
    this.#opened = anew ? new Set() : new Set([...this.#opened].filter((id) => answer?.groups.has(id)));
    return this.#visible();
  }

  /** What a row stands for besides itself; null for most rows. */
  groupOf(fileId: number): HitGroup | null {
    return this.#answer?.groups.get(fileId) ?? null;
  }
  isOpen(fileId: number): boolean {
    return this.#opened.has(fileId);
  }
  /** The row that an opened one belongs to; null for rows of their own. */
  leaderOf(fileId: number): number | null {
    return this.#leaders.get(fileId) ?? null;
  }

  /** @returns ids of the files that are seen now */
  toggle(fileId: number): number[] {
    const opened = new Set(this.#opened);
    if (!opened.delete(fileId) && this.groupOf(fileId) !== null) opened.add(fileId);
    this.#opened = opened;
    return this.#visible();
  }

  /** Where the first "maybe" is seen; null when there is none. */
  get maybeFrom(): number | null {
    const first = this.#answer?.maybeFrom ?? null;
    if (this.#answer === null || first === null) return null;
    const before = this.#answer.ids.slice(0, first);
    return before.reduce((rows, id) => rows + this.#rowsOf(id), 0);
  }

  #rowsOf(id: number): number {
    return this.#opened.has(id) ? 1 + (this.groupOf(id)?.others.length ?? 0) : 1;
  }

  #visible(): number[] {
    return (this.#answer?.ids ?? []).flatMap((id) =>
      this.#opened.has(id) ? [id, ...(this.groupOf(id)?.others ?? []).map(({ fileId }) => fileId)] : [id],
    );
  }
}

/** "29 variants, 2 copies" */
export function groupWords({ variants, copies }: HitGroup): string {
  const parts = [
    variants === 0 ? '' : `${String(variants)} ${variants === 1 ? 'variant' : 'variants'}`,
    copies === 0 ? '' : `${String(copies)} ${copies === 1 ? 'copy' : 'copies'}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
