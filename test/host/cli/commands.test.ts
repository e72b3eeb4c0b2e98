/** The documented shapes of docs/json.md: what commands print, and the program itself where starting it is the point. */
import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalogue } from '../../../src/main/catalogue/open.ts';
import type { DoctorLine, EmbedResult, IndexSummary, SearchResult, Status } from '../../../src/shared/types.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { expectRefused, skipFor } from '../../faults/trial.ts';
import { FILTER_KEYS } from '../../../src/shared/query/filters.ts';
import { filterOf } from '../../../src/shared/query/values.ts';

let trial: CommandTrial;

beforeAll(async () => {
  trial = new CommandTrial('shared');
  trial.addTone('low/hum_110.wav', 110, 1.5);
  trial.addTone('low/hum_120.wav', 120, 1.5);
  trial.addTone('high/whistle_2000.wav', 2000, 2.5);
  trial.addTone('high/whistle_2100.wav', 2100, 0.5, { info: { IKEY: 'referee' } });
  const summary = await trial.index();
  expect(summary).toMatchObject({ files: 4, indexed: 4, unchanged: 0, failed: [], cancelled: false });
  expect(summary.audioSeconds).toBeCloseTo(6, 1);
});
afterAll(() => trial.end());

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
  // What the same filter takes in the text.
  [['--channels', 'mono', '--sample-rate', '8k', '--format', 'wave', '--duration', '2-3'], ['high/whistle_2000.wav']],
  [['--added', '>1d'], []],
  [['--tag', 'referee'], ['high/whistle_2100.wav']],
])('the filter %j leaves %j', async (options, expected) => {
  const { hits } = json<SearchResult>(await trial.run(['search', '--json', '--all', '--flat', 'tone', ...options]));
  expect(hits.map(({ path }) => path).sort()).toEqual(expected.map((path) => trial.at(path)));
});

test('the help of search lists every filter and its option', async () => {
  const { stdout } = await trial.run(['search', '--help']);
  for (const key of FILTER_KEYS) {
    const { help, option } = filterOf(key);
    expect(stdout).toContain(`  ${help.example} `);
    if (option) expect(stdout).toContain(`  ${option.flags} `);
  }
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
  const elsewhere = new CommandTrial();
  const path = elsewhere.addTone('new.wav', 2050, 1);
  const unknown = json<SearchResult>(await trial.run(['similar', '--json', '--all', path]));
  expect(unknown.hits[0]!.path).toMatch(/whistle/);
  elsewhere.remove();
});

test('similar: several files, a part of one, and less like another; search with a balance', async () => {
  const [low, high] = [trial.at('low/hum_110.wav'), trial.at('high/whistle_2000.wav')];
  const similar = async (...args: string[]) =>
    json<SearchResult>(await trial.run(['similar', '--json', '--all', '--flat', ...args]));
  const both = await similar(low, high);
  expect(both.query).toMatchObject({ likePath: low, alsoLike: [{ path: high }] });
  expect(both.hits.map(({ path }) => path).sort()).toEqual([trial.at('high/whistle_2100.wav'), trial.at('low/hum_120.wav')]); // prettier-ignore
  const less = await similar(low, '--unlike', trial.at('low/hum_120.wav'));
  expect(less.query.unlike).toEqual([{ path: trial.at('low/hum_120.wav') }]);
  expect(less.hits.map(({ path }) => path)).not.toContain(trial.at('low/hum_120.wav'));
  const part = await similar(high, '--at', '0.5', '--to', '1.25');
  expect(part.hits[0]!.path).toBe(trial.at('high/whistle_2100.wav'));
  const options = ['--all', '--flat', '--like', low, '--balance', '0'];
  const searched = json<SearchResult>(await trial.run(['search', '--json', 'whistle', ...options]));
  expect(searched.hits[0]!.path).toBe(trial.at('low/hum_120.wav'));
});

