/** Loudness and peak of a part of a file: what a match plays at may be far from the loudness of its file. */
import { LoudnessMeter } from './analysers/loudness.ts';
import { openSource, withFile, type DecodeDeps } from './decode-file.ts';
import { LevelMeter } from './levels.ts';
import type { Levels, LevelsRequest, NotAudio } from './report.ts';

/** @throws UserError with a FileErrorCode when the file cannot be used */
export async function readLevels(
  { startSeconds, endSeconds, ...request }: LevelsRequest,
  deps: DecodeDeps,
): Promise<Levels | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      const { sampleRate, channels, channelMask } = source.facts;
      const levels = new LevelMeter(channels);
      const loudness = new LoudnessMeter(sampleRate, channels, channelMask);
      const startSample = Math.round(startSeconds * sampleRate);
      let left = Math.round(endSeconds * sampleRate) - startSample;
      await source.skipTo(startSample);
      while (left > 0) {
        const block = await source.read();
        if (!block) break;
        const count = Math.min(block.numberOfSamples, left);
        levels.push(block.channels, count);
        loudness.push(block.channels, count);
        left -= count;
        await deps.beat();
      }
      return { loudnessLufs: loudness.integrated(), peakDb: levels.peak === 0 ? null : levels.peakDb };
    } finally {
      await source.close();
    }
  });
}
