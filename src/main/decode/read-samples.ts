/** A part of a file, to the sample. Formats that lead there are sought in; of others, what lies before is decoded, too. */
import { openSource, withFile, type DecodeDeps } from './decode-file.ts';
import { silenceInvalid } from './levels.ts';
import type { NotAudio, Samples, SamplesRequest } from './report.ts';

/** @throws UserError with a FileErrorCode when the file cannot be used */
export async function readSamples(
  { startSample, numberOfSamples, ...request }: SamplesRequest,
  deps: DecodeDeps,
): Promise<Samples | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      const { sampleRate, channels } = source.facts;
      const planes = Array.from({ length: channels }, () => new Float32Array(numberOfSamples));
      let filled = 0;
      await source.skipTo(startSample);
      while (filled < numberOfSamples) {
        const block = await source.read();
        if (!block) break;
        const count = Math.min(block.numberOfSamples, numberOfSamples - filled);
        for (const [channel, plane] of planes.entries()) plane.set(block.channels[channel]!.subarray(0, count), filled);
        filled += count;
        await deps.beat();
      }
      for (const plane of planes) silenceInvalid(plane, 0, filled);
      return { sampleRate, channels: planes.map((plane) => (filled < plane.length ? plane.slice(0, filled) : plane)) };
    } finally {
      await source.close();
    }
  });
}
