import { describe, expect, test } from 'vitest';
import { FilterGraph, Filter, Frame, avChannelLayoutDefault } from 'node-av/lib';
import type { AVSampleFormat } from 'node-av/constants';
import { LevelMeter, MAX_PEAKS } from '../../src/main/decode/levels.ts';
import { LoudnessMeter } from '../../src/main/decode/analysers/loudness.ts';
import { TruePeakMeter } from '../../src/main/decode/analysers/true-peak.ts';
import { Mixdown } from '../../src/main/decode/mixdown.ts';
import { noise, sine } from './make-audio.ts';

describe('levels', () => {
  test.each([1, 399, 400, 401, 4096, 5000, 123_457])(
    '%i samples give equal parts that hold the highest sample of each',
    (length) => {
      const samples = noise(length, 1, 1, length);
      const meter = new LevelMeter(1);
      for (let at = 0; at < length; at += 1000) meter.push([samples.slice(at, at + 1000)], Math.min(1000, length - at));
      const waveform = meter.waveform();
      const parts = Math.min(MAX_PEAKS, length);
      expect(waveform).toHaveLength(parts);
      for (let part = 0; part < parts; part++) {
        // A part may reach over its border by one fine peak, never fall short of what lies inside.
        const inside = samples.slice(Math.ceil((part * length) / parts), Math.floor(((part + 1) * length) / parts));
        const peak = inside.reduce((highest, x) => Math.max(highest, Math.abs(x)), 0);
        expect(waveform[part]).toBeGreaterThanOrEqual(Math.round(255 * peak));
      }
      expect(meter.peak).toBe(samples.reduce((highest, x) => Math.max(highest, Math.abs(x)), 0));
    },
  );

  test('a click shows where it lies, and what was not analysed is empty', () => {
    const samples = new Float32Array(100_000);
    samples[75_100] = -0.5;
    const meter = new LevelMeter(2);
    meter.push([new Float32Array(100_000), samples], 100_000);
    const [whole, half] = [meter.waveform(), meter.waveform(200_000)];
    const lit = (waveform: Uint8Array) => Array.from(waveform.keys()).filter((part) => waveform[part]! > 0);
    expect(lit(whole)).toEqual([300]);
    expect(whole[300]).toBe(128);
    expect(lit(half)).toEqual([150]);
    expect(half.slice(200).every((peak) => peak === 0)).toBe(true);
    expect(meter.peakDb).toBeCloseTo(-6.0206, 4);
  });

  test('what is no sample is silenced, counted, and leaves the measures alone', () => {
    const samples = sine(1, 1000, 10);
    const broken = samples.slice();
    for (const [i, x] of [NaN, Infinity, -Infinity, 1.01e6, -1e30].entries()) broken[100 + i] = x;
    broken[500] = 9.5e5; // +119 dBFS: loud, and kept
    const meter = new LevelMeter(1);
    meter.push([broken], 1000);
    expect(meter.invalidSamples).toBe(5);
    expect(Array.from(broken.subarray(100, 105))).toEqual([0, 0, 0, 0, 0]);
    expect(broken[99]).toBe(samples[99]);
    expect(meter.peak).toBeCloseTo(9.5e5, 0);
    const sum = broken.reduce((energy, x) => energy + x * x, 0);
    expect(meter.energies[0]).toBeCloseTo(sum, 0);
  });

  test('nothing but zeros', () => {
    const meter = new LevelMeter(1);
    meter.push([new Float32Array(10)], 10);
    expect(meter.peakDb).toBe(-Infinity);
    expect(meter.waveform()).toEqual(new Uint8Array(10));
    expect(new LevelMeter(1).waveform()).toHaveLength(0);
  });
});

