/** What the tests of write-back into compressed formats share: real files, edits applied to them, foreign programs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import { encodeAudioFile, type DemoFormat } from '../../src/demo/encode.ts';
import {
  COPY_AGAIN,
  damaged,
  type Container,
  type FieldEdit,
  type OpenFile,
  type Part,
  type PlacedField,
  type StoredField,
} from '../../src/main/writeback/container.ts';
import { openFile, type HeldFile } from '../../src/main/writeback/open-file.ts';
import { hashSound, inverse, writeSpliced } from '../../src/main/writeback/splice.ts';
import { noise, sine } from '../decode/make-audio.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** @returns a folder for this test file, removed at its end */
export function testFolder(name: string): string {
  const folder = temporaryFolder(`writeback-${name}`);
  return folder;
}

/** Two channels of a tone with noise. */
export async function makeAudio(
  path: string,
  format: DemoFormat,
  { seconds = 1, tags = {} }: { seconds?: number; tags?: Record<string, string> } = {},
): Promise<string> {
  const sampleRate = format === 'opus' ? 48_000 : 44_100;
  const channels = [sine(seconds, sampleRate, 330, 0.4), noise(seconds, sampleRate, 0.3)];
  await encodeAudioFile(path, channels, { format, sampleRate, bitDepth: format === 'flac' ? 16 : null, tags });
  return path;
}

export function set(nativeId: string, ...values: string[]): FieldEdit {
  return { nativeId, values };
}

/** @returns values by native id; fields without one only say that there is a place for them */
export function byId(fields: readonly StoredField[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { nativeId, value } of fields) if (value !== '') (found[nativeId] ??= []).push(value);
  return found;
}

async function withFile<T>(path: string, use: (file: HeldFile) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

export async function splice(from: string, parts: readonly Part[], to: string): Promise<void> {
  await withFile(from, async (file) => {
    const target = await open(to, 'w');
    await writeSpliced(file, parts, target, () => {});
    await target.close();
  });
}

export function fieldsOf(container: Container, path: string): Promise<Record<string, string[]>> {
  return withFile(path, async (file) => byId(await container.read(file)));
}

/** Where a field of ours goes in this file. */
export function placeOf(container: Container, path: string, field: PlacedField): Promise<string> {
  return withFile(path, async (file) => container.places(field, await container.read(file))[0]!);
}

export function payloadHash(container: Container, path: string): Promise<string> {
  return withFile(path, (file) => hashSound(container.payload(file)));
}

let copies = 0;

/**
 * Edits a file into a new one and checks what has to hold for every edit: the fields named read back as asked for and
 * all others as before, the sound is the same, and the inverse gives the old file.
 * @returns the path of the new file
 */
export async function edited(container: Container, path: string, edits: readonly FieldEdit[]): Promise<string> {
  const target = path.replace(/(\.edited-\d+)?(\.\w+)$/, `.edited-${++copies}$2`);
  const { parts, back, before } = await withFile(path, async (file) => {
    const made = await container.edit(file, edits);
    return { parts: made, back: await inverse(made, file), before: byId(await container.read(file)) };
  });
  await splice(path, parts, target);
  const expected = { ...before };
  for (const { nativeId, values } of edits) {
    if (values.length > 0) expected[nativeId] = [...values];
    else Reflect.deleteProperty(expected, nativeId);
  }
  expect(await fieldsOf(container, target)).toEqual(expected);
  expect(await payloadHash(container, target)).toBe(await payloadHash(container, path));
  await splice(target, back, `${target}.back`);
  expect(readFileSync(`${target}.back`).equals(readFileSync(path))).toBe(true);
  return target;
}

/** Runs a program that need not be there. @returns its output, or null after printing why there is none */
export function foreign(program: string, args: readonly string[]): string | null {
  const run = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.error) {
    process.stdout.write(`skipped: ${program} cannot be run here (${run.error.message})\n`);
    return null;
  }
  return run.stdout + run.stderr;
}

