/**
 * The words of a query as full-text search looks them up in names, in every spelling that names have: `door bell`,
 * `door-bell` and `doorbell`, `DOORWood`, `take 3` and `take_03`, and the codes of the UCS.
 */
import { isSpaceless, sameSpelling, spaced, splitName } from './split-name.ts';
import type { UcsCodes } from './ucs-codes.ts';

/** Longer queries are sentences; their first words suffice, and the work stays bounded. */
export const MAX_WORDS = 12;
/** Words of this many letters may be two words written together; shorter parts than these are none. */
const COMPOUND = { from: 5, to: 24, part: 2, partOfLong: 3, longFrom: 8 };

/** Words that carry no meaning in a query for sounds, file extensions included. */
const STOP_WORDS = new Set(
  (
    'a an and are as at be been being but by can could do does for from has have he her his i in inside into is it its ' +
    'like made make makes me my of off on onto or our out over please she so some somebody someone something that the ' +
    'their them then there these they this those to under up us was we were what when where which while who with you your ' +
    'find give hear heard search want audio clip clips effect effects file files noise noises recording recordings sample ' +
    'samples sfx fx sound sounding sounds track wav wave mp3 flac aif aiff ogg opus m4a ' +
    'が を の に は で と も へ 的 了 声 音 声音 소리'
  ).split(' '),
);

/** A word of a query and every way in which a name may have it. */
export interface WordForms {
  /** As typed, in one spelling. */
  word: string;
  /** Full-text phrases; any of them will do. */
  phrases: string[];
  /** The same, but guessed: the word cut in two. Worth asking for only where some file has them. */
  guessed: string[];
}

/** Cuts runs of scripts without spaces as a dictionary does: ドアが閉まる → ドア, が, 閉まる. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** @returns all words of a text in their order, as typed */
function typedWords(text: string): string[] {
  return [...sameSpelling(text).matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)].flatMap(([run]) =>
    spaced(run) === run ? [run] : [...segmenter.segment(run)].map(({ segment }) => segment),
  );
}

/**
 * The words of a text that can be looked up. Any characters are fine: only letters and digits are used.
 * @returns as typed, at most {@link MAX_WORDS}; stop words only when there is nothing else; [] for emoji, punctuation, ''
 */
export function contentWords(text: string): string[] {
  return wordForms(text).map(({ word }) => word);
}

/** @param codes abbreviations that names may have in place of a word */
export function wordForms(text: string, codes: UcsCodes = () => []): WordForms[] {
  const typed = typedWords(text);
  const seen = new Set<string>();
  const all: (WordForms & { telling: boolean })[] = [];
  typed.forEach((word, at) => {
    const folded = word.toLowerCase();
    if (seen.has(folded)) return;
    seen.add(folded);
    const isLetter = /^\p{L}$/u.test(word) && !isSpaceless(word);
    const together = [joined(typed[at - 1], word), joined(word, typed[at + 1])].filter((one) => one !== null);
    const own = [spaced(word).trim().replace(/ +/g, ' '), ...inParts(word), ...otherDigits(word)];
    all.push({
      word,
      phrases: [...new Set([...own, ...together, ...codes(word)])].map(quoted),
      guessed: cutInTwo(folded).map(quoted),
      telling: !STOP_WORDS.has(folded) && !isLetter,
    });
  });
  const content = all.filter(({ telling }) => telling);
  return (content.length > 0 ? content : all)
    .slice(0, MAX_WORDS)
    .map(({ word, phrases, guessed }) => ({ word, phrases, guessed }));
}

/** @returns one full-text expression that any of the phrases fulfils */
export function anyOf(phrases: readonly string[]): string {
  return phrases.length === 1 ? phrases[0]! : `(${phrases.join(' OR ')})`;
}

/**
 * A full-text phrase: the words of `text` one after the other.
 * @returns null when there is nothing in it that could be found
 */
export function phraseExpression(text: string): string | null {
  const words = spaced(text).match(/[\p{L}\p{N}\p{M}]+/gu);
  return words && /[\p{L}\p{N}]/u.test(text) ? quoted(words.join(' ')) : null;
}

/** Inside double quotes nothing has a meaning but the quote itself, which is doubled. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** "DOORWood" → "DOOR Wood" */
function inParts(word: string): string[] {
  const parts = splitName(word).split(' ');
  // The last part is the whole word again.
  return parts.length === 1 || spaced(word) !== word ? [] : [parts.slice(0, -1).join(' ')];
}

/** "door bell" may be written "doorbell". */
function joined(first: string | undefined, second: string | undefined): string | null {
  if (first === undefined || second === undefined) return null;
  const both = (first + second).toLowerCase();
  const isPlain = spaced(both) === both && both.length >= COMPOUND.from && both.length <= COMPOUND.to;
  return isPlain && !STOP_WORDS.has(first.toLowerCase()) && !STOP_WORDS.has(second.toLowerCase()) ? both : null;
}

/** "doorbell" → "do orbell", …, "door bell", … */
function cutInTwo(word: string): string[] {
  const { from, to, part, partOfLong, longFrom } = COMPOUND;
  if (word.length < from || word.length > to || !/^\p{Script=Latin}+$/u.test(word)) return [];
  const least = word.length < longFrom ? part : partOfLong;
  return Array.from({ length: word.length - 2 * least + 1 }, (_, step) => {
    const at = least + step;
    return `${word.slice(0, at)} ${word.slice(at)}`;
  });
}

/** "3", "03" and "003" are one number. */
function otherDigits(word: string): string[] {
  if (!/^\d{1,3}$/.test(word)) return [];
  const plain = String(Number(word));
  return [plain, plain.padStart(2, '0'), plain.padStart(3, '0')];
}