describe('mixdown', () => {
  const RATE = 1000;
  function mix(channels: Float32Array[]): Float32Array {
    const mixdown = new Mixdown(RATE);
    const mono = new Float32Array(channels[0]!.length);
    for (let at = 0; at < mono.length; at += RATE) {
      const block = channels.map((channel) => channel.slice(at, at + RATE));
      const energies = Float64Array.from(block, (plane) => plane.reduce((sum, x) => sum + x * x, 0));
      mono.set(mixdown.push(block, block[0]!.length, energies), at);
    }
    return mono;
  }

  test('mono passes untouched, equal channels too', () => {
    const x = noise(2.5, RATE);
    expect(mix([x])).toEqual(x);
    expect(mix([x, x])).toEqual(x);
  });

  test('channels are averaged, one alone keeps its share', () => {
    const [a, b, c] = [noise(1, RATE, 0.5, 1), noise(1, RATE, 0.5, 2), noise(1, RATE, 0.5, 3)];
    expect(mix([a, b])).toEqual(a.map((x, i) => (x + b[i]!) * 0.5));
    expect(mix([a, b, c])).toEqual(a.map((x, i) => (x + b[i]! + c[i]!) / 3));
    const silent = new Float32Array(RATE);
    expect(mix([silent, a])).toEqual(a.map((x) => x * 0.5));
    expect(mix([silent, silent, silent, silent, silent, a])).toEqual(a.map((x) => x / 6));
  });

  test('channels in antiphase do not cancel: the louder one is used', () => {
    const x = sine(3, RATE, 50);
    const opposite = x.map((v) => -0.95 * v);
    expect(mix([x, opposite])).toEqual(x);
    // Nearly equal ones do not take turns.
    const louderLater = x.map((v, i) => -v * (i < 1500 ? 0.99 : 1.01));
    expect(mix([x, louderLater])).toEqual(x);
  });

  test('going in and out of antiphase makes no click', () => {
    const x = sine(3, RATE, 5, 0.5);
    const y = x.map((v, i) => (i >= 1000 && i < 2000 ? -v : v));
    const mono = mix([x, y]);
    const step = mono.reduce((largest, v, i) => Math.max(largest, i === 0 ? 0 : Math.abs(v - mono[i - 1]!)), 0);
    expect(step).toBeLessThan(0.5 * 2 * Math.PI * (5 / RATE) * 1.5 + 0.06);
    expect(mono.slice(1100, 1900)).toEqual(x.slice(1100, 1900));
    expect(mono.slice(2100, 2900)).toEqual(x.slice(2100, 2900));
  });
});

