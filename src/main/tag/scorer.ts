/** The arithmetic of scoring: cosines of a file's windows to a vocabulary's labels → what fits, how surely, and where. */
import { logistic, soundLogOdds, trustInWords, WORD_TRUST, type WordTrust } from './calibration.ts';

/** A vocabulary as the arithmetic needs it; typed arrays in the order of the labels. Survives structured clone. */
export interface LabelSet {
  labels: number;
  dim: number;
  /** Float32Array[labels · dim], rows of L2 norm 1. */
  embeddings: Float32Array;
  /** Cosine of each label to sounds in general. */
  centres: Float32Array;
  /** Group of each label, from 0. */
  groupOf: Int32Array;
  /** By group: at most one label fits. */
  exclusive: boolean[];
  temperature: number;
  /** Labels that decisions have taught something. */
  heads: LabelHead[];
  /** What else a sound could be (rivals.ts): they take their share and are never suggested. */
  rivals: { embeddings: Float32Array; centres: Float32Array };
}

/**
 * What decisions have taught about one label. Log-odds that it fits a window = zeroShot · log-odds by the prompts +
 * direction · embedding + bias.
 */
export interface LabelHead {
  /** Index of the label. */
  label: number;
  /** 1: corrects the prompts. 0: stands alone, for a tag made from examples. */
  zeroShot: number;
  /** Float32Array[dim], of any length. */
  direction: Float32Array;
  bias: number;
}

/** Below this a suggestion is not kept. */
export const FLOOR = 0.04;
/** Kept of one vocabulary for one file at most. */
export const MOST_KEPT = 12;
/** From here on a label is worth a look; below it in all vocabularies a file is "unknown". */
export const WORTH_A_LOOK = 0.5;

/** Surer than this nothing is; keeps sums of odds finite. */
const MOST_LOG_ODDS = 12;

/** Log-odds by words from which on they name a label. */
const NAMED_FROM = 2;

/** Below this a label counts as impossible. */
const NEVER = -7;

/** What is known of one file after its windows have been seen. */
export interface FileScore {
  /** By sound alone, of the best window. Float32Array[labels], −Infinity where there was no window. */
  sound: Float32Array;
  /** That window, counted from 0. */
  window: Int32Array;
}

/** Rows of the matrix that windows are multiplied with: the labels' embeddings, the rivals', the heads' directions. */
export function matrixOf({ embeddings, dim, labels, heads, rivals }: LabelSet): { rows: number; values: Float32Array } {
  const known = labels + rivals.centres.length;
  const values = new Float32Array((known + heads.length) * dim);
  values.set(embeddings);
  values.set(rivals.embeddings, labels * dim);
  for (const [at, { direction }] of heads.entries()) values.set(direction, (known + at) * dim);
  return { rows: known + heads.length, values };
}

/** Takes the windows of one file after another. Not for two files at once: the arrays are used again. */
export class Scorer {
  readonly set: LabelSet;
  readonly #shares: Float64Array;
  readonly #groups: Float64Array;
  readonly #taught: Int32Array;
  readonly #rivals: Float64Array;
  #score: FileScore;
  #windows = 0;

  constructor(set: LabelSet) {
    this.set = set;
    this.#shares = new Float64Array(set.labels);
    this.#groups = new Float64Array(set.exclusive.length);
    this.#rivals = new Float64Array(set.rivals.centres.length);
    this.#taught = new Int32Array(set.labels).fill(-1);
    for (const [at, { label }] of set.heads.entries()) this.#taught[label] = at;
    this.#score = { sound: new Float32Array(set.labels), window: new Int32Array(set.labels) };
    this.begin();
  }

  /** The next windows are another file's. */
  begin(): void {
    this.#windows = 0;
    this.#score.sound.fill(-Infinity);
    this.#score.window.fill(0);
  }

