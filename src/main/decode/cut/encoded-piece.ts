/** Pieces as FLAC and MP3. */
import { open } from 'node:fs/promises';
import { UserError } from '../../../shared/errors.ts';
import type { Encoder, Plane, Resampler } from '../audio-source.ts';
import type { DecodeDeps } from '../decode-file.ts';
import { carriedTags } from './carried.ts';
import { part, pcmKind, type Piece, type WrittenPart } from './part.ts';

/** Rates that MP3 has, Hz. */
const MP3_RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const MOST_CHANNELS = { flac: 8, mp3: 2 } as const;

/**
 * FLAC keeps integers of up to 24 bits as they are; wider ones and floating point become 24 bits. MP3 gets the nearest
 * rate that it has.
 * @throws UserError bad-input when the format cannot hold so many channels, engine-broken where nothing encodes;
 *   errors of the disk
 */
export async function writeEncoded(piece: Piece, format: 'flac' | 'mp3', deps: DecodeDeps): Promise<WrittenPart> {
  const { file, source, origin, piecePath } = piece;
  const { channels, channelMask, sampleRate } = source.facts;
  const { library } = deps;
  const name = format.toUpperCase();
  if (library.encoder === null) throw new UserError('engine-broken', `${name} cannot be written with the decoder in use (${library.name}). Choose WAV.`); // prettier-ignore
  if (channels > MOST_CHANNELS[format]) throw new UserError('bad-input', `${name} supports at most ${MOST_CHANNELS[format]} channels, but this file has ${channels}. Choose WAV.`); // prettier-ignore
  const tags = await carriedTags(file, origin);
  const rate = format === 'mp3' ? mp3Rate(sampleRate) : sampleRate;
  const bitsPerSample = ['u8', 's16'].includes(pcmKind(source)) ? 16 : 24;
  const encoder = library.encoder({ path: piecePath, format, sampleRate: rate, channels, channelMask, bitsPerSample, tags }); // prettier-ignore
  const resamplers = rate === sampleRate ? null : Array.from({ length: channels }, () => library.resampler(sampleRate, rate)); // prettier-ignore
  let written = 0;
  let isClipped = false;
  try {
    for await (const block of part(source, origin.startSample, origin.endSample, deps)) {
      written += block.numberOfSamples;
      isClipped ||= source.isFloat && block.channels.some((plane) => plane.some((x) => x > 1 || x < -1));
      if (resamplers) encode(encoder, await resampled(resamplers, block.channels));
      else encoder.write(block.channels, block.numberOfSamples);
    }
    if (resamplers) encode(encoder, await Promise.all(resamplers.map((each) => each.finish())));
    encoder.finish();
  } finally {
    encoder.close();
    for (const each of resamplers ?? []) await each.close();
  }
  await toDisk(piecePath);
  return { samples: written, isClipped };
}

function encode(encoder: Encoder, channels: readonly Plane[]): void {
  encoder.write(channels, channels[0]!.length);
}

function resampled(resamplers: readonly Resampler[], channels: readonly Float64Array[]): Promise<Float32Array[]> {
  return Promise.all(resamplers.map((each, c) => each.push(Float32Array.from(channels[c]!))));
}

/** Of the rates in families of 44.1 and 48 kHz their own; others the next higher one. */
function mp3Rate(rate: number): number {
  if (rate > 48_000) return rate % 44_100 === 0 ? 44_100 : 48_000;
  return MP3_RATES.find((each) => each >= rate)!;
}

async function toDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
