/** Evidence in the words of the screen. */
import type { TagWhy } from '../../shared/calls/tags.ts';
import type { LabelBackground } from './background.ts';
import type { LabelLevel } from './calibration.ts';
import { MOST_BY_WORDS, weightOf, type WordField, type WordMatch } from './word-evidence.ts';

export interface Evidence {
  label: number;
  name: string;
  /** Log-odds by sound alone; −Infinity without windows. */
  sound: number;
  /** Of the window that matches it best; null without windows. */
  cosine: number | null;
  level: LabelLevel;
  background: LabelBackground | null;
  /** Decisions its head was learned from; null without a head. */
  taught: number | null;
  /** All of the file. */
  matches: readonly WordMatch[];
  /** Log-odds that words add, after their bounds. */
  words: number;
  /** Sound and words together. */
  fused: number;
  /** The probability after its exclusive group was settled. */
  settled: number;
  /** The most probable other label of its exclusive group. */
  rivals: string | null;
}

const FIELD_WORDS: Readonly<Record<WordField, string>> = {
  name: 'the name contains',
  folder: 'a folder name contains',
  tag: 'an embedded tag contains',
};
/** Weights smaller than this are not worth a line. */
const LEAST = 0.05;

/** @returns parts whose weights add up to the log-odds of the tag, strongest kind of evidence first */
export function reasonsOf(evidence: Evidence): TagWhy[] {
  const { label, name, sound, taught, matches, words, fused, settled, rivals } = evidence;
  const parts: TagWhy[] = [];
  if (taught !== null) {
    const text = `learned from ${String(taught)} of your decisions`;
    parts.push({ kind: 'taught', text, weight: fused - words });
  } else parts.push({ kind: 'sound', text: soundText(evidence), weight: Number.isFinite(sound) ? fused - words : -12 });
  const own = strongest(matches.filter((match) => match.label === label));
  const sum = own.reduce((total, match) => total + weightOf(match), 0);
  for (const match of own) parts.push({ kind: match.field, text: wordText(match), weight: weightOf(match) });
  const rest = words - sum;
  const othersNamed = matches.some(({ field, label: other }) => field === 'name' && other !== label);
  // What other names take off is at most the rest of it.
  const heldBack = own.length > 0 && sound < 0 && Math.min(MOST_BY_WORDS, sum) - words > (othersNamed ? 3.2 : 0.5);
  if (Math.abs(rest) >= LEAST) {
    const text = heldBack
      ? 'the audio disagrees'
      : own.length > 0 && rest < 0 && !othersNamed
        ? 'names alone are not conclusive'
        : otherText(matches, label);
    parts.push({ kind: 'name', text, weight: rest });
  }
  const group = Math.log(settled / (1 - settled)) - fused;
  if (rivals !== null && Math.abs(group) >= LEAST && Number.isFinite(group)) {
    parts.push({ kind: 'group', text: `only one tag of its group applies: “${name}” or “${rivals}”`, weight: group });
  }
  return parts;
}

/** The best match of each field: what counts. */
function strongest(matches: readonly WordMatch[]): WordMatch[] {
  const best = new Map<WordField, WordMatch>();
  for (const match of matches) {
    const other = best.get(match.field);
    if (!other || weightOf(match) > weightOf(other)) best.set(match.field, match);
  }
  return [...best.values()];
}

function wordText({ field, kind, text, shared }: WordMatch): string {
  const what = kind === 'catId' ? `the CatID ${text}` : `“${kind === 'category' ? text.toLowerCase() : text}”`;
  const also = shared > 1 ? `, which also indicates ${String(shared - 1)} other ${shared === 2 ? 'tag' : 'tags'}` : '';
  return `${FIELD_WORDS[field]} ${what}${also}`;
}

function otherText(matches: readonly WordMatch[], label: number): string {
  const others = matches.filter((match) => match.label !== label);
  const said = others.find(({ kind }) => kind === 'catId') ?? others.find(({ field }) => field === 'name');
  return said ? `${FIELD_WORDS[said.field]} “${said.text}” instead` : 'the name suggests another tag';
}

function soundText({ cosine, level, background, sound }: Evidence): string {
  if (cosine === null) return 'the file is silent';
  const more = `sounds more like it than ${shareBelow(cosine, level, background)} of all sounds`;
  return sound < 0 ? `${more}, but other tags match as well or better` : `${more}, and few other tags match`;
}

/** "98 %": by the pack's quantiles where the cosine lies above the first, else by a normal distribution. */
function shareBelow(cosine: number, { centre, spread }: LabelLevel, background: LabelBackground | null): string {
  const passed = background?.quantiles.findLast((quantile) => cosine >= quantile.cosine);
  const share = passed?.share ?? Math.min(0.9, normalShare((cosine - centre) / spread));
  const percent = 100 * share;
  return `${percent >= 99 ? percent.toFixed(1) : String(Math.round(percent))} %`;
}

/** Logistic approximation of the normal distribution function, within 0.01. */
function normalShare(z: number): number {
  return 1 / (1 + Math.exp(-1.702 * z));
}
