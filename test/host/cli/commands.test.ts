/** The documented shapes of docs/json.md, from the real command line. */
import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/open.ts';
import { renameJournal } from '../../../src/main/export/rename-journal.ts';
import type { DoctorLine, EmbedResult, IndexSummary, SearchResult, Status } from '../../../src/shared/types.ts';
import { json } from '../../faults/program.ts';
import { expectRefused, skipFor, Trial } from '../../faults/trial.ts';

let trial: Trial;

beforeAll(async () => {
  trial = new Trial();
  trial.addTone('low/hum_110.wav', 110, 1.5);
  trial.addTone('low/hum_120.wav', 120, 1.5);
  trial.addTone('high/whistle_2000.wav', 2000, 2.5);
  trial.addTone('high/whistle_2100.wav', 2100, 0.5, { info: { IKEY: 'referee' } });
  const summary = await trial.index();
  expect(summary).toMatchObject({ files: 4, indexed: 4, unchanged: 0, failed: [], cancelled: false });
  expect(summary.audioSeconds).toBeCloseTo(6, 1);
});
afterAll(() => trial.remove());

test('search: hits with place, band and reasons, best first, absolute paths', async () => {
  const { query, model, hits } = json<SearchResult>(
    await trial.run(['search', '--json', 'whistle', '--all', '--flat']),
  );
  expect(query.text).toBe('whistle');
  expect(model).toBe('tiny');
  expect(hits.slice(0, 2).map(({ path }) => path).sort()).toEqual([trial.at('high/whistle_2000.wav'), trial.at('high/whistle_2100.wav')]); // prettier-ignore
  for (const hit of hits) {
    expect(hit.endSeconds).toBeGreaterThan(hit.startSeconds);
    expect(['strong', 'likely', 'maybe', 'unlikely']).toContain(hit.band);
    expect(hit.why.every(({ text }) => text.length > 0)).toBe(true);
  }
  expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
  expect(hits[0]!.why).toContainEqual(expect.objectContaining({ kind: 'name', words: ['whistle'] }));
});

test.each([
  [['--duration', '<1'], ['high/whistle_2100.wav']],
  [
    ['--duration', '1-2'],
    ['low/hum_110.wav', 'low/hum_120.wav'],
  ],
  [['--format', 'flac'], []],
  [['--channels', '1', '--sample-rate', '8000', '--duration', '>2'], ['high/whistle_2000.wav']],
  [['--tag', 'referee'], ['high/whistle_2100.wav']],
])('the filter %j leaves %j', async (options, expected) => {
  const { hits } = json<SearchResult>(await trial.run(['search', '--json', '--all', '--flat', 'tone', ...options]));
  expect(hits.map(({ path }) => path).sort()).toEqual(expected.map((path) => trial.at(path)));
});

test('a filter alone lists files: their lengths, and no confidence or place that nobody has measured', async () => {
  const { stdout } = await trial.run(['search', 'in:high', '--flat']);
  expect(stdout.split('\n\n')[0]!.split('\n')).toEqual([
    `   0:02.5  ${trial.at('high/whistle_2000.wav')}`,
    `   0:00.5  ${trial.at('high/whistle_2100.wav')}`,
  ]);
  expect((await trial.run(['search', 'whistle in:high', '--all'])).stdout).toMatch(/[●○]{3}/u);
});

test('--folder, and the same inline', async () => {
  const option = json<SearchResult>(
    await trial.run(['search', '--json', '--all', '--flat', 'tone', '--folder', trial.at('low')]),
  );
  const inline = json<SearchResult>(await trial.run(['search', '--json', '--all', '--flat', 'tone in:low']));
  expect(option.hits).toHaveLength(2);
  expect(inline.hits.map(({ path }) => path)).toEqual(option.hits.map(({ path }) => path));
});

test('similar: an indexed file is not its own hit; a file from elsewhere works the same', async () => {
  const known = json<SearchResult>(await trial.run(['similar', '--json', '--all', trial.at('low/hum_110.wav')]));
  expect(known.hits[0]!.path).toBe(trial.at('low/hum_120.wav'));
  expect(known.hits.map(({ path }) => path)).not.toContain(trial.at('low/hum_110.wav'));
  const elsewhere = new Trial();
  const path = elsewhere.addTone('new.wav', 2050, 1);
  const unknown = json<SearchResult>(await trial.run(['similar', '--json', '--all', path]));
  expect(unknown.hits[0]!.path).toMatch(/whistle/);
  elsewhere.remove();
});

test('embed: files before texts, in the order given; norm 1, or raw', async () => {
  const args = [
    'embed',
    '--json',
    trial.at('high/whistle_2000.wav'),
    trial.at('low/hum_110.wav'),
    '--text',
    'a',
    '--text',
    'b',
  ];
  const unit = json<EmbedResult>(await trial.run(args));
  expect(unit).toMatchObject({ model: 'tiny', dim: 16, failed: [] });
  expect(unit.items.map(({ path, text }) => path ?? text)).toEqual([trial.at('high/whistle_2000.wav'), trial.at('low/hum_110.wav'), 'a', 'b']); // prettier-ignore
  expect(unit.items[0]!.windows.map(({ startSeconds }) => startSeconds)).toEqual([0, 1, 1.5]);
  const raw = json<EmbedResult>(await trial.run([...args, '--raw']));
  for (const [at, item] of unit.items.entries()) {
    for (const [n, { embedding }] of item.windows.entries()) {
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      const other = raw.items[at]!.windows[n]!.embedding;
      const norm = Math.hypot(...other);
      expect(other.map((value) => value / norm)).toEqual(embedding.map((value) => expect.closeTo(value, 5) as number));
    }
  }
});

