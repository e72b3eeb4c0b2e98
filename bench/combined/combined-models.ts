/**
 * Do two models together find more than each alone? Whole searches by words over labelled clips whose names say nothing:
 * mean reciprocal rank, precision and recall, for each model, for both as Earmark combines them (search/combine.ts), and
 * for both by reciprocal rank fusion and by the mean of log-odds over the same answers.
 *
 *   node bench/combined/combined-models.ts --clips DIR --split NAME --models FOLDER,FOLDER [--queries FILE]
 *
 * DIR has manifest.csv (path, split, label; README of training/) and the clips. FILE: label,query; without it, labels are
 * the queries. The models need different ids.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine, type EngineHandle } from '../../src/main/engine/engine.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { directClient } from '../../src/main/host/dispatch.ts';
import type { SearchHit } from '../../src/shared/types.ts';

/** Of reciprocal rank fusion, as in its paper. */
const K = 60;
const AT = 10;

interface Task {
  query: string;
  relevant: ReadonlySet<string>;
}
/** Scores by path. */
type Answer = Map<string, number>;

const { values } = parseArgs({
  options: {
    clips: { type: 'string' },
    split: { type: 'string' },
    models: { type: 'string' },
    queries: { type: 'string' },
  },
});
const [first, second] = (values.models ?? '').split(',').map((folder) => resolve(folder));
if (values.clips === undefined || values.split === undefined || first === undefined || second === undefined) {
  console.error('Usage: node bench/combined/combined-models.ts --clips DIR --split NAME --models FOLDER,FOLDER [--queries FILE]'); // prettier-ignore
  process.exit(2);
}

const work = mkdtempSync(join(realpathSync(tmpdir()), 'earmark-combined-'));
try {
  await measure(values.clips, values.split, [first, second], values.queries ?? null);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function measure(
  folder: string,
  split: string,
  models: readonly [string, string],
  queriesFile: string | null,
): Promise<void> {
  const clips = table(join(folder, 'manifest.csv')).filter((clip) => clip['split'] === split);
  const sounds = join(work, 'sounds');
  mkdirSync(sounds);
  const labelOf = new Map(
    clips.map((clip, at) => {
      const path = join(sounds, `${String(at + 1).padStart(4, '0')}${extname(clip['path']!)}`);
      copyFileSync(join(folder, clip['path']!), path);
      return [path, clip['label']!] as const;
    }),
  );
  const tasks = tasksOf(labelOf, queriesFile);
  for (const model of models) {
    await withEngine(model, async (handle) => {
      const client = directClient(handle.engine, handle.on);
      await waitForJob(client, await client.call('index.start', { folders: [sounds] }), 'index');
    });
  }
  const one = await answers(models[0], null, tasks);
  const other = await answers(models[1], null, tasks);
  const both = await answers(models[0], models[1], tasks);
  console.log(`${clips.length} clips, ${tasks.length} queries`);
  console.log(`${'answered by'.padEnd(24)}   MRR  P@1  P@${AT}  R@${AT}`);
  report('first model', one, tasks);
  report('second model', other, tasks);
  report('both, mean', both, tasks);
  report('both, log-odds', pairs(one, other, logOdds), tasks);
  report('both, reciprocal ranks', pairs(one, other, reciprocalRanks), tasks);
}

function tasksOf(labelOf: ReadonlyMap<string, string>, file: string | null): Task[] {
  const labels = [...new Set(labelOf.values())];
  const queries =
    file === null
      ? labels.map((label) => ({ label, query: label }))
      : table(file).map((row) => ({ label: row['label']!, query: row['query']! }));
  return queries.flatMap(({ label, query }) => {
    const relevant = new Set([...labelOf].filter(([, own]) => own === label).map(([path]) => path));
    return relevant.size === 0 ? [] : [{ query, relevant }];
  });
}

/** @param beside null: alone @returns every file's score, one answer a task */
function answers(model: string, beside: string | null, tasks: readonly Task[]): Promise<Answer[]> {
  return withEngine(model, async ({ engine }) => {
    const found: Answer[] = [];
    for (const { query } of tasks) {
      const { hits } = await engine['search.query']({ text: query, limit: 100_000, includeUnlikely: true, alsoModel: beside }); // prettier-ignore
      found.push(new Map(hits.map(({ path, score }: SearchHit) => [path, score])));
    }
    return found;
  });
}

async function withEngine<T>(model: string, work_: (handle: EngineHandle) => Promise<T>): Promise<T> {
  const handle = createEngine({ dataFolder: join(work, 'data'), load: 'foreground', model });
  try {
    return await work_(handle);
  } finally {
    await handle.close();
  }
}

function pairs(one: readonly Answer[], other: readonly Answer[], fuse: (a: Answer, b: Answer) => Answer): Answer[] {
  return one.map((answer, at) => fuse(answer, other[at]!));
}

function reciprocalRanks(one: Answer, other: Answer): Answer {
  const fused: Answer = new Map();
  for (const answer of [one, other]) {
    for (const [rank, path] of ranked(answer).entries()) fused.set(path, (fused.get(path) ?? 0) + 1 / (K + rank + 1));
  }
  return fused;
}

function logOdds(one: Answer, other: Answer): Answer {
  const odds = (p: number) => Math.log(Math.max(p, 1e-9) / Math.max(1 - p, 1e-9));
  return new Map([...one].map(([path, score]) => [path, odds(score) + odds(other.get(path) ?? score)]));
}

function ranked(answer: Answer): string[] {
  return [...answer].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([path]) => path);
}

function report(name: string, found: readonly Answer[], tasks: readonly Task[]): void {
  const figures = tasks.map(({ relevant }, at) => {
    const order = ranked(found[at]!);
    const best = order.findIndex((path) => relevant.has(path));
    const within = order.slice(0, AT).filter((path) => relevant.has(path)).length;
    return [best < 0 ? 0 : 1 / (best + 1), best === 0 ? 1 : 0, within / AT, within / relevant.size];
  });
  const means = [0, 1, 2, 3].map((at) => figures.reduce((sum, own) => sum + own[at]!, 0) / figures.length);
  console.log(`${name.padEnd(24)} ${means.map((value) => value.toFixed(3)).join(' ')}`);
}

/** Rows by the names of their columns. */
function table(file: string): Record<string, string>[] {
  const [head, ...rows] = parseCsv(readFileSync(file, 'utf8'), file);
  return rows.map(({ fields }) => Object.fromEntries(head!.fields.map((name, at) => [name, fields[at]!])));
}
