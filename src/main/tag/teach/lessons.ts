/** In the score process: reads what was decided about tags, hears what the prompts say of it, and lets each tag learn. */
import type { Database } from 'better-sqlite3';
import { decodeInto, float16Bits } from '../../index/float16-dot.ts';
import { sampleWindows } from '../measure-library.ts';
import { matrixProduct } from '../matrix-product.ts';
import type { LearntHead, ScoreMethods } from '../protocol.ts';
import { matrixOf, Scorer } from '../scorer.ts';
import { learnTag, type DecidedFile, type SeenWindow } from './learn-tag.ts';

/** More windows of the library hold a tag back no better. */
const BACKGROUND_WINDOWS = 600;
/** The newest decisions of a tag of each kind: enough to know it by. */
const MOST_DECISIONS = 300;
/** Of a long file: spread evenly. */
const MOST_WINDOWS = 40;

/** @returns of each tag what it learnt, null for one with too few decisions; in their order */
export async function learnTags(
  db: Database,
  { spaceId, dim, threads, set, tags }: ScoreMethods['learn']['input'],
): Promise<(LearntHead | null)[]> {
  const { values, windows } = sampleWindows(db, { spaceId, dim, wanted: BACKGROUND_WINDOWS });
  const byPrompts = { ...set, heads: [] };
  const { rows: columns, values: matrix } = matrixOf(byPrompts);
  const product = await matrixProduct(matrix, dim, columns, threads);
  const scorer = new Scorer(byPrompts);
  /** By the prompts alone. @returns log-odds, [window][label] */
  const zeroShot = async (rows: Float32Array, count: number): Promise<Float32Array[]> => {
    const products = await product.multiply(rows, count);
    return Array.from({ length: count }, (_, row) => {
      scorer.begin();
      scorer.add(products, row * columns);
      return scorer.score.sound.slice();
    });
  };
  const usual = windows > 0 ? await zeroShot(values, windows) : [];
  const rowOf = (of: Float32Array, row: number): Float32Array => of.subarray(row * dim, (row + 1) * dim);
  const centre = meanRow(values, windows, dim);

  const learnt: (LearntHead | null)[] = [];
  for (const { label, tagId, examplesOnly } of tags) {
    const decided: DecidedFile[] = [];
    for (const { fileId, accepted, bulk } of decisionsOf(db, tagId)) {
      const heard = windowsOf(db, fileId, spaceId, dim);
      if (heard.count === 0) continue; // not listened to by this model
      const odds = await zeroShot(heard.values, heard.count);
      const seen = odds.map((all, row): SeenWindow => ({ embedding: rowOf(heard.values, row), zeroShot: all[label]! }));
      decided.push({ fileId, accepted: accepted === 1, bulk: bulk === 1, windows: seen });
    }
    const background = usual.map((all, row): SeenWindow => ({ embedding: rowOf(values, row), zeroShot: all[label]! }));
    const taught = learnTag({ decided, background, centre, examplesOnly });
    if (taught === null) {
      learnt.push(null);
      continue;
    }
    const { direction, bias, zeroShot: share, ...figures } = taught;
    learnt.push({ tagId, head: Float32Array.from([...direction, bias, share]), ...figures });
  }
  return learnt;
}

function decisionsOf(db: Database, tagId: number): { fileId: number; accepted: 0 | 1; bulk: 0 | 1 }[] {
  return db
    .prepare<[number, number], { fileId: number; accepted: 0 | 1; bulk: 0 | 1 }>(
      `SELECT fileId, accepted, bulk FROM
         (SELECT file_id AS fileId, accepted, bulk,
                 row_number() OVER (PARTITION BY accepted ORDER BY bulk, decided_ms DESC, file_id) AS place
            FROM decision WHERE tag_id = ?)
        WHERE place <= ? ORDER BY fileId`,
    )
    .all(tagId, MOST_DECISIONS);
}

function windowsOf(
  db: Database,
  fileId: number,
  spaceId: number,
  dim: number,
): { values: Float32Array; count: number } {
  const rows = db
    .prepare<[number, number], Buffer>(
      'SELECT embedding FROM window INDEXED BY window_by_file WHERE file_id = ? AND space_id = ? ORDER BY start_s, id',
    )
    .pluck()
    .all(fileId, spaceId);
  const wanted = Math.min(MOST_WINDOWS, rows.length);
  const values = new Float32Array(wanted * dim);
  let count = 0;
  for (let at = 0; at < wanted; at++) {
    const blob = rows[Math.floor((at * rows.length) / wanted)]!;
    if (blob.byteLength !== 2 * dim) continue;
    decodeInto(float16Bits(blob), 0, values, count * dim, dim);
    if (values.subarray(count * dim, (count + 1) * dim).every((value) => Number.isFinite(value))) count++;
  }
  return { values, count };
}

function meanRow(values: Float32Array, rows: number, dim: number): Float32Array {
  const mean = new Float32Array(dim);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dim; i++) mean[i]! += values[row * dim + i]! / rows;
  }
  return mean;
}
