/** What comes into one place of a file, given what is there, what of that is ours, and the rule. */
import { isFactField, type WriteField, type WriteMode } from '../../shared/calls/write.ts';
import type { Container } from './container.ts';
import { decideFact } from './fact-values.ts';

export interface Decided {
  /** All values of the native id afterwards. */
  after: string[];
  /** Those of them that are ours. */
  ours: string[];
  /** What had to be done to make them fit; '' for nothing. */
  note: string;
}

/** Fields that hold words: these are separated by commas where a format has one text for all. */
const WORDS: ReadonlySet<WriteField> = new Set(['keywords', 'genre', 'mood', 'instrument', 'description']);

/**
 * Standards and programs ask for prose in these, and one text is all they hold: what somebody wrote there is worth more
 * than any list of words, so they are only ever filled (DESIGN.md §8).
 */
const ONLY_FILLED = /^(?:bext:|LIST\/INFO:|NAME$|ANNO$)/;

/** The mode that holds for a place: some are only ever filled, and a fact is one value. */
export function modeFor(field: WriteField, nativeId: string, mode: WriteMode): WriteMode {
  return ONLY_FILLED.test(nativeId) || (mode === 'append' && isFactField(field)) ? 'fill' : mode;
}

function separatorFor(field: WriteField): string {
  return WORDS.has(field) ? ', ' : '; ';
}

/**
 * @param existing values that the file has there
 * @param earlier those that an earlier write of ours put there
 * @param wanted what is to be there now; none: ours go
 */
export function decide(
  field: WriteField,
  nativeId: string,
  mode: WriteMode,
  container: Pick<Container, 'isList' | 'fit'>,
  { existing, earlier, wanted }: { existing: readonly string[]; earlier: readonly string[]; wanted: readonly string[] },
): Decided {
  if (isFactField(field)) return decideFact(field, nativeId, mode, container, { existing, earlier, wanted });
  const fitted = wanted.map((value) => container.fit(nativeId, value));
  const values = unique(fitted.map(({ value }) => value).filter((value) => value !== ''));
  const note = [...new Set(fitted.map((each) => each.note))].filter((sentence) => sentence !== '').join(' ');
  if (container.isList(nativeId)) {
    const foreign = existing.filter((value) => !earlier.includes(value));
    return { ...combine(foreign, values, mode), note };
  }
  const separator = separatorFor(field);
  const foreign = withoutOurs(existing, earlier, separator);
  const { after, ours } = combine(foreign, values, mode);
  // Nothing of ours is added or removed: existing values stay as they are, including duplicates.
  if (ours.length === 0 && foreign.join(separator) === existing.join(separator)) {
    return { after: [...existing], ours, note: '' };
  }
  if (after.length === 0) return { after: [], ours: [], note: '' };
  const joined = after.join(separator);
  if (ours.length === 0) return { after: [joined], ours, note: '' };
  const whole = container.fit(nativeId, joined);
  if (whole.value === joined) return { after: [joined], ours, note };
  // Cut to fit: our part of it can no longer be identified word by word.
  const kept = foreign.join(separator);
  const ownText = whole.value.startsWith(kept)
    ? whole.value.slice(kept === '' ? 0 : kept.length + separator.length)
    : '';
  return { after: [whole.value], ours: ownText === '' ? [] : [ownText], note: `${note} ${whole.note}`.trim() };
}

function combine(foreign: readonly string[], values: readonly string[], mode: WriteMode): Omit<Decided, 'note'> {
  if (mode === 'fill' && foreign.length > 0) return { after: [...foreign], ours: [] };
  if (mode === 'replace' && values.length > 0) return { after: [...values], ours: [...values] };
  const there = new Set(foreign.map(key));
  const ours = values.filter((value) => !there.has(key(value)));
  return { after: [...foreign, ...ours], ours };
}

/** Texts as they are where nothing in them is ours, so that nobody's separators change. */
function withoutOurs(existing: readonly string[], earlier: readonly string[], separator: string): string[] {
  if (earlier.length === 0) return existing.flatMap((text) => words(text, separator));
  const mine = earlier.join(separator);
  return existing.flatMap((text) => {
    if (text === mine) return [];
    if (text.endsWith(separator + mine)) return words(text.slice(0, -(separator + mine).length), separator);
    return words(text, separator).filter((word) => !earlier.includes(word));
  });
}

/** Put together again they are the text. */
function words(text: string, separator: string): string[] {
  return text === '' ? [] : text.split(separator);
}

function unique(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => !seen.has(key(value)) && seen.add(key(value)));
}

/** Two values that differ in case alone are one. */
function key(value: string): string {
  return value.normalize('NFC').trim().toLowerCase();
}
