/** What comes into the place of a fact: one value, which is left as it is spelt where it says the same. */
import type { FactField, WriteMode } from '../../shared/calls/write.ts';
import { FACTS } from '../../shared/facts.ts';
import type { Container } from './container.ts';

/** Tempi that differ by less are one: `128.00` and `128`. */
const SAME_BPM = 0.005;

/** As `decide` of field-values.ts. @param wanted one value, or none: ours goes */
export function decideFact(
  field: FactField,
  nativeId: string,
  mode: WriteMode,
  container: Pick<Container, 'fit'>,
  { existing, earlier, wanted }: { existing: readonly string[]; earlier: readonly string[]; wanted: readonly string[] },
): { after: string[]; ours: string[]; note: string } {
  const foreign = existing.filter((value) => !earlier.includes(value));
  const [asked] = wanted;
  if (asked === undefined) return { after: foreign, ours: [], note: '' };
  const { value, note } = container.fit(nativeId, asked);
  const [shown] = existing;
  if (shown !== undefined && saysSame(field, shown, value)) {
    return { after: [...existing], ours: earlier.includes(shown) ? [shown] : [], note: '' };
  }
  const keeps = mode !== 'replace' && foreign.some((one) => !isUnknown(field, one));
  return keeps ? { after: foreign, ours: [], note: '' } : { after: [value], ours: [value], note };
}

function saysSame(field: FactField, one: string, other: string): boolean {
  const { parse } = FACTS[field];
  const [a, b] = [parse(one), parse(other)];
  if (a === null || b === null) return one.trim() === other.trim();
  return field === 'bpm' ? Math.abs(a - b) < SAME_BPM : a === b;
}

/** Programs write 0 for a tempo that they do not know. */
function isUnknown(field: FactField, value: string): boolean {
  return value.trim() === '' || (field === 'bpm' && Number(value) === 0);
}
