/**
 * Calibration fitted on some sources and judged on others. What ships is fitted on all of them; what the figures say is
 * how it does on sources it was not fitted on.
 */
import type { SoundCurve, WordTrust } from '../../src/main/tag/calibration.ts';
import { logistic, soundLogOdds, SURE_FROM, WORD_TRUST } from '../../src/main/tag/calibration.ts';
import type { LabelSet } from '../../src/main/tag/scorer.ts';
import { fuse } from '../../src/main/tag/scorer.ts';
import { WordEvidence, type WordMatch, type WordWeights } from '../../src/main/tag/word-evidence.ts';
import type { KnownClip } from './corpus-clips.ts';
import { fitLogistic } from './logistic-regression.ts';

/** Pull towards 0 of standardised slopes; the sure end of the curve stands on few clips. */
const RIDGE = 3;
const WORD_RIDGE = 1;
/** The sure end stands on a dozen clips: so much of what they say is believed. */
const SURE_BELIEVED = 0.8;

/** Shares of one window, as scorer.ts makes them. */
interface ScoredWindow {
  clip: number;
  share: Float64Array;
  groupShare: Float64Array;
}

export interface Judged {
  /** By clip and label. */
  sound: Float64Array[];
  both: Float64Array[];
}

export class Calibrating {
  readonly clips: readonly KnownClip[];
  readonly set: LabelSet;
  readonly #evidence: WordEvidence;
  readonly #matches: WordMatch[][];
  readonly #scored: ScoredWindow[];

  constructor(clips: readonly KnownClip[], set: LabelSet, labels: ConstructorParameters<typeof WordEvidence>[0]) {
    this.clips = clips;
    this.set = set;
    this.#evidence = new WordEvidence(labels);
    this.#matches = clips.map(({ words }) => this.#evidence.matches(words));
    this.#scored = clips.flatMap(({ windows }, clip) => windows.map((window) => ({ clip, ...sharesOf(window, set) })));
  }

  /** @param among clips to fit on */
  fitSound(among: (clip: number) => boolean): SoundCurve {
    const rows: [scored: ScoredWindow, label: number][] = [];
    for (const scored of this.#scored) {
      if (!among(scored.clip)) continue;
      for (let label = 0; label < this.set.labels; label++) {
        if (this.clips[scored.clip]!.truth[label]! >= 0) rows.push([scored, label]);
      }
    }
    const column = (of: (scored: ScoredWindow, label: number) => number) => Float64Array.from(rows, ([scored, label]) => of(scored, label)); // prettier-ignore
    const [share, sureShare, groupShare, intercept] = fitLogistic(
      {
        features: [
          column(({ share }, label) => share[label]!),
          column(({ share }, label) => Math.max(0, share[label]! - SURE_FROM)),
          column(({ groupShare }, label) => groupShare[label]!),
        ],
        right: Uint8Array.from(rows, ([{ clip }, label]) => this.clips[clip]!.truth[label]!),
      },
      RIDGE,
    );
    return { share: share!, sureShare: SURE_BELIEVED * sureShare!, groupShare: groupShare!, intercept: intercept! };
  }

  /** By sound alone, of each clip's best window. */
  sound(curve: SoundCurve): Float32Array[] {
    const best = this.clips.map(() => new Float32Array(this.set.labels).fill(-Infinity));
    for (const { clip, share, groupShare } of this.#scored) {
      for (let label = 0; label < this.set.labels; label++) {
        const logOdds = soundLogOdds(share[label]!, groupShare[label]!, curve);
        if (logOdds > best[clip]![label]!) best[clip]![label] = logOdds;
      }
    }
    return best;
  }

  /** What words add, fitted beside the sound's log-odds, which stay as they are. */
  fitWords(among: (clip: number) => boolean, sound: readonly Float32Array[], base: WordWeights): WordWeights {
    const offset: number[] = [];
    const right: number[] = [];
    const features: number[][] = [[], [], [], [], [], []];
    for (const [clip, { truth }] of this.clips.entries()) {
      if (!among(clip)) continue;
      const matches = this.#matches[clip]!.filter(({ kind }) => kind === 'word' || kind === 'phrase');
      const named = matches.some(({ field }) => field === 'name');
      for (let label = 0; label < this.set.labels; label++) {
        if (truth[label]! < 0) continue;
        const own = matches.filter((match) => match.label === label);
        const has = (field: string, kind: string) => own.some((match) => match.field === field && match.kind === kind);
        const name = has('name', 'phrase') || has('name', 'word');
        const folder = has('folder', 'phrase') || has('folder', 'word');
        const values = [
          name && !has('name', 'phrase') ? 1 : 0,
          has('name', 'phrase') ? 1 : 0,
          folder && !has('folder', 'phrase') ? 1 : 0,
          has('folder', 'phrase') ? 1 : 0,
          own.length > 0 ? Math.log(Math.min(...own.map(({ shared }) => shared))) : 0,
          named && !name ? 1 : 0,
        ];
        for (const [at, value] of values.entries()) features[at]!.push(value);
        offset.push(sound[clip]![label]!);
        right.push(truth[label]!);
      }
    }
    const [word, phrase, folderWord, folderPhrase, tax, otherwise] = fitLogistic(
      {
        features: features.map((column) => Float64Array.from(column)),
        right: Uint8Array.from(right),
        offset: Float64Array.from(offset),
      },
      WORD_RIDGE,
    );
    return {
      ...base,
      fields: {
        ...base.fields,
        name: { ...base.fields.name, word: word!, phrase: phrase! },
        folder: { ...base.fields.folder, word: folderWord!, phrase: folderPhrase! },
      },
      sharedTax: -tax!,
      otherwiseNamed: otherwise!,
    };
  }

