/** A file decoded into a WAV that every browser plays. Block by block: hours of sound take no more memory than seconds. */
import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../shared/errors.ts';
import type { AudioSource, SourceFacts } from './audio-source.ts';
import { openSource, withFile, type DecodeDeps } from './decode-file.ts';
import { quoted, undecodableAudio, unsupportedFormat } from './file-errors.ts';
import type { NotAudio, RenderedWav, RenderRequest } from './report.ts';
import { StereoFold } from './stereo-fold.ts';
import { bytesPerFrame, MAX_WAV_DATA_BYTES, WAV_HEADER_BYTES, wavBytes, wavHeader, type WavLayout } from './wav-header.ts'; // prettier-ignore

/** More than 16 bits are kept up to this size of the copy; beyond it, they are not worth the disk. */
const MAX_24_BIT_BYTES = 512 * 2 ** 20;

/**
 * @returns what was written; the file at `wavPath` is closed by then
 * @throws UserError with a FileErrorCode when the source cannot be used; disk-full
 */
export async function renderWav(request: RenderRequest, deps: DecodeDeps): Promise<RenderedWav | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      return await render(request, source, deps);
    } finally {
      await source.close();
    }
  });
}

async function render(request: RenderRequest, source: AudioSource, { beat }: DecodeDeps): Promise<RenderedWav> {
  const { path, wavPath, numberOfSamples: announced } = request;
  const { sampleRate, channels, channelMask } = source.facts;
  const fold = new StereoFold(channels, channelMask);
  const expected = announced ?? Math.round((source.declaredSeconds ?? 0) * sampleRate);
  const layout = chooseLayout(path, source.facts, fold.channels, expected);
  const limit = announced ?? Math.floor(MAX_WAV_DATA_BYTES / bytesPerFrame(layout));
  const wav = await writing(path, () => open(wavPath, 'w'));
  try {
    await write(path, wav, wavHeader(layout, announced ?? 0), 0);
    let written = 0;
    let bytes = Buffer.alloc(0);
    while (written < limit) {
      const block = await source.read();
      if (!block) break;
      const count = Math.min(block.numberOfSamples, limit - written);
      const size = count * bytesPerFrame(layout);
      if (bytes.length < size) bytes = Buffer.alloc(size);
      interleave(fold.push(block.channels, count), count, layout.bitsPerSample, bytes);
      await write(path, wav, bytes.subarray(0, size), WAV_HEADER_BYTES + written * bytesPerFrame(layout));
      written += count;
      await beat();
    }
    if (written === 0) throw undecodableAudio(path, 'the decoder returned no samples');
    const numberOfSamples = announced ?? written;
    // Fills up to the announced length and to an even one: zeros, which are silence.
    await writing(path, () => wav.truncate(wavBytes(layout, numberOfSamples)));
    if (announced === null) await write(path, wav, wavHeader(layout, numberOfSamples), 0);
    return { ...layout, numberOfSamples };
  } finally {
    await wav.close();
  }
}

function chooseLayout(path: string, facts: SourceFacts, channels: 1 | 2, numberOfSamples: number): WavLayout {
  const { sampleRate, bitDepth } = facts;
  const fine: WavLayout = { sampleRate, channels, bitsPerSample: 24 };
  const plain: WavLayout = { sampleRate, channels, bitsPerSample: 16 };
  if ((bitDepth ?? 0) > 16 && wavBytes(fine, numberOfSamples) <= MAX_24_BIT_BYTES) return fine;
  if (wavBytes(plain, numberOfSamples) > MAX_WAV_DATA_BYTES) {
    throw unsupportedFormat(path, 'too long for a playable copy');
  }
  return plain;
}

/** Float −1..1 to little-endian integers. What is beyond full scale is clipped, what is no number is silence. */
function interleave(planes: readonly Float32Array[], count: number, bitsPerSample: 16 | 24, bytes: Buffer): void {
  const step = bitsPerSample / 8;
  const stride = planes.length * step;
  const scale = 2 ** (bitsPerSample - 1);
  for (const [channel, plane] of planes.entries()) {
    for (let i = 0, at = channel * step; i < count; i++, at += stride) {
      const scaled = Math.round(plane[i]! * scale);
      const value = scaled >= scale ? scale - 1 : scaled < -scale ? -scale : scaled | 0; // `| 0` turns NaN into 0
      bytes[at] = value;
      bytes[at + 1] = value >> 8;
      if (step === 3) bytes[at + 2] = value >> 16;
    }
  }
}

async function write(path: string, wav: FileHandle, bytes: Buffer, position: number): Promise<void> {
  await writing(path, async () => {
    for (let done = 0; done < bytes.length;) {
      done += (await wav.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  });
}

/** Errors of the copy are not errors of the sound, though both are files. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new UserError('disk-full', `Not enough disk space for a playable copy of ${quoted(path)}. Free some space and try again.`, error); // prettier-ignore
    }
    throw new Error(`the playable copy of ${path} could not be written`, { cause: error });
  }
}
