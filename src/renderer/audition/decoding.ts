/** Whole files as samples in memory. */
import type { FileRow } from '../../shared/calls/files.ts';
import type { Host } from '../client/host.ts';

/** Samples of all channels: 64 MiB as floats; three minutes in stereo at 48 kHz, six in mono. */
export const MOST_DECODED_SAMPLES = 2 ** 24;
/** Copies for the player have no more. */
const MOST_CHANNELS = 2;
/**
 * What the browser decodes to the same samples as the analysis did. Of the others it plays a copy, so that a moment is
 * the same moment on the screen: decoders differ in how much silence of the encoder they leave at the beginning.
 */
const EXACT: ReadonlySet<FileRow['format']> = new Set(['wav', 'flac']);

/** Whether a file is short enough. @param sampleRate of the output, Hz */
export function fitsInMemory({ durationSeconds, channels }: FileRow, sampleRate: number): boolean {
  return durationSeconds * sampleRate * Math.min(channels, MOST_CHANNELS) <= MOST_DECODED_SAMPLES;
}

/**
 * @param signal gives up
 * @returns at the rate of the context; null where the file cannot be decoded, of which its stream tells
 * @throws signal.reason
 */
export async function decoded(
  host: Host,
  { fileId, format }: Pick<FileRow, 'fileId' | 'format'>,
  context: BaseAudioContext,
  signal: AbortSignal,
): Promise<AudioBuffer | null> {
  for (const asWav of EXACT.has(format) ? [false, true] : [true]) {
    try {
      const response = await fetch(host.audioUrl(fileId, asWav), { signal });
      if (!response.ok) continue;
      return await context.decodeAudioData(await response.arrayBuffer());
    } catch {
      signal.throwIfAborted(); // an odd codec behind a common name: the copy next
    }
  }
  return null;
}