test('embed: a bad file is named, the good one is embedded, the exit code says so', async () => {
  const run = await trial.run(['embed', '--json', trial.at('low/hum_110.wav'), trial.at('missing.wav')]);
  expect(run.code).toBe(3);
  const { items, failed } = json<EmbedResult>(run);
  expect(items).toHaveLength(1);
  expect(failed).toEqual([expect.objectContaining({ path: trial.at('missing.wav'), code: 'vanished' })]);
});

test('status, failures, models, doctor', async () => {
  const status = json<Status>(await trial.run(['status', '--json']));
  expect(status).toMatchObject({
    files: 4,
    ready: 4,
    failed: 0,
    offline: 0,
    model: 'tiny',
    lastJob: { state: 'done' },
  });
  expect(json(await trial.run(['failures', '--json']))).toEqual({ failures: [] });
  const { models } = json<{ models: { id: string; inUse: boolean }[] }>(await trial.run(['models', '--json']));
  expect(models.filter(({ inUse }) => inUse).map(({ id }) => id)).toEqual(['tiny']);
  expect(models.map(({ id }) => id)).toContain('starter-1');
  const { checks } = json<{ checks: DoctorLine[] }>(await trial.run(['doctor', '--json']));
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ what }) => what)).toContain('decoder');
});

test('models use: the old one answers until the new one has heard all; remove, and forget', async () => {
  const own = new Trial();
  try {
    own.addTone('low.wav', 110, 1.5);
    await own.index();
    const moved = json<{ model: string; move: unknown; summary: IndexSummary }>(
      await own.run(['models', 'use', 'starter-1', '--json']),
    );
    expect(moved).toMatchObject({ model: 'starter-1', move: null, summary: { indexed: 1, failed: [] } });
    const { models } = json<{ models: { id: string; heard: number }[] }>(await own.run(['models', '--json']));
    expect(models.filter(({ heard }) => heard === 1).map(({ id }) => id).sort()).toEqual(['starter-1', 'tiny']); // prettier-ignore
    expect((await own.run(['models', 'remove', 'starter-1', '--forget'])).stdout).toContain('is forgotten');
    // The tiny model is named on every command line of a trial: what is named goes before what was set.
    const { stdout } = await own.run(['models', 'use', 'starter-1', '--now']);
    expect(stdout).toContain('It has heard 0 of 1 sound; earmark index listens to the rest.');
  } finally {
    own.remove();
  }
});

test.each(['status', 'failures', 'models'])('%s says on stderr what the engine has to tell', async (command) => {
  const catalogue = openCatalogue(trial.data);
  const journal = renameJournal(catalogue.db);
  const [from, to] = [trial.at('low/hum_110.wav'), trial.at('low/hum.wav')];
  journal.prepare(journal.begin(), 1, from, to); // as a program leaves it that is killed before it renames
  catalogue.close();
  const run = await trial.run([command, '--json']);
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toBe('Earmark was ended while it renamed files: one file has been looked at, and each has one name again.\n'); // prettier-ignore
  json(run);
});

test.each([
  [['search', 'x', '--duration', 'abc'], 2],
  [['search'], 2],
  [['nonsense'], 2],
  [['--help'], 0],
  [['index', '--help'], 0],
  [['--version'], 0],
])('%j ends with exit code %i', async (args, code) => {
  const run = await trial.run(args);
  expect(run.code).toBe(code);
  expect(code === 0 ? run.stdout : run.stderr).not.toBe('');
});

test('errors: one sentence on stderr, the same in the document', async () => {
  expectRefused(await trial.run(['index', '--json', '/no/such/folder']), 'not-found');
  expectRefused(await trial.run(['index', '--json', trial.at('low/hum_110.wav')]), 'bad-input', 2);
  expectRefused(await trial.run(['similar', '--json', '/no/such/file.wav']), 'not-found');
  expectRefused(await trial.run(['search', '--json', 'dur:soon']), 'bad-input', 2);
  const empty = new Trial();
  expectRefused(await empty.run(['search', '--json', 'x']), 'nothing-indexed');
  expect(existsSync(empty.data)).toBe(false); // asking makes nothing
  empty.remove();
});

const oldNode = findOldNode();
test.skipIf(skipFor(oldNode ? null : 'no Node older than 24 on this machine', 'bin/earmark under an old Node'))(
  'bin/earmark runs under an old system Node',
  async () => {
    const run = await trial.run(['status', '--json'], { node: oldNode! });
    expect(json<Status>(run).files).toBe(4);
  },
);

function findOldNode(): string | null {
  for (const path of ['/usr/bin/node', '/usr/local/bin/node']) {
    if (!existsSync(path)) continue;
    const major = Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]);
    if (major < 24) return path;
  }
  return null;
}
