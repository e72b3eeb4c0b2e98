/** The samples of a part of a file, and how they are best kept. */
import type { ByteReader } from '../../files/byte-reader.ts';
import { isLossless, type AudioSource, type PlanarBlock } from '../audio-source.ts';
import type { DecodeDeps } from '../decode-file.ts';
import type { Origin } from './carried.ts';

export type ExactSource = AudioSource<Float64Array>;

/** A piece that is to be written. */
export interface Piece {
  /** The source, for what it says about itself. */
  file: ByteReader;
  /** The same, at its beginning. */
  source: ExactSource;
  origin: Origin;
  /** Absolute; overwritten. */
  piecePath: string;
}

/** What became of a piece. */
export interface WrittenPart {
  /** Samples of the source. */
  samples: number;
  isClipped: boolean;
}

/**
 * @param startSample per channel, in the timeline of the file
 * @param endSample exclusive; may be Infinity
 * @yields blocks of what there is of them, in order; the planes are used again
 */
export async function* part(
  source: ExactSource,
  startSample: number,
  endSample: number,
  { beat }: DecodeDeps,
): AsyncGenerator<PlanarBlock<Float64Array>, void, undefined> {
  if (startSample > 0) await source.skipTo(startSample);
  for (let at = startSample; at < endSample;) {
    const block = await source.read();
    if (block === null) return;
    const count = Math.min(block.numberOfSamples, endSample - at);
    yield { channels: block.channels.map((plane) => plane.subarray(0, count)), numberOfSamples: count };
    at += count;
    await beat();
  }
}

/** Samples in a file: unsigned or signed integers of so many bits, or floating point. */
export type PcmKind = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';

/** The narrowest that holds every sample of the source as it comes out of the decoder; of plain PCM, that of the source. */
export function pcmKind({ facts: { codec, bitDepth }, isFloat }: ExactSource): PcmKind {
  if (isFloat) return codec.startsWith('pcm_f64') ? 'f64' : 'f32';
  // Companded and adaptive PCM decode to 16 bits; others that lose something may use all of 32.
  if (!isLossless(codec)) return /^(adpcm_|pcm_)/.test(codec) ? 's16' : 's32';
  const stored = Number(/^pcm_[su](\d+)/.exec(codec)?.[1] ?? bitDepth ?? 32);
  if (stored <= 8) return 'u8';
  if (stored <= 16) return 's16';
  return stored <= 24 ? 's24' : 's32';
}