/** @returns MD5 of the decoded samples, and what FFmpeg complained about; null without FFmpeg */
export function decoded(path: string): string | null {
  return foreign('ffmpeg', [
    '-v',
    'warning',
    '-nostdin',
    '-i',
    path,
    '-map',
    '0:a',
    '-c:a',
    'pcm_s16le',
    '-f',
    'md5',
    '-',
  ]);
}

const decodedBefore = new Map<string, string | null>();

/** The decoded sound is the same, and nothing about the file bothers FFmpeg that did not before. */
export function expectSameSound(before: string, after: string): void {
  // The same file is compared with again and again.
  if (!decodedBefore.has(before)) decodedBefore.set(before, decoded(before));
  const [old, now] = [decodedBefore.get(before) ?? null, decoded(after)];
  if (old !== null && now !== null) {
    expect(old).toMatch(/^MD5=[0-9a-f]{32}$/m);
    const lines = (output: string) => output.replaceAll(/@ 0x[0-9a-f]+/g, '').split('\n');
    expect(lines(old)).toEqual(expect.arrayContaining(lines(now)));
  }
}

/** FFmpeg as a maker of files, where ours cannot make such. @returns whether it did */
export function ffmpeg(...args: string[]): boolean {
  const output = foreign('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args]);
  if (output === null) return false;
  expect(output).toBe('');
  return true;
}

/** A file that is not on a disk: hundreds of damaged ones need not be written. */
function inMemory(bytes: Uint8Array): OpenFile {
  return {
    path: '/in/memory',
    size: bytes.length,
    // eslint-disable-next-line @typescript-eslint/require-await -- rejects where a file on disk would
    read: async (offset, length) => {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
        throw damaged('The file is damaged or truncated.', COPY_AGAIN);
      return Uint8Array.from(bytes.subarray(offset, offset + length));
    },
  };
}

function applied(parts: readonly Part[], bytes: Uint8Array): Buffer {
  return Buffer.concat(parts.map((part) => ('bytes' in part ? part.bytes : bytes.subarray(part.from, part.to))));
}

/**
 * Damages a file at random: bits, bytes, runs, cuts. Whatever container it is, an edit either refuses with a sentence
 * or leaves the sound alone, and its inverse gives the damaged file.
 * @returns how many were edited and how many refused
 */
export async function fuzz(
  container: Container,
  path: string,
  edits: readonly FieldEdit[],
  { rounds, within, seed }: { rounds: number; /** Damage lies in these first bytes. */ within: number; seed: number },
): Promise<{ done: number; refused: number }> {
  const whole = readFileSync(path);
  let state = seed >>> 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const counts = { done: 0, refused: 0 };
  for (let round = 0; round < rounds; round++) {
    let bytes = Buffer.from(whole);
    const kind = random(4);
    if (kind === 0) bytes = bytes.subarray(0, random(bytes.length));
    for (let n = kind === 0 ? 0 : 1 + random(4); n > 0; n--) {
      const at = random(Math.min(within, bytes.length));
      if (kind === 1) bytes[at] = bytes[at]! ^ (1 << random(8));
      else if (kind === 2) bytes[at] = random(256);
      else bytes.fill(random(2) * 255, at, at + random(16));
    }
    try {
      const file = inMemory(bytes);
      await container.read(file);
      const parts = await container.edit(file, edits);
      const now = applied(parts, bytes);
      const before = await hashSound(container.payload(file));
      expect(await hashSound(container.payload(inMemory(now))), `round ${round}`).toBe(before);
      expect(applied(await inverse(parts, file), now).equals(bytes), `round ${round}`).toBe(true);
      counts.done++;
    } catch (error) {
      if (!(error instanceof UserError)) throw new Error(`round ${round} of seed ${seed}`, { cause: error });
      expect(error.userMessage).toMatch(/^[A-Z].*\.$/);
      counts.refused++;
    }
  }
  return counts;
}