describe('loudness', () => {
  function measure(channels: Float32Array[], sampleRate: number, mask = 0n): number | null {
    const meter = new LoudnessMeter(sampleRate, channels.length, mask);
    for (let at = 0; at < channels[0]!.length; at += 777) {
      const part = channels.map((channel) => channel.slice(at, at + 777));
      meter.push(part, part[0]!.length);
    }
    return meter.integrated();
  }

  test('EBU Tech 3341 case 1 and 2: a stereo sine of 1 kHz at −23 and −33 dBFS', () => {
    for (const level of [-23, -33]) {
      const x = sine(20, 48_000, 1000, 10 ** (level / 20));
      expect(measure([x, x], 48_000)).toBeCloseTo(level, 1);
    }
  });

  test('EBU Tech 3341 case 3: the quiet parts fall to the relative gate', () => {
    const part = (seconds: number, level: number) => sine(seconds, 48_000, 1000, 10 ** (level / 20));
    const parts = [part(10, -36), part(60, -23), part(10, -36)];
    const x = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const p of parts) {
      x.set(p, at);
      at += p.length;
    }
    expect(measure([x, x], 48_000)).toBeCloseTo(-23, 1);
  });

  test('too short, silent, or below the gate: no figure', () => {
    expect(measure([sine(0.39, 48_000, 1000)], 48_000)).toBeNull();
    expect(measure([sine(0.41, 48_000, 1000)], 48_000)).not.toBeNull();
    expect(measure([new Float32Array(96_000)], 48_000)).toBeNull();
    expect(measure([sine(1, 48_000, 1000, 1e-4)], 48_000)).toBeNull();
    expect(measure([sine(1, 2000, 500)], 2000)).toBeNull();
  });

  test.each([
    { sampleRate: 48_000, channels: 1 },
    { sampleRate: 44_100, channels: 2 },
    { sampleRate: 22_050, channels: 2 },
    { sampleRate: 96_000, channels: 6 },
    { sampleRate: 8000, channels: 3 },
  ])('is what FFmpeg’s ebur128 filter says: $channels channels at $sampleRate Hz', ({ sampleRate, channels }) => {
    const planes = Array.from({ length: channels }, (_, c) => noise(3, sampleRate, 0.05 * (c + 1), c + 1));
    const ours = measure(planes, sampleRate, avChannelLayoutDefault(channels).mask);
    // The filter splits time into steps a little differently at rates that 10 does not divide.
    expect(Math.abs(ours! - ebur128(planes, sampleRate).integrated)).toBeLessThan(0.05);
  });

  test('range and true peak are what FFmpeg’s ebur128 filter says', () => {
    const rate = 48_000;
    // Ten levels of three seconds, 2 dB apart.
    const steps = sine(30, rate, 1000, 0.5).map((x, i) => x * 10 ** (-Math.floor(i / (3 * rate)) / 10));
    const meter = new LoudnessMeter(rate, 1, 0n);
    meter.push([steps], steps.length);
    const { range } = ebur128([steps], rate);
    expect(range).toBeGreaterThan(5);
    expect(Math.abs(meter.range()! - range)).toBeLessThan(0.3);
    // Near a quarter of the rate, where all samples may lie far below the wave; begun and ended softly.
    const tone = sine(1, rate, 11_987, 0.5).map((x, i) => x * Math.sin((Math.PI * i) / rate) ** 2);
    const peak = new TruePeakMeter(1);
    peak.push([tone], tone.length);
    expect(Math.abs(20 * Math.log10(peak.finish()) - ebur128([tone], rate).truePeakDb)).toBeLessThan(0.1);
  });
});

/** By FFmpeg's own filter: integrated loudness, LUFS, loudness range, LU, and the highest true peak, dBTP. */
function ebur128(planes: Float32Array[], sampleRate: number) {
  const layout = avChannelLayoutDefault(planes.length);
  using graph = new FilterGraph();
  graph.alloc();
  const parameters = `time_base=1/${sampleRate}:sample_rate=${sampleRate}:sample_fmt=fltp:channel_layout=0x${layout.mask.toString(16)}`;
  const source = graph.createFilter(Filter.getByName('abuffer')!, 'in', parameters)!;
  const meter = graph.createFilter(Filter.getByName('ebur128')!, 'meter', 'metadata=1:peak=true')!;
  const sink = graph.createFilter(Filter.getByName('abuffersink')!, 'out')!;
  source.link(0, meter, 0);
  meter.link(0, sink, 0);
  if (graph.configSync() < 0) throw new Error('no ebur128 graph');
  const numberOfSamples = planes[0]!.length;
  const interleavedPlanes = Buffer.concat(planes.map((plane) => Buffer.from(plane.buffer)));
  using frame = Frame.fromAudioBuffer(interleavedPlanes, {
    nbSamples: numberOfSamples,
    format: 8 as AVSampleFormat,
    sampleRate,
    channelLayout: layout,
    timeBase: { num: 1, den: sampleRate },
    pts: 0n,
  });
  if (source.buffersrcAddFrameSync(frame) < 0) throw new Error('frame refused');
  source.buffersrcAddFrameSync(null);
  using out = new Frame();
  out.alloc();
  const found = { integrated: NaN, range: NaN, truePeakDb: NaN };
  while (sink.buffersinkGetFrameSync(out) >= 0) {
    const figure = (name: string) => Number(out.getMetadata().get(`lavfi.r128.${name}`));
    found.integrated = figure('I');
    found.range = figure('LRA');
    found.truePeakDb = 20 * Math.log10(figure('true_peak'));
    out.unref();
  }
  return found;
}
