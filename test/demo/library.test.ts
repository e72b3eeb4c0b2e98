import { existsSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  DEMO_SEARCHES,
  DEMO_SOUNDS,
  GARDEN_BARKS,
  LONG_DEMO_SOUND,
  writeDemoLibrary,
  type DemoSound,
} from '../../src/demo/library.ts';
import { DEMO_MARK, partialPath } from '../../src/demo/demo-methods.ts';
import { encodeAudioFile } from '../../src/demo/encode.ts';
import { peakOf } from '../../src/demo/synthesis/signal.ts';
import { decode, type Decoded } from './decode.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const soundNamed = (name: string): DemoSound => DEMO_SOUNDS.find((sound) => sound.name === name)!;
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
function rmsDb(signal: Float32Array): number {
  let energy = 0;
  for (let n = 0; n < signal.length; n++) energy += signal[n]! * signal[n]!;
  return 10 * Math.log10(energy / signal.length + 1e-20);
}
describe('the table', () => {
  test('has enough sounds, of every format, with names of their own', () => {
    expect(DEMO_SOUNDS.length).toBeGreaterThanOrEqual(48);
    expect(new Set(DEMO_SOUNDS.map((sound) => sound.name)).size).toBe(DEMO_SOUNDS.length);
    expect(new Set(DEMO_SOUNDS.map((sound) => sound.format))).toEqual(
      new Set(['wav', 'aiff', 'flac', 'mp3', 'ogg', 'opus', 'm4a']),
    );
    expect(new Set(DEMO_SOUNDS.filter((sound) => sound.format === 'wav').map((sound) => sound.bitDepth))).toEqual(
      new Set([16, 24, 32]),
    );
    expect(new Set(DEMO_SOUNDS.map((sound) => sound.channels))).toEqual(new Set([1, 2]));
    expect(new Set(DEMO_SOUNDS.map((sound) => sound.sampleRate)).size).toBeGreaterThanOrEqual(4);
  });

  test('names of files are safe on every system', () => {
    for (const { name, folder } of DEMO_SOUNDS) {
      expect(`${folder}/${name}`).toMatch(/^[\w &+.,()/-]+$/);
      expect(name).not.toMatch(/^\.|[ .]$/);
    }
  });

  test('searches name files that are there', () => {
    expect(DEMO_SEARCHES.length).toBeGreaterThanOrEqual(10);
    for (const { query, expected } of DEMO_SEARCHES) {
      expect(query).not.toBe('');
      for (const name of expected) expect(soundNamed(name), name).toBeDefined();
    }
  });
});

describe('the whole library', () => {
  let folder: string;
  let paths: string[];
  /** Every eighth sound, of nearly every format, rendered in this process while the child renders and encodes the next one. */
  const rendered = new Map<string, Float32Array[]>();
  const decoded = new Map<string, Decoded>();
  beforeAll(async () => {
    folder = temporaryFolder('demo');
    const seen: number[] = [];
    paths = await writeDemoLibrary(folder, {
      onProgress: ({ done, total, path, written }) => {
        expect(total).toBe(DEMO_SOUNDS.length);
        expect(written).toBe(true);
        seen.push(done);
        // Not here and now: the next file is asked for as soon as this returns, and the two can go side by side.
        if (done % 8 === 0) setImmediate(() => rendered.set(path, soundNamed(basename(path)).render()));
      },
    });
    expect(seen).toEqual(DEMO_SOUNDS.map((_, i) => i + 1));
    for (const path of paths) decoded.set(path, await decode(path));
  });

  test('every file decodes, is audible, centred and of a sensible length', () => {
    for (const [path, { sampleRate, channels }] of decoded) {
      const sound = soundNamed(basename(path));
      expect(channels, sound.name).toHaveLength(sound.channels);
      expect(sampleRate, sound.name).toBe(sound.sampleRate);
      const seconds = channels[0]!.length / sampleRate;
      expect(seconds, sound.name).toBeGreaterThan(sound.name === LONG_DEMO_SOUND ? 60 : 0.05);
      expect(seconds, sound.name).toBeLessThan(sound.name === LONG_DEMO_SOUND ? 90 : 16);
      for (const channel of channels) {
        expect(channel.length).toBe(channels[0]!.length);
        // A lossy codec may overshoot a little; what goes in is held to −1..1 by the encoder itself.
        expect(peakOf(channel), sound.name).toBeLessThan(sound.bitDepth === null ? 1.2 : 1);
        expect(rmsDb(channel), sound.name).toBeGreaterThan(-45);
        const mean = channel.reduce((sum, value) => sum + value, 0) / channel.length;
        expect(Math.abs(mean), sound.name).toBeLessThan(0.005);
      }
    }
  });

  test('the same seed gives the same samples in another process, and the files hold them', () => {
    expect(rendered.size).toBeGreaterThanOrEqual(10);
    expect(new Set([...rendered.keys()].map((path) => extname(path))).size).toBeGreaterThanOrEqual(5);
    for (const [path, channels] of rendered) {
      const sound = soundNamed(basename(path));
      const file = decoded.get(path)!;
      const tooLong = Math.abs(file.channels[0]!.length - channels[0]!.length) / sound.sampleRate;
      expect(tooLong, sound.name).toBeLessThan(sound.bitDepth === null ? 0.08 : 1e-9);
      for (const [c, channel] of channels.entries()) {
        if (sound.bitDepth === null) {
          expect(Math.abs(rmsDb(file.channels[c]!) - rmsDb(channel)), sound.name).toBeLessThan(1.5);
          continue;
        }
        const tolerance = sound.bitDepth === 32 ? 0 : 0.51 / 2 ** (sound.bitDepth - 1);
        let largest = 0;
        for (let n = 0; n < channel.length; n++)
          largest = Math.max(largest, Math.abs(file.channels[c]![n]! - channel[n]!));
        expect(largest, sound.name).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  test('tags are in the files that should have some, the mark is in all, and nothing else is left behind', () => {
    for (const path of paths) expect(readFileSync(path).includes(DEMO_MARK), path).toBe(true);
    const tagged = [...decoded].filter(([path]) => soundNamed(basename(path)).tags['genre'] !== undefined);
    expect(tagged.length).toBeGreaterThanOrEqual(3);
    for (const [path, { metadata }] of tagged) {
      const found = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]));
      expect(found, path).toMatchObject(soundNamed(basename(path)).tags);
    }
    expect(filesBelow(folder).sort()).toEqual(DEMO_SOUNDS.map((sound) => sound.name).sort());
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThan(60e6);
  });

  test('in the long file the dog barks where documented', () => {
    const { sampleRate, channels } = decoded.get(paths.find((path) => basename(path) === LONG_DEMO_SOUND)!)!;
    const loudest = (from: number, to: number) => peakOf(channels[0]!.subarray(from * sampleRate, to * sampleRate));
    const { startSeconds, endSeconds } = GARDEN_BARKS;
    const barks = loudest(startSeconds, endSeconds);
    expect(barks).toBeGreaterThan(4 * loudest(0, startSeconds));
    expect(barks).toBeGreaterThan(4 * loudest(endSeconds, 75));
  });

  test('a sound that is no longer within range is refused, not clipped', async () => {
    const path = join(folder, 'broken.wav');
    const options = { format: 'wav', sampleRate: 8000, bitDepth: 16, tags: {} } as const;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1.01]) {
      await expect(encodeAudioFile(path, [Float32Array.of(0, value)], options)).rejects.toThrow(RangeError);
    }
    expect(existsSync(path)).toBe(false);
  });
});

