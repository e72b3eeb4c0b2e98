/** New files made of old ones, and back. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Part } from '../../src/main/writeback/container.ts';
import { openFile } from '../../src/main/writeback/open-file.ts';
import { changesNothing, decodeParts, encodeParts, inverse, joined, splicedSize, writeSpliced } from '../../src/main/writeback/splice.ts'; // prettier-ignore
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const folder = temporaryFolder('splice');

let files = 0;
const put = (bytes: Uint8Array) => {
  const path = join(folder, `${files++}.bin`);
  writeFileSync(path, bytes);
  return path;
};

async function splice(path: string, parts: Part[]): Promise<{ path: string; beforeHash: string; afterHash: string }> {
  const old = await openFile(path);
  const target = join(folder, `${files++}.new`);
  const handle = await open(target, 'wx');
  const hashes = await writeSpliced(old, parts, handle, () => {});
  await handle.close();
  await old.close();
  return { path: target, ...hashes };
}

const bytes = (text: string) => ({ bytes: Buffer.from(text) });
const OLD = randomBytes(3 * (1 << 20) + 17);
const CASES: [string, Part[]][] = [
  ['nothing changed', [{ from: 0, to: OLD.length }]],
  ['something in front', [bytes('in front'), { from: 0, to: OLD.length }]],
  ['something in the middle', [{ from: 0, to: 5 }, bytes('new'), { from: 5, to: OLD.length }]],
  ['something out of the middle', [{ from: 0, to: 100 }, { from: 2_000_000, to: OLD.length }]],
  ['beginning and end out', [{ from: 7, to: OLD.length - 9 }]],
  ['something over', [{ from: 0, to: 10 }, bytes('ten bytes.'), { from: 20, to: OLD.length }]],
  ['the other way round', [{ from: 1_500_000, to: OLD.length }, bytes('-'), { from: 0, to: 1_500_000 }]],
  ['twice', [{ from: 0, to: OLD.length }, { from: 10, to: 40 }]],
  ['many small changes', Array.from({ length: 2000 }, (_, n): Part[] => [{ from: 1500 * n, to: 1500 * n + 1400 - (n % 7) }, bytes(`change ${n}`)]).flat()],
  ['pieces around the size of a block', [bytes('a'), { from: 0, to: 1 << 20 }, bytes('b'), { from: (1 << 20) + 1, to: 1 << 21 }, bytes('c'.repeat((1 << 20) - 1)), bytes('d'.repeat(1 << 20))]],
  ['nothing kept', [bytes('all new')]],
  ['nothing at all', []],
]; // prettier-ignore

describe('splicing', () => {
  test.each(CASES)(
    '%s: the new file is as said, hashes are right, and the way back gives every byte',
    async (_, parts) => {
      const path = put(OLD);
      const expected = Buffer.concat(
        parts.map((part) => ('bytes' in part ? part.bytes : OLD.subarray(part.from, part.to))),
      );
      const made = await splice(path, parts);
      expect(sha256(readFileSync(made.path))).toBe(sha256(expected));
      expect(made).toMatchObject({ beforeHash: sha256(OLD), afterHash: sha256(expected) });
      expect(splicedSize(parts)).toBe(expected.length);
      const old = await openFile(path);
      const record = encodeParts(await inverse(parts, old));
      await old.close();
      const back = await splice(made.path, decodeParts(record));
      expect(sha256(readFileSync(back.path))).toBe(sha256(OLD));
    },
  );

  test('many small changes cost few reads and writes, and are asked about on the way', async () => {
    const parts = CASES.find(([name]) => name === 'many small changes')![1];
    const file = await openFile(put(OLD));
    let reads = 0;
    const old = { ...file, read: (offset: number, length: number) => (reads++, file.read(offset, length)) };
    await inverse(parts, old);
    expect(reads).toBeLessThan(6);
    reads = 0;
    let asked = 0;
    const handle = await open(join(folder, `${files++}.new`), 'wx');
    await writeSpliced(old, parts, handle, () => asked++);
    expect(reads).toBeLessThan(6);
    expect(asked).toBe(Math.ceil(splicedSize(parts) / (1 << 20)));
    const stop = new Error('stop');
    const stopped = writeSpliced(old, parts, handle, () => {
      throw stop;
    });
    await expect(stopped).rejects.toBe(stop);
    await handle.close();
    await file.close();
  });

  test('the way back holds only what the new file has not', async () => {
    const old = await openFile(put(OLD));
    const record = encodeParts(await inverse([{ from: 0, to: 10 }, bytes('x'), { from: 14, to: OLD.length }], old));
    await old.close();
    expect(record.length).toBeLessThan(40);
  });

  test('a file beyond 4 GiB has a way back', () => {
    const parts: Part[] = [{ from: 0, to: 6e9 }, bytes('end'), { from: 5, to: 2 ** 40 }];
    expect(decodeParts(encodeParts(parts))).toEqual(parts);
  });

  test('what is no record is not taken for one', () => {
    const record = encodeParts([bytes('abc'), { from: 1, to: 5 }]);
    expect(() => decodeParts(record.subarray(0, 3))).toThrow();
    expect(() => decodeParts(Buffer.of(9, ...record.subarray(1)))).toThrow(/version 9/);
  });

  test('an unchanged file is recognised, parts outside of a file are a bug', () => {
    expect(changesNothing([{ from: 0, to: 4 }, bytes(''), { from: 4, to: 9 }], 9)).toBe(true);
    expect(changesNothing([{ from: 0, to: 8 }], 9)).toBe(false);
    expect(changesNothing([], 0)).toBe(true);
    expect(() => joined([{ from: 0, to: 10 }], 9)).toThrow(RangeError);
  });
});
