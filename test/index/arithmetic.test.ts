import { describe, expect, test } from 'vitest';
import { toFloat16Bytes } from '../../src/main/vectors/float16.ts';
import { decodeEmbedding, dot } from '../../src/main/vectors/float16-dot.ts';
import { PlaceTable } from '../../src/main/index/place-table.ts';
import { sampleRows } from '../../src/main/index/background-sample.ts';
import { TopK } from '../../src/main/vectors/top-k.ts';
import { uniform } from '../kit/uniform.ts';
import { clustered, cosine } from './clustered.ts';

describe('embeddings as stored', () => {
  test.each([1, 3, 8, 511, 512])('%i values: decoded as written, at any alignment; the dot is the cosine', (dim) => {
    const [a, b] = clustered(2, dim, 1) as [Float32Array, Float32Array];
    const stored = toFloat16Bytes(b);
    const shifted = new Uint8Array(stored.length + 1);
    shifted.set(stored, 1);
    const decoded = decodeEmbedding(stored);
    expect(decodeEmbedding(shifted.subarray(1))).toEqual(decoded);
    expect(Math.max(...decoded.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(0.0005);
    const many = new Float32Array(3 * dim);
    many.set(decoded, 2 * dim);
    expect(dot(a, many, 2 * dim)).toBeCloseTo(cosine(a, decoded), 5);
    expect(Math.abs(dot(a, decoded, 0) - cosine(a, b))).toBeLessThan(0.001);
  });
});

describe('TopK', () => {
  test('keeps what sorting would keep, with ties in order and without NaN', () => {
    const random = uniform(3);
    for (const k of [0, 1, 7, 500]) {
      const scores = Array.from({ length: 300 }, (_, i) => (i % 41 === 0 ? NaN : Math.floor(random() * 50)));
      const best = new TopK(k);
      scores.forEach((score, row) => best.offer(row, score));
      const sorted = scores
        .map((score, row) => ({ row, score }))
        .filter(({ score }) => !Number.isNaN(score))
        .sort((a, b) => b.score - a.score || a.row - b.row)
        .slice(0, k);
      expect(best.sorted()).toEqual(sorted);
    }
  });
});

describe('PlaceTable', () => {
  const table = new PlaceTable();
  table.append(Array.from({ length: 100 }, (_, i) => place(i * 3 + 5, 10 + Math.floor(i / 10))));
  table.append([place(1000, 3)]);

  test('finds rows by id and by file', () => {
    expect(table.count).toBe(101);
    expect(table.lastId).toBe(1000);
    for (const row of [0, 1, 50, 99, 100]) expect(table.rowOf(table.id(row))).toBe(row);
    for (const id of [0, 4, 6, 999, 1001]) expect(table.rowOf(id)).toBe(-1);
    expect(table.rowsOfFiles(Float64Array.of(19, 3, 3, 999, -1))).toEqual([
      90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100,
    ]);
    expect([table.fileId(99), table.startSeconds(99), table.seconds(99), table.doneMs(99)]).toEqual([
      19,
      302 / 2,
      2.5,
      7,
    ]);
  });

  test('a sample is the same each time and hardly changes when one window comes', () => {
    expect(sampleRows(table, 500)).toHaveLength(101);
    const before = sampleRows(table, 30);
    expect(before).toHaveLength(30);
    expect(sampleRows(table, 30)).toEqual(before);
    expect(before.filter((row) => row < 50).length).toBeGreaterThan(5); // from all over the table
    expect(before.filter((row) => row >= 50).length).toBeGreaterThan(5);
    const larger = new PlaceTable();
    larger.append(Array.from({ length: 101 }, (_, row) => place(table.id(row), 1)));
    larger.append([place(2000, 1)]);
    expect(sampleRows(larger, 30).filter((row) => before.includes(row)).length).toBeGreaterThanOrEqual(29);
  });
});

function place(id: number, fileId: number) {
  return { id, fileId, startSeconds: id / 2, seconds: 2.5, doneMs: 7 };
}
