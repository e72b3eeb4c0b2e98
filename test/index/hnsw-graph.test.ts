import { expect, test } from 'vitest';
import { HnswGraph } from '../../src/main/index/hnsw-graph.ts';
import { clustered, nearest } from './clustered.ts';

const DIM = 64;

test('recall@10 against exact is at least 0.99 on clustered embeddings', () => {
  const embeddings = clustered(5000, DIM, 1);
  const graph = HnswGraph.empty(DIM, 100); // grows several times
  embeddings.forEach((embedding, i) => graph.add(i + 1, embedding, 0));
  const queries = [...clustered(50, DIM, 1, 40, 1), ...clustered(50, DIM, 2)]; // near the library, and far from it
  let found = 0;
  for (const query of queries) {
    const labels = new Set(graph.search(query, 10).map(({ label }) => label - 1));
    found += nearest(query, embeddings, 10).filter((i) => labels.has(i)).length;
  }
  expect(found / (10 * queries.length)).toBeGreaterThanOrEqual(0.99);
});

test('deleted ones are never found, filters hold, cosines are right', () => {
  const embeddings = clustered(500, DIM, 3);
  const graph = HnswGraph.empty(DIM, 500);
  embeddings.forEach((embedding, i) => graph.add(i + 1, embedding, 0));
  for (let label = 1; label <= 500; label += 2) graph.markDeleted(label);
  expect([graph.elements, graph.deleted]).toEqual([500, 250]);
  const all = graph.search(embeddings[0]!, 500);
  expect(all).toHaveLength(250);
  expect(all.every(({ label }) => label % 2 === 0)).toBe(true);
  const thirds = graph.search(embeddings[5]!, 20, (label) => label % 3 === 0);
  expect(thirds).toHaveLength(20);
  expect(thirds.every(({ label }) => label % 6 === 0)).toBe(true);
  expect(thirds[0]).toMatchObject({ label: 6 });
  expect(thirds[0]!.cosine).toBeCloseTo(1, 5);
});

test('what the library would take without a word is refused', () => {
  const graph = HnswGraph.empty(4, 10);
  expect(graph.search(Float32Array.of(1, 0, 0, 0), 5)).toEqual([]);
  expect(graph.add(1, Float32Array.of(1, NaN, 0, 0), 0)).toBe(false);
  expect(graph.add(1, Float32Array.of(1, 0), 0)).toBe(false); // too short: its end is undefined
  expect(graph.elements).toBe(0);
  expect(graph.add(1, Float32Array.of(9, 9, 1, 0, 0, 0), 2)).toBe(true);
  expect(() => graph.add(1, Float32Array.of(0, 1, 0, 0), 0)).toThrow(RangeError);
  expect(() => graph.add(2 ** 32, Float32Array.of(0, 1, 0, 0), 0)).toThrow(RangeError);
  expect(graph.search(Float32Array.of(1, 0, 0, 0), 5)).toEqual([{ label: 1, cosine: 1 }]);
});
