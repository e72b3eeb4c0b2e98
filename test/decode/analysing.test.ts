/** Each analyser gets the samples that it asks for, in one pass: every channel, or one channel at a rate of its own. */
import { expect, test } from 'vitest';
import type { Analyser } from '../../src/main/decode/analysers/analyser.ts';
import { ANALYSERS } from '../../src/main/decode/analysers/analysers.ts';
import { Analysing } from '../../src/main/decode/analysers/analysing.ts';
import type { Resampler } from '../../src/main/decode/audio-source.ts';
import { LevelMeter } from '../../src/main/decode/levels.ts';

const SOURCE = { codec: 'pcm_s16le', sampleRate: 8, channels: 2, channelMask: 3n, bitDepth: 16 };
/** Two blocks of two channels. */
const BLOCKS = [[[1, 2, 3, 4], [5, 6, 7, 8]], [[9, 10], [11, 12]]]; // prettier-ignore

/** Every second sample; the last of all comes at the end, as from a filter with a delay. */
function halving(log: string[]): (from: number, to: number) => Resampler {
  return (from, to) => {
    log.push(`${from} → ${to}`);
    let kept: number[] = [];
    return {
      push(samples) {
        const all = [...kept, ...samples.filter((_, at) => at % 2 === 0)];
        kept = all.splice(-1);
        return Promise.resolve(Float32Array.from(all));
      },
      finish: () => Promise.resolve(Float32Array.from(kept)),
      close: () => Promise.resolve(void log.push('closed')),
    };
  };
}

/** Writes down what it is given. */
function noting<K extends 'loudness' | 'levels' | 'clipping'>(
  input: Analyser<K>['input'],
  facts: ReturnType<ReturnType<Analyser<K>['begin']>['finish']>,
) {
  const given: unknown[] = [];
  const analyser: Analyser<K> = {
    input,
    begin({ sampleRate, channels }) {
      given.push({ sampleRate, channels });
      return {
        push: (planes, length) => void given.push(planes.map((plane) => [...plane.subarray(0, length)])),
        finish(totalSamples) {
          given.push({ totalSamples });
          return facts;
        },
      };
    },
  };
  return { given, analyser };
}

test('channels as decoded, one channel at the rate of the file, and one resampled once for two', async () => {
  const log: string[] = [];
  const all = noting<'levels'>('channels', { peakDb: -1 });
  const half = noting<'loudness'>({ monoAt: 4 }, { loudnessLufs: -20, loudnessRange: 3 });
  const other = noting<'clipping'>({ monoAt: 4 }, { clippedSamples: 3 });
  const analysers = { ...ANALYSERS, levels: all.analyser, loudness: half.analyser, clipping: other.analyser };
  const kinds = ['levels', 'loudness', 'clipping'] as const;
  const analysing = new Analysing(kinds, SOURCE, new LevelMeter(2), halving(log), analysers);
  for (const [left, right] of BLOCKS) {
    const planes = [Float32Array.from(left!), Float32Array.from(right!)];
    await analysing.push(planes, left!.length, planes[0]!);
  }
  await analysing.end();
  expect(analysing.finish(20)).toEqual({ peakDb: -1, loudnessLufs: -20, loudnessRange: 3, clippedSamples: 3 });
  await analysing.close();
  expect(all.given).toEqual([{ sampleRate: 8, channels: 2 }, ...BLOCKS, { totalSamples: 20 }]);
  expect(half.given).toEqual([{ sampleRate: 4, channels: 1 }, [[1]], [[3]], [[9]], { totalSamples: 10 }]);
  expect(other.given).toEqual(half.given);
  expect(log).toEqual(['8 → 4', 'closed']);
});

test('one channel at the rate of the file is not resampled', async () => {
  const log: string[] = [];
  const mono = noting<'levels'>({ monoAt: 8 }, { peakDb: -1 });
  const analysers = { ...ANALYSERS, levels: mono.analyser };
  const analysing = new Analysing(['levels'], SOURCE, new LevelMeter(2), halving(log), analysers);
  await analysing.push([Float32Array.of(1, 2), Float32Array.of(3, 4)], 2, Float32Array.of(2, 3));
  await analysing.end();
  expect(mono.given).toEqual([{ sampleRate: 8, channels: 1 }, [[2, 3]]]);
  expect(log).toEqual([]);
});
