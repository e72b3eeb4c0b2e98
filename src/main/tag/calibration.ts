/**
 * From cosines to log-odds that a label is right.
 *
 * A cosine by itself means little: some labels ("tonal shimmer", "plastic tube tone") lie near everything. So each is
 * measured against what the label gets on sounds in general, and against the other labels on the same window: of the
 * cosines above the labels' own centres a softmax is taken over the whole vocabulary. Its logarithm is the label's
 * share; the same for all labels of its group together is the group's share ("some door" is often sure when the kind
 * of door is not). A linear curve over both gives log-odds; shares of more than about a sixth count more.
 */

export interface SoundCurve {
  share: number;
  sureShare: number;
  groupShare: number;
  intercept: number;
}

/** Raised when anything below or in word-evidence.ts changes: what was scored before is out of date then. */
export const CALIBRATION_VERSION = 4;

/**
 * Fitted by bench/tags/fit.ts on the corpus's dev clips, which no weight of the shipped model was trained on; figures
 * with whole sources held out are in bench/README.md. Models differ most in how far their cosines spread, and that is
 * what their logit scale makes up for: the curve is over shares, which have no scale.
 */
export const SOUND_CURVE: SoundCurve = { share: 0.83, sureShare: 1.5, groupShare: 0.35, intercept: 0.52 };

/** Log of the share from which it counts more. */
export const SURE_FROM = -1.8;

/** Of the model's logit scale: training sharpens it to distinguish one caption from others, and labels lie closer. */
const TEMPERATURE_SHARE = 0.85;
const TEMPERATURE_BOUNDS = [10, 40] as const;

/** By how much a label's centre may be moved by the user's own library, in standard deviations. */
const MOST_SHIFT = 0.5;
/** The library's say at most, and the number of windows at which it has half of that. */
const LIBRARY_SHARE = 0.5;
const LIBRARY_HALF = 500;
/** Without statistics of the pack: windows at which a label's own centre counts as much as that of all labels. */
const OWN_HALF = 20;

/** @param logitScale of the model pack @returns what cosines above the centre are multiplied by before the softmax */
export function temperatureOf(logitScale: number): number {
  const [least, most] = TEMPERATURE_BOUNDS;
  return Math.min(most, Math.max(least, TEMPERATURE_SHARE * logitScale));
}

/**
 * @param share natural logarithm of the label's softmax share, ≤ 0
 * @param groupShare the same for all labels of its group together, ≥ share
 * @returns log-odds that the label is right for the window, by sound alone
 */
export function soundLogOdds(share: number, groupShare: number, curve: SoundCurve = SOUND_CURVE): number {
  return (
    curve.intercept +
    curve.share * share +
    curve.sureShare * Math.max(0, share - SURE_FROM) +
    curve.groupShare * groupShare
  );
}

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * How far a file's words (its name, folders, tags) are believed: log-odds that they are about this sound = `base` +
 * `agreement` · the log-odds by sound alone of the label that fits the sound best among those they name.
 */
export interface WordTrust {
  base: number;
  agreement: number;
}

/**
 * Chosen by bench/tags/fit.ts on the dev clips under their own names and under those of other clips. Names are evidence,
 * not proof: a file that is called after something else sounds unlike everything in its name, and then its name alone
 * makes nothing sure.
 */
export const WORD_TRUST: WordTrust = { base: 5, agreement: 1.2 };
/** Between these the agreement counts: below, a sound is unlike enough; above, it is like enough. */
const AGREEMENT_BOUNDS = [-9, 0] as const;

/** @param agreement log-odds by sound @returns 0..1 */
export function trustInWords(agreement: number, { base, agreement: slope }: WordTrust = WORD_TRUST): number {
  const [least, most] = AGREEMENT_BOUNDS;
  return logistic(base + slope * Math.max(least, Math.min(most, agreement)));
}

/** A label's cosines to sounds in general. */
export interface LabelLevel {
  centre: number;
  /** Standard deviation, > 0. */
  spread: number;
}

/** What was measured on the user's own library; arrays in the order of the labels. */
export interface LibraryLevels {
  windows: number;
  /** Medians. */
  centres: Float32Array;
  /** From the distance of the quartiles, as the standard deviation of a normal distribution. */
  spreads: Float32Array;
}

const LEAST_SPREAD = 0.02;
/** Of the shipped model over all labels; only for a vocabulary without any statistics. */
const USUAL: LabelLevel = { centre: 0.19, spread: 0.132 };

/**
 * The pack's figures, moved towards the library's; where the pack has none, the library's alone. A library of nothing
 * but footsteps must not make footsteps unremarkable: hence the bounds.
 * @param pack by label, null where the pack has none
 */
export function blendLevels(pack: readonly (LabelLevel | null)[], library: LibraryLevels | null): LabelLevel[] {
  const windows = library?.windows ?? 0;
  const say = (LIBRARY_SHARE * windows) / (windows + LIBRARY_HALF);
  const own = windows / (windows + OWN_HALF);
  const overall = windows > 0 ? mean(library!.centres) : USUAL.centre;
  return pack.map((level, at) => {
    const seen = windows > 0 ? library!.centres[at]! : overall;
    const spread = windows > 1 ? Math.max(LEAST_SPREAD, library!.spreads[at]!) : USUAL.spread;
    if (level === null) return { centre: overall + own * (seen - overall), spread };
    const shift = Math.max(-MOST_SHIFT * level.spread, Math.min(MOST_SHIFT * level.spread, seen - level.centre));
    return {
      centre: windows > 0 ? level.centre + say * shift : level.centre,
      spread: Math.max(LEAST_SPREAD, level.spread + say * 0.5 * (spread - level.spread)),
    };
  });
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / Math.max(1, values.length);
}
