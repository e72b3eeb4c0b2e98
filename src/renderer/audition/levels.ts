/** The gain that plays files at one loudness, without clipping. */

/** dBFS. Between two samples a converter goes higher than either: this much is kept free for it (EBU R 128 allows −1 dBTP). */
export const CEILING_DB = -1;

/** dB that one channel is louder when both loudspeakers play it: its loudness counts it once (BS.1770). */
const BOTH_SIDES_DB = 10 * Math.log10(2);

/** Of one file, as the catalogue has them; null: not known. */
export interface Levels {
  /** Integrated, LUFS. */
  loudnessLufs: number | null;
  /** Highest sample, dBFS. */
  peakDb: number | null;
  channels: number;
}

export interface MatchedGain {
  /** dB, to be added to the file. */
  gainDb: number;
  /** How far below the target it stays, since its peaks allow no more, dB; 0 where it reaches it. */
  shortDb: number;
}

/** @param targetLufs loudness to play at, LUFS @returns null where loudness or peak are not known: it plays as it is */
export function matchedGain({ loudnessLufs, peakDb, channels }: Levels, targetLufs: number): MatchedGain | null {
  if (loudnessLufs === null || peakDb === null) return null;
  const wanted = targetLufs - (channels === 1 ? loudnessLufs + BOTH_SIDES_DB : loudnessLufs);
  const most = CEILING_DB - peakDb;
  return { gainDb: Math.min(wanted, most), shortDb: Math.max(0, wanted - most) };
}

/** @returns factor of the amplitude */
export function amplitudeOf(gainDb: number): number {
  return 10 ** (gainDb / 20);
}
