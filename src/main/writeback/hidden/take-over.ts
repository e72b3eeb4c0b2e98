/**
 * Programs look at one tag block of a file and fall back to others when that one is empty: ID3v1 and APEv2 behind an MP3
 * without ID3v2, an ID3v2 tag in front of a FLAC without comments, LIST/INFO beside no ID3 chunk. So that they show
 * afterwards what they showed before, what such a block says goes into the one that is about to hide it.
 */
import type { FieldChange } from '../../../shared/calls/write.ts';
import type { FieldEdit, HiddenField, HidingBlock, StoredField } from '../container.ts';
import type { Wrote } from '../../text/provenance.ts';

export class TakeOver {
  readonly #block: HidingBlock | undefined;
  readonly #hidden: readonly HiddenField[];
  readonly #isEmpty: boolean;

  /**
   * @param found what the file has
   * @param hidden what {@link HidingBlock.hidden} gave
   * @param wrote which values an earlier write of ours put where: those are no one's to be kept
   */
  constructor(
    block: HidingBlock | undefined,
    found: readonly StoredField[],
    hidden: readonly HiddenField[],
    wrote: Wrote,
  ) {
    const isOurs = (id: string, value: string) => (wrote[id] ?? []).some((each) => value === each || value.includes(each)); // prettier-ignore
    this.#block = block;
    this.#hidden = hidden.filter(({ fromId, value }) => !isOurs(fromId, value));
    this.#isEmpty = !found.some(({ nativeId, value }) => value !== '' && block?.holds(nativeId) && !isOurs(nativeId, value) && !isRecord(nativeId)); // prettier-ignore
  }

  /** What is shown now as the value of a place that has none: it counts as the one that is there. */
  at(nativeId: string): string[] {
    return this.#hidden.filter((field) => field.nativeId === nativeId).map(({ value }) => value);
  }

  /** A sentence on a place whose values come from elsewhere, '' for others. */
  note(nativeId: string): string {
    const from = this.#hidden.find((field) => field.nativeId === nativeId)?.from;
    return from === undefined ? '' : `Carried over from ${from}, which the ${this.#block!.name} would hide.`;
  }

  /**
   * The rest of what is hidden once the edits are made.
   * @param edits so far
   * @param isList of the container
   */
  rest(
    edits: readonly FieldEdit[],
    isList: (nativeId: string) => boolean,
  ): { edits: FieldEdit[]; changes: FieldChange[] } {
    const block = this.#block;
    const opens = block && edits.some(({ nativeId, values }) => values.length > 0 && block.holds(nativeId));
    const done = new Set(edits.map(({ nativeId }) => nativeId));
    if (!opens || !this.#isEmpty) return { edits: [], changes: [] };
    const ids = [...new Set(this.#hidden.map(({ nativeId }) => nativeId))].filter((id) => !done.has(id));
    const added = ids.map((nativeId): FieldEdit => {
      const values = this.at(nativeId);
      return { nativeId, values: isList(nativeId) ? values : [values.join('; ')] };
    });
    const changes = added.map(({ nativeId, values }): FieldChange => {
      const after = values.join('; ');
      return { field: 'takenOver', nativeId, before: null, after, mode: 'fill', note: this.note(nativeId) };
    });
    return { edits: added, changes };
  }
}

/** What Earmark says about itself. */
function isRecord(nativeId: string): boolean {
  return /(?:^|:)EARMARK$/.test(nativeId);
}