test.each([
  ['a balance without words', ['similar', 'a.wav', '--balance', '0.3'], '--balance is between words and a file'],
  ['an end without a beginning', ['similar', 'a.wav', '--to', '3'], '--to is the end of a part that begins at --at'],
  ['a part after the end', ['similar', '{high}', '--at', '5', '--to', '6'], 'whistle_2000.wav” ends before 5.0 s'],
  ['a balance of 2', ['search', 'x', '--balance', '2'], 'It must be a number from 0 (sounds alone) to 1'],
  ['a file to be unlike that is not there', ['search', 'x', '--unlike', '/no/x.wav'], '“/no/x.wav” was not found'],
])('%s is refused with a message', async (_, args, sentence) => {
  const { stderr, code } = await trial.run(args.map((one) => (one === '{high}' ? trial.at('high/whistle_2000.wav') : one))); // prettier-ignore
  expect(stderr).toContain(sentence);
  expect(code).toBe(sentence.includes('not found') ? 1 : 2);
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

test('embed: a bad file is named, the good one is embedded, and the exit code reflects it', async () => {
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

test('models use: the old one answers until the new one has analysed all; remove, and forget', async () => {
  const own = new CommandTrial();
  try {
    own.addTone('low.wav', 110, 1.5);
    await own.index();
    const moved = json<{ model: string; move: unknown; summary: IndexSummary }>(
      await own.run(['models', 'use', 'starter-1', '--json']),
    );
    expect(moved).toMatchObject({ model: 'starter-1', move: null, summary: { indexed: 1, failed: [] } });
    const { models } = json<{ models: { id: string; analysedFiles: number }[] }>(await own.run(['models', '--json']));
    expect(models.filter(({ analysedFiles }) => analysedFiles === 1).map(({ id }) => id).sort()).toEqual(['starter-1', 'tiny']); // prettier-ignore
    expect((await own.run(['models', 'remove', 'starter-1', '--forget'])).stdout).toContain('Analysis results of');
    // The tiny model is named on every command line of a trial: what is named goes before what was set.
    const { stdout } = await own.run(['models', 'use', 'starter-1', '--now']);
    expect(stdout).toContain('0 of 1 file analysed; earmark index analyses the rest.');
  } finally {
    own.remove();
  }
});

test.each(['status', 'failures', 'models'])('%s says on stderr what the engine has to tell', async (command) => {
  const catalogue = openCatalogue(trial.data);
  const journal = catalogue.renameJournal;
  const [from, to] = [trial.at('low/hum_110.wav'), trial.at('low/hum.wav')];
  journal.prepare(journal.begin(), 1, from, to); // as a program leaves it that is killed before it renames
  catalogue.close();
  const fresh = new CommandTrial(); // what is said once, at the start of an engine
  fresh.data = trial.data;
  const run = await fresh.run([command, '--json']);
  fresh.remove();
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toBe('Earmark was interrupted while renaming. One file was checked; each file has exactly one name.\n'); // prettier-ignore
  json(run);
});

test.each([
  [['search', 'x', '--duration', 'abc'], 2],
  [['search'], 2],
  [['nonsense'], 2],
  [['--help'], 0],
  [['index', '--help'], 0],
  [['--version'], 0],
])('%j returns exit code %i', async (args, code) => {
  const run = await trial.run(args);
  expect(run.code).toBe(code);
  expect(code === 0 ? run.stdout : run.stderr).not.toBe('');
});

test('the program exits with that code, when all it says is written', async () => {
  const whole = await trial.run(['search', '--help']);
  expect(await trial.start(['search', '--help']).ended).toEqual({ ...whole, code: 0 });
  const refused = await trial.start(['search', '--json', 'x', '--duration', 'abc']).ended;
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('abc') as string });
  expectRefused(await trial.start(['index', '--json', '/no/such/folder']).ended, 'not-found');
});

test('errors: one message on stderr, the same in the JSON document', async () => {
  expectRefused(await trial.run(['index', '--json', '/no/such/folder']), 'not-found');
  expectRefused(await trial.run(['index', '--json', trial.at('low/hum_110.wav')]), 'bad-input', 2);
  expectRefused(await trial.run(['similar', '--json', '/no/such/file.wav']), 'not-found');
  expectRefused(await trial.run(['search', '--json', 'dur:soon']), 'bad-input', 2);
  const empty = new CommandTrial();
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