  /**
   * The next window of the file.
   * @param products of the window with the rows of {@link matrixOf}, beginning at `from`
   */
  add(products: Float32Array, from: number): void {
    const { labels, heads, rivals } = this.set;
    const { sound, window } = this.#score;
    if (this.#fillShares(products, from)) {
      for (let label = 0; label < labels; label++) {
        const taught = this.#taught[label]!;
        const byPrompts = soundLogOdds(this.#shares[label]!, this.#groups[this.set.groupOf[label]!]!);
        const logOdds =
          taught < 0
            ? byPrompts
            : heads[taught]!.zeroShot * byPrompts +
              products[from + labels + rivals.centres.length + taught]! +
              heads[taught]!.bias;
        if (logOdds > sound[label]!) {
          sound[label] = logOdds;
          window[label] = this.#windows;
        }
      }
    }
    this.#windows++;
  }

  /** Of the windows so far; valid until the next call. */
  get score(): FileScore {
    return this.#score;
  }

  /** @returns false when a product is not a number: such a window says nothing */
  #fillShares(products: Float32Array, from: number): boolean {
    const { labels, centres, groupOf, temperature, rivals } = this.set;
    const shares = this.#shares;
    const groups = this.#groups;
    const others = this.#rivals;
    let highest = -Infinity;
    for (let label = 0; label < labels; label++) {
      const value = temperature * (products[from + label]! - centres[label]!);
      shares[label] = value;
      if (value > highest) highest = value;
      else if (Number.isNaN(value)) return false;
    }
    for (let rival = 0; rival < others.length; rival++) {
      others[rival] = temperature * (products[from + labels + rival]! - rivals.centres[rival]!);
      if (others[rival]! > highest) highest = others[rival]!;
    }
    let total = 0;
    for (let rival = 0; rival < others.length; rival++) total += Math.exp(others[rival]! - highest);
    groups.fill(0);
    for (let label = 0; label < labels; label++) {
      const value = Math.exp(shares[label]! - highest);
      groups[groupOf[label]!]! += value;
      total += value;
    }
    const offset = highest + Math.log(total);
    for (let label = 0; label < labels; label++) shares[label]! -= offset;
    for (let group = 0; group < groups.length; group++) groups[group] = Math.log(groups[group]! / total);
    return true;
  }
}

/**
 * Sound and words together, and within exclusive groups one against the others.
 * @param words log-odds added by names and tags, by label; null: they say nothing
 * @returns log-odds before groups are settled, and probabilities after; both Float64Array[labels]. Where the audio
 *   disagrees with all that the words name, the words count for little
 */
export function fuse(
  { sound }: Pick<FileScore, 'sound'>,
  words: Float32Array | null,
  { labels, groupOf, exclusive }: Pick<LabelSet, 'labels' | 'groupOf' | 'exclusive'>,
  trust: WordTrust = WORD_TRUST,
): { logOdds: Float64Array; probabilities: Float64Array } {
  const logOdds = new Float64Array(labels);
  const probabilities = new Float64Array(labels);
  const oddsOfGroup = new Float64Array(exclusive.length);
  const agreement = words && agreementOf(sound, words);
  const believed = agreement === null ? 1 : trustInWords(agreement, trust);
  for (let label = 0; label < labels; label++) {
    const added = words ? words[label]! : 0;
    logOdds[label] = bounded(added === 0 ? sound[label]! : mixed(sound[label]!, added, believed));
    if (exclusive[groupOf[label]!]) oddsOfGroup[groupOf[label]!]! += Math.exp(logOdds[label]!);
  }
  for (let label = 0; label < labels; label++) {
    if (logOdds[label]! < NEVER) continue; // nearly all of them: an exponential each would take half of the time
    const group = groupOf[label]!;
    // For labels that exclude each other the odds are compared with "one of the others" as well as against "none".
    probabilities[label] = exclusive[group]
      ? Math.exp(logOdds[label]!) / (1 + oddsOfGroup[group]!)
      : logistic(logOdds[label]!);
  }
  return { logOdds, probabilities };
}

/** How well the sound fits what the words name; null where they name nothing, and there is nothing to disagree with. */
function agreementOf(sound: Float32Array, words: Float32Array): number | null {
  let best = -Infinity;
  let named = false;
  for (let label = 0; label < words.length; label++) {
    if (words[label]! < NAMED_FROM) continue;
    named = true;
    if (sound[label]! > best) best = sound[label]!;
  }
  return named ? best : null;
}

/** Either the words are about this sound, or they are not and the sound alone counts. @returns log-odds */
function mixed(sound: number, words: number, believed: number): number {
  if (words <= 0 && sound < NEVER) return sound + words; // nearly all of them
  const probability = believed * logistic(sound + words) + (1 - believed) * logistic(sound);
  return Math.log(probability) - Math.log1p(-probability);
}

/** @returns no surer than anything is */
export const bounded = (logOdds: number): number => Math.max(-MOST_LOG_ODDS, Math.min(MOST_LOG_ODDS, logOdds));

/** @returns indices of the labels worth keeping, most probable first */
export function kept(probabilities: Float64Array): number[] {
  const found: number[] = [];
  for (let label = 0; label < probabilities.length; label++) {
    if (probabilities[label]! >= FLOOR) found.push(label);
  }
  found.sort((a, b) => probabilities[b]! - probabilities[a]!);
  return found.length > MOST_KEPT ? found.slice(0, MOST_KEPT) : found;
}