describe('writing', () => {
  const names = ['UI_confirm_01.wav', 'HH closed.wav', 'snore-01.mp3', 'musicbox_lullaby.ogg'];
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('demo-few');
  });

  test('a second run leaves the same files alone and replaces those of an older version', async () => {
    const paths = await writeDemoLibrary(folder, { names });
    expect(paths.map((path) => basename(path)).sort()).toEqual([...names].sort());
    for (const path of paths) utimesSync(path, 1_000_000, 1_000_000);
    const old = paths.find((path) => extname(path) === '.mp3')!;
    const fresh = readFileSync(old);
    writeFileSync(old, Buffer.concat([fresh, Buffer.from('older')]));
    const written = new Map<string, boolean>();
    await writeDemoLibrary(folder, { names, onProgress: (progress) => written.set(progress.path, progress.written) });
    for (const path of paths) {
      expect(written.get(path)).toBe(path === old);
      if (path !== old) expect(statSync(path).mtimeMs).toBe(1_000_000_000);
    }
    expect(readFileSync(old).equals(fresh)).toBe(true);
  });

  test("somebody else's file of the same name stops it and stays as it was", async () => {
    const foreign = join(folder, 'Game', 'UI', 'UI_confirm_01.wav');
    writeFileSync(foreign, 'my own recording');
    await expect(writeDemoLibrary(folder, { names })).rejects.toMatchObject({
      code: 'bad-input',
      userMessage: expect.stringContaining('UI_confirm_01.wav') as string,
    });
    expect(readFileSync(foreign, 'utf8')).toBe('my own recording');
    expect(existsSync(partialPath(foreign))).toBe(false);
    rmSync(foreign);
  });

  test('a folder that cannot be created is a message, not a stack trace', async () => {
    const inTheWay = join(folder, 'a file');
    writeFileSync(inTheWay, '');
    await expect(writeDemoLibrary(inTheWay, { names })).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('a cancel midway ends at once, as a cancel, and leaves only whole files', async () => {
    const target = join(folder, 'cancelled');
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = writeDemoLibrary(target, {
      signal: controller.signal,
      // Between two files the child is already busy with the next one.
      onProgress: ({ done }) => {
        if (done === 3) setTimeout(() => controller.abort(reason), 5);
      },
    });
    await expect(running).rejects.toBe(reason);
    const left = filesBelow(target);
    expect(left.length).toBeGreaterThanOrEqual(3);
    expect(left.length).toBeLessThan(10);
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([]);
    for (const sound of DEMO_SOUNDS.filter(({ name }) => left.includes(name))) {
      expect((await decode(join(target, ...sound.folder.split('/'), sound.name))).channels).toHaveLength(
        sound.channels,
      );
    }
    await expect(writeDemoLibrary(target, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
