/** The gain that plays files at one loudness, without clipping. */

/** dBFS. Between two samples a converter goes higher than either: this much is kept free for it (EBU R 128 allows −1 dBTP). */
export const CEILING_DB = -1;

/** dB that one channel is louder when both loudspeakers play it: its loudness counts it once (BS.1770). */
const BOTH_SIDES_DB = 10 * Math.log10(2);

/** Of one file, or of a part of it, as they are measured; null: not known. */
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

/** @param part of the file; null: not known @returns those of the file where the part has none: it is short, or silent */
export function levelsOf(file: Levels, part: Omit<Levels, 'channels'> | null): Levels {
  return part === null || part.loudnessLufs === null || part.peakDb === null
    ? file
    : { ...part, channels: file.channels };
}

/** So fast a level rises: behind a match that was turned down, the file comes back as if by hand, s. */
const RISE_SECONDS = 0.06;
/** So fast it falls, before what was raised too far gets loud: too short for a fade, too long for a click, s. */
const FALL_SECONDS = 0.004;

/** Lets a level follow. @param gain of a node @param atOnce nothing plays */
export function glide(gain: AudioParam, gainDb: number, { currentTime }: BaseAudioContext, atOnce: boolean): void {
  const amplitude = amplitudeOf(gainDb);
  gain.cancelScheduledValues(currentTime);
  if (atOnce) gain.setValueAtTime(amplitude, currentTime);
  else gain.setTargetAtTime(amplitude, currentTime, amplitude < gain.value ? FALL_SECONDS : RISE_SECONDS);
}

/** @returns factor of the amplitude */
export function amplitudeOf(gainDb: number): number {
  return 10 ** (gainDb / 20);
}