  /**
   * @param named by clip: the clip whose name it has; its own if left out
   * @returns by clip and label
   */
  probabilities(
    sound: readonly Float32Array[],
    words: WordWeights | null,
    labels: ConstructorParameters<typeof WordEvidence>[0],
    { trust = WORD_TRUST, named }: { trust?: WordTrust; named?: readonly number[] } = {},
  ): Float64Array[] {
    const evidence = words && new WordEvidence(labels, words);
    const added = new Float32Array(this.set.labels);
    return this.clips.map((_, clip) => {
      const said = evidence?.logOdds(this.#matches[named?.[clip] ?? clip]!, added) ?? false;
      return fuse({ sound: sound[clip]! }, said ? added : null, this.set, trust).probabilities;
    });
  }

  /** Folds of whole sources: the five largest alone, the others in two heaps. */
  folds(): number[] {
    const sizes = new Map<string, number>();
    for (const { source } of this.clips) sizes.set(source, (sizes.get(source) ?? 0) + 1);
    const bySize = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([source]) => source);
    return this.clips.map(({ source }) => {
      const rank = bySize.indexOf(source);
      return rank < 5 ? rank : 5 + (rank % 2);
    });
  }
}

/** As `Scorer` has them. */
function sharesOf(window: Float32Array, set: LabelSet): { share: Float64Array; groupShare: Float64Array } {
  const { labels, dim, embeddings, centres, groupOf, temperature, exclusive } = set;
  const share = Float64Array.from({ length: labels }, (_, label) => {
    let cosine = 0;
    for (let i = 0; i < dim; i++) cosine += window[i]! * embeddings[label * dim + i]!;
    return temperature * (cosine - centres[label]!);
  });
  const highest = Math.max(...share);
  const groups = new Float64Array(exclusive.length);
  let total = 0;
  for (let label = 0; label < labels; label++) {
    const value = Math.exp(share[label]! - highest);
    groups[groupOf[label]!]! += value;
    total += value;
  }
  return {
    share: share.map((value) => value - highest - Math.log(total)),
    groupShare: Float64Array.from(groupOf, (group) => Math.log(groups[group]! / total)),
  };
}

export interface Reliability {
  /** By tenths of the probability. */
  bins: { from: number; pairs: number; predicted: number; right: number }[];
  /** Mean distance between predicted and true shares over all that is suggested at 0.1 or more, by pairs. */
  expectedError: number;
  /** At several levels: how many suggestions are right, and how many clips have one that is. */
  levels: { level: number; suggestions: number; right: number; clipsWith: number; clipsRight: number }[];
}

const LEVELS = [0.2, 0.3, 0.5, 0.7, 0.8, 0.9];

/** @param probabilities by clip and label */
export function reliabilityOf(clips: readonly KnownClip[], probabilities: readonly Float64Array[]): Reliability {
  const bins = Array.from({ length: 10 }, (_, at) => ({ from: at / 10, pairs: 0, predicted: 0, right: 0 }));
  const levels = LEVELS.map((level) => ({ level, suggestions: 0, right: 0, clipsWith: 0, clipsRight: 0 }));
  for (const [clip, { truth }] of clips.entries()) {
    const reached = levels.map(() => ({ any: false, right: false }));
    for (const [label, p] of probabilities[clip]!.entries()) {
      if (truth[label]! < 0) continue;
      const bin = bins[Math.min(9, Math.floor(p * 10))]!;
      bin.pairs++;
      bin.predicted += p;
      bin.right += truth[label]!;
      for (const [at, level] of levels.entries()) {
        if (p < level.level) continue;
        level.suggestions++;
        level.right += truth[label]!;
        reached[at]!.any = true;
        reached[at]!.right ||= truth[label] === 1;
      }
    }
    for (const [at, { any, right }] of reached.entries()) {
      if (any) levels[at]!.clipsWith++;
      if (right) levels[at]!.clipsRight++;
    }
  }
  const shown = bins.slice(1);
  const pairs = shown.reduce((sum, bin) => sum + bin.pairs, 0);
  const expectedError = shown.reduce((sum, bin) => sum + Math.abs(bin.predicted - bin.right), 0) / Math.max(1, pairs);
  return { bins, expectedError, levels };
}

export { logistic };
