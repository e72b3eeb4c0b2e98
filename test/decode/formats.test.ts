import { describe, expect, test } from 'vitest';
import { identifyFile } from '../../src/main/decode/decode-file.ts';
import { correlation, ffmpegOnPath, decode, libav, still, testFolder } from './decode.ts';
import { encode, sine, writeWav } from './make-audio.ts';

const at = testFolder();
const ffmpeg = await ffmpegOnPath();

interface Case {
  file: string;
  muxer: string;
  encoder: string;
  format: string;
  codec: string;
  bitDepth: number | null;
  sampleRate?: number;
  muxerOptions?: Record<string, string>;
  /** The container says nothing of the encoder's delay: up to 60 ms stay in, or (WMA) FFmpeg takes as much off that was none. */
  delayed?: true;
  /** Also through ffmpeg on PATH: one of each kind, as it starts several programs a file. */
  both?: true;
}

const CASES: Case[] = [
  { file: 's16.wav', muxer: 'wav', encoder: 'pcm_s16le', format: 'wav', codec: 'pcm_s16le', bitDepth: 16, both: true },
  { file: 's24.wav', muxer: 'wav', encoder: 'pcm_s24le', format: 'wav', codec: 'pcm_s24le', bitDepth: 24 },
  { file: 'f32.wav', muxer: 'wav', encoder: 'pcm_f32le', format: 'wav', codec: 'pcm_f32le', bitDepth: 32 },
  { file: 'f64.wav', muxer: 'wav', encoder: 'pcm_f64le', format: 'wav', codec: 'pcm_f64le', bitDepth: 64 },
  { file: 'u8.wav', muxer: 'wav', encoder: 'pcm_u8', format: 'wav', codec: 'pcm_u8', bitDepth: 8 },
  { file: 'mulaw.wav', muxer: 'wav', encoder: 'pcm_mulaw', format: 'wav', codec: 'pcm_mulaw', bitDepth: null },
  { file: 'adpcm.wav', muxer: 'wav', encoder: 'adpcm_ms', format: 'wav', codec: 'adpcm_ms', bitDepth: null },
  {
    file: 'rf64.wav',
    muxer: 'wav',
    encoder: 'pcm_s24le',
    format: 'rf64',
    codec: 'pcm_s24le',
    bitDepth: 24,
    muxerOptions: { rf64: 'always' },
  },
  { file: 'sony.w64', muxer: 'w64', encoder: 'pcm_s16le', format: 'w64', codec: 'pcm_s16le', bitDepth: 16 },
  { file: 'mac.aiff', muxer: 'aiff', encoder: 'pcm_s16be', format: 'aiff', codec: 'pcm_s16be', bitDepth: 16 },
  { file: 'mac.aifc', muxer: 'aiff', encoder: 'pcm_s16le', format: 'aiff', codec: 'pcm_s16le', bitDepth: 16 },
  { file: 'mac.caf', muxer: 'caf', encoder: 'pcm_s24be', format: 'caf', codec: 'pcm_s24be', bitDepth: 24 },
  { file: 'free.flac', muxer: 'flac', encoder: 'flac', format: 'flac', codec: 'flac', bitDepth: 16, both: true },
  { file: 'in-ogg.oga', muxer: 'ogg', encoder: 'flac', format: 'ogg', codec: 'flac', bitDepth: 16 },
  { file: 'hybrid.wv', muxer: 'wv', encoder: 'wavpack', format: 'wavpack', codec: 'wavpack', bitDepth: 8 },
  { file: 'apple.m4a', muxer: 'ipod', encoder: 'alac', format: 'm4a', codec: 'alac', bitDepth: 24 },
  { file: 'lame.mp3', muxer: 'mp3', encoder: 'libmp3lame', format: 'mp3', codec: 'mp3', bitDepth: null, both: true },
  {
    file: 'bare.mp3',
    muxer: 'mp3',
    encoder: 'libmp3lame',
    format: 'mp3',
    codec: 'mp3',
    bitDepth: null,
    muxerOptions: { write_xing: '0', id3v2_version: '0' },
    delayed: true,
  },
  { file: 'layer2.mp2', muxer: 'mp2', encoder: 'mp2', format: 'mp3', codec: 'mp2', bitDepth: null, delayed: true },
  { file: 'xiph.ogg', muxer: 'ogg', encoder: 'libvorbis', format: 'ogg', codec: 'vorbis', bitDepth: null, both: true },
  {
    file: 'xiph.opus',
    muxer: 'opus',
    encoder: 'libopus',
    format: 'opus',
    codec: 'opus',
    bitDepth: null,
    sampleRate: 48_000,
    both: true,
  },
  { file: 'aac.m4a', muxer: 'ipod', encoder: 'aac', format: 'm4a', codec: 'aac', bitDepth: null, both: true },
  { file: 'sound-only.mp4', muxer: 'mp4', encoder: 'aac', format: 'm4a', codec: 'aac', bitDepth: null },
  { file: 'adts.aac', muxer: 'adts', encoder: 'aac', format: 'aac', codec: 'aac', bitDepth: null, delayed: true },
  { file: 'windows.wma', muxer: 'asf', encoder: 'wmav2', format: 'wma', codec: 'wmav2', bitDepth: null, delayed: true },
  { file: 'next.au', muxer: 'au', encoder: 'pcm_s16be', format: 'other', codec: 'pcm_s16be', bitDepth: 16 },
  { file: 'true.tta', muxer: 'tta', encoder: 'tta', format: 'other', codec: 'tta', bitDepth: 8 },
  { file: 'kasten.mka', muxer: 'matroska', encoder: 'flac', format: 'other', codec: 'flac', bitDepth: 16 },
  {
    file: 'sound.webm',
    muxer: 'webm',
    encoder: 'libopus',
    format: 'other',
    codec: 'opus',
    bitDepth: null,
    sampleRate: 48_000,
  },
  { file: 'dolby.ac3', muxer: 'ac3', encoder: 'ac3', format: 'other', codec: 'ac3', bitDepth: null, delayed: true },
];

