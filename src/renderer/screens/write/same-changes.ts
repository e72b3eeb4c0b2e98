/** One value is often written to several places of a file: shown once, with all the places. */
import type { FieldChange, WriteMode } from '../../../shared/calls/write.ts';

export interface SameChange {
  field: FieldChange['field'];
  before: string | null;
  after: string | null;
  /** Every place in the format's own words, with how it is treated there. */
  places: { nativeId: string; mode: WriteMode }[];
  /** Each once. */
  notes: string[];
}

/** In the order of the plan; changes of one field with the same values before and after become one. */
export function sameChanges(changes: readonly FieldChange[]): SameChange[] {
  const found = new Map<string, SameChange>();
  for (const { field, nativeId, before, after, mode, note } of changes) {
    const key = JSON.stringify([field, before, after]);
    const same = found.get(key) ?? { field, before, after, places: [], notes: [] };
    same.places.push({ nativeId, mode });
    if (note !== '' && !same.notes.includes(note)) same.notes.push(note);
    found.set(key, same);
  }
  return [...found.values()];
}
