/** A search index that is damaged, cut off or gone: said so, made again, and the search right all the same. */
import { cpSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { json } from './program.ts';
import { overwriteMiddle } from './sounds.ts';
import { CommandTrial } from './command-trial.ts';

type Hits = { hits: { path: string; score: number }[]; notices: string[] };

const trial = new CommandTrial();
const made = trial.data;
/** What a search finds when nothing is wrong. */
let sound: Hits;

beforeAll(async () => {
  for (let at = 0; at < 6; at++) trial.addTone(`tones/${at}.wav`, 300 + 100 * at, 1.2 + at / 5);
  await trial.index();
  sound = await findLike();
});
afterAll(() => trial.remove());

/** Each test gets a copy of the catalogue and index made above. */
beforeEach(() => {
  trial.data = join(trial.folder, 'copy');
  cpSync(made, trial.data, { recursive: true });
});
afterEach(() => rmSync(trial.data, { recursive: true }));

async function findLike(): Promise<Hits> {
  const run = await trial.run(['--json', 'similar', trial.at('tones/3.wav'), '--all']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  return json<Hits>(run);
}

const indexFiles = (ending: string) =>
  readdirSync(join(trial.data, 'index')).filter((name) => name.endsWith(ending)).map((name) => join(trial.data, 'index', name)); // prettier-ignore

test.each([
  ['overwritten in the middle', () => overwriteMiddle(indexFiles('.hnsw')[0]!)],
  ['cut off', () => truncateSync(indexFiles('.hnsw')[0]!, 300)],
  ['without its description', () => rmSync(indexFiles('.json')[0]!)],
  ['with a garbled description', () => writeFileSync(indexFiles('.json')[0]!, '{"format":')],
  ['without its rows', () => rmSync(indexFiles('.rows')[0]!)],
] as const)('%s: reported, the search is still correct, and the next run rebuilds it', async (_, damage) => {
  damage();
  const run = await trial.run(['--json', 'similar', trial.at('tones/3.wav'), '--all']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const damaged = json<Hits>(run);
  expect(damaged.hits.map(({ path }) => path)).toEqual(sound.hits.map(({ path }) => path));
  expect(damaged.notices.join(' ')).toMatch(/search index .*(damaged|header)/);
  expect(await trial.index([trial.sounds], {}, [/^The search index /])).toMatchObject({ unchanged: 6, indexed: 0 });
  const again = await findLike();
  expect(again).toEqual(sound);
});

test('deleted: comes back by itself', async () => {
  rmSync(join(trial.data, 'index'), { recursive: true });
  expect((await findLike()).hits).toEqual(sound.hits);
  await trial.index([trial.sounds], {}, [/^The search index /]);
  expect(indexFiles('.hnsw')).toHaveLength(1);
});