describe.each(CASES)(
  '$file',
  ({ file, muxer, encoder, format, codec, bitDepth, muxerOptions = {}, delayed, ...rest }) => {
    const sampleRate = rest.sampleRate ?? 44_100;
    // A rising pitch correlates with itself only where it lies, so that a shift in time shows.
    const chirp = (rate: number, seconds: number) =>
      new Float32Array(Math.round(seconds * rate)).map(
        (_, i) => 0.5 * Math.sin(2 * Math.PI * (300 + (200 * i) / rate) * (i / rate)),
      );
    const path = at(file);

    test('is identified by its content and decoded in the right place', async () => {
      const channel = chirp(sampleRate, 1.5);
      encode(path, [channel, channel], sampleRate, { muxer, encoder, muxerOptions });
      const { report, windows } = await decode(path);
      expect(report).toMatchObject({ format, codec, bitDepth, sampleRate, channels: 2, windowCount: 1, warnings: [] });
      expect(Math.abs(report.durationSeconds - 1.5)).toBeLessThan(0.06);
      expect(report.waveform).toHaveLength(400);
      expect(report.peakDb).toBeGreaterThan(-7.5);
      expect(report.peakDb).toBeLessThan(-1);
      expect(windows).toHaveLength(1);
      expect(windows[0]!.startSeconds).toBe(0);
      const ideal = chirp(32_000, 1.4);
      const decoded = windows[0]!.samples;
      const most = delayed ? 0.06 * 32_000 : 0;
      const delays = Array.from({ length: 2 * most + 1 }, (_, i) => i - most);
      const match = delays.map((delay) =>
        correlation(decoded.subarray(Math.max(0, delay)), ideal.subarray(Math.max(0, -delay))),
      );
      expect(Math.max(...match)).toBeGreaterThan(0.98);
      const identity = await identifyFile({ path }, { library: libav, beat: still });
      expect(identity).toEqual({ contentId: report.contentId, format });
    });
  },
);

test.runIf(ffmpeg !== null).each(CASES.filter(({ both }) => both))(
  '$file is the same through ffmpeg on PATH',
  async ({ file }) => {
    const path = at(file); // made above
    const linked = await decode(path);
    const program = await decode(path, {}, ffmpeg!);
    expect(program.report.contentId).toBe(linked.report.contentId);
    const { sampleRate: rate, channels, bitDepth: depth, codec: name, format: container, warnings } = linked.report;
    expect(program.report).toMatchObject({
      sampleRate: rate,
      channels,
      bitDepth: depth,
      codec: name,
      format: container,
      warnings,
    });
    expect(program.report.loudnessLufs).toBeCloseTo(linked.report.loudnessLufs!, 1);
    expect(correlation(program.windows[0]!.samples, linked.windows[0]!.samples)).toBeGreaterThan(0.9999);
  },
);

