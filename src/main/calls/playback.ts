/** The calls of the player. */
import type { PlaybackCalls } from '../../shared/calls/playback.ts';
import type { Engine } from '../../shared/contract.ts';
import type { FilePeaks } from '../playback/file-peaks.ts';

export function playbackCalls(
  peaks: Pick<FilePeaks, 'read' | 'spectrum' | 'levels'>,
): Pick<Engine, keyof PlaybackCalls> {
  return {
    'file.levels': (question) => peaks.levels(question),
    'file.peaks': async (request) => {
      const found = await peaks.read(request);
      if (found === null) return null;
      const { buffer, byteOffset, byteLength } = found.parts;
      return { channels: found.channels, data: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
    },
    'file.spectrum': async (question) => ({ data: Buffer.from(await peaks.spectrum(question)).toString('base64') }),
  };
}