test('mono float at the plan’s rate arrives bit for bit', async () => {
  const original = sine(7, 32_000, 1234.5, 0.9);
  writeWav(at('golden.wav'), [original], 32_000, 'f32');
  const { windows } = await decode(at('golden.wav'));
  expect(
    windows.map(({ startSeconds, seconds, windowIndex, item }) => ({ startSeconds, seconds, windowIndex, item })),
  ).toEqual([
    { startSeconds: 0, seconds: 5, windowIndex: 0, item: 7 },
    { startSeconds: 2, seconds: 5, windowIndex: 1, item: 7 },
  ]);
  expect(Buffer.from(windows[0]!.samples.buffer).equals(Buffer.from(original.slice(0, 160_000).buffer))).toBe(true);
  expect(Buffer.from(windows[1]!.samples.buffer).equals(Buffer.from(original.slice(64_000).buffer))).toBe(true);
});

test.each([8000, 11_025, 22_050, 48_000, 96_000, 192_000])('%i Hz is resampled in place', async (sampleRate) => {
  const path = at(`${sampleRate}.wav`);
  writeWav(path, [sine(1, sampleRate, 997)], sampleRate, 'f32');
  const { report, windows } = await decode(path);
  expect(report.durationSeconds).toBe(1);
  const decoded = windows[0]!.samples;
  expect(decoded).toHaveLength(32_000);
  const ideal = sine(1, 32_000, 997);
  // Away from the edges, where the filter sees silence before the first and after the last sample.
  for (let i = 200; i < 31_800; i++) expect(Math.abs(decoded[i]! - ideal[i]!)).toBeLessThan(1e-4);
});

test.each([1, 2, 7, 100])('%i samples are one window, whatever the rate', async (length) => {
  for (const sampleRate of [8000, 32_000, 44_100, 192_000]) {
    const path = at(`tiny-${length}-${sampleRate}.wav`);
    writeWav(path, [new Float32Array(length).fill(0.5)], sampleRate, 'f32');
    const { report, windows } = await decode(path);
    expect(report.windowCount).toBe(1);
    expect(windows[0]!.samples).toHaveLength(Math.ceil((length * 32_000) / sampleRate));
    expect(report.loudnessLufs).toBeNull();
  }
});

test('5.1 is averaged, the LFE weighs nothing in loudness', async () => {
  const path = at('surround.wav');
  const quiet = new Float32Array(32_000);
  const lfe = sine(1, 32_000, 50);
  encode(path, [quiet, quiet, quiet, lfe, quiet, quiet], 32_000, { muxer: 'wav', encoder: 'pcm_s24le' });
  const { report, windows } = await decode(path);
  expect(report).toMatchObject({ channels: 6, loudnessLufs: null });
  const sixth = windows[0]!.samples;
  for (let i = 0; i < 32_000; i += 97) expect(sixth[i]).toBeCloseTo(lfe[i]! / 6, 5);
});

test('a stream that changes its rate and channels is decoded to its end', async () => {
  const [first, second, joined] = [at('one.mp3'), at('two.mp3'), at('joined.mp3')];
  const options = { muxer: 'mp3', encoder: 'libmp3lame', muxerOptions: { write_xing: '0', id3v2_version: '0' } };
  encode(first, [sine(2, 44_100, 440), sine(2, 44_100, 440)], 44_100, options);
  encode(second, [sine(2, 22_050, 440)], 22_050, options);
  const { readFileSync, writeFileSync } = await import('node:fs');
  writeFileSync(joined, Buffer.concat([readFileSync(first), readFileSync(second)]));
  const { report, windows } = await decode(joined, { windowSeconds: 1, hopSeconds: 1 });
  expect(report).toMatchObject({ sampleRate: 44_100, channels: 2 });
  expect(report.durationSeconds).toBeGreaterThan(3.9);
  expect(report.durationSeconds).toBeLessThan(4.2);
  // The pitch is still 440 Hz in the second part: counted by its zero crossings.
  const samples = windows.at(-1)!.samples.subarray(8000, 24_000);
  const crossings = samples.reduce((n, x, i) => n + (i > 0 && x >= 0 !== samples[i - 1]! >= 0 ? 1 : 0), 0);
  expect(crossings / 2 / 0.5).toBeGreaterThan(430);
  expect(crossings / 2 / 0.5).toBeLessThan(450);
});
