/** What happens to a library between two runs: rows keep their id and their windows, and nothing is analysed twice. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { json } from './program.ts';
import { put, tone, wav } from './sounds.ts';
import { CommandTrial } from './command-trial.ts';
import { expectRefused, type Row } from './trial.ts';

/** Without any decoder to use: a run that decodes or even opens a sound cannot end well. */
const NO_DECODER = { EARMARK_DECODER: 'ffmpeg', PATH: '/nowhere' };

const NAMES = ['loops/beat.wav', 'loops/hum.wav', 'rain.wav'];
const trial = new CommandTrial();
const { model } = trial;
/** The library as it was analysed once: each test begins with a copy of it under the same path. */
const kept = join(trial.folder, 'kept');
let first: Row[];

beforeAll(async () => {
  for (const [at, name] of NAMES.entries()) {
    trial.addTone(name, 300 + 200 * at, 1.3 + at / 5, { info: { INAM: `take ${at}` } });
    utimesSync(trial.at(name), 1.5e9, 1.5e9); // whole seconds, which a copy keeps to the last digit
  }
  expect(await trial.index()).toMatchObject({ files: 3, indexed: 3, failed: [] });
  first = trial.rows();
  for (const folder of [trial.sounds, trial.data]) {
    cpSync(folder, join(kept, basename(folder)), { recursive: true, preserveTimestamps: true });
  }
});
beforeEach(() => {
  trial.model = model;
  for (const name of readdirSync(trial.folder)) {
    if (name !== basename(kept)) rmSync(join(trial.folder, name), { recursive: true });
  }
  cpSync(kept, trial.folder, { recursive: true, preserveTimestamps: true });
});
afterAll(() => trial.remove());

/** The files of a copy have a new time of change (ctime), which only reading them once settles. */
const settleCopies = async () => expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 3, failed: [] });

/** Runs again without a decoder. */
const indexWithoutDecoding = (folders: string[]) => trial.index(folders, { env: NO_DECODER });

const firstRow = (wanted: string) => first.find(({ path }) => path === wanted)!;
/** All that a row has of its sound; the path left out. */
const soundOf = ({ id, contentId, windowIds, doneMs, state }: Row) => ({ id, contentId, windowIds, doneMs, state });

test('unchanged: nothing is decoded, not even opened', async () => {
  await settleCopies();
  expect(await indexWithoutDecoding([trial.sounds])).toMatchObject({ files: 3, indexed: 0, unchanged: 3, failed: [], audioSeconds: 0 }); // prettier-ignore
  expect(await indexWithoutDecoding([])).toMatchObject({ files: 3, indexed: 0, unchanged: 3, failed: [] });
  expect(trial.rows()).toEqual(first);
  // The proof that this setting forbids decoding: a new file cannot be analysed.
  trial.addTone('new.wav', 900);
  expectRefused(await trial.run(['--json', 'index', trial.sounds], { env: NO_DECODER }), 'engine-broken');
});

test('changed: analysed again under the same id, the old windows are gone', async () => {
  trial.addTone('rain.wav', 1500, 2.5);
  expect(await trial.index()).toMatchObject({ files: 3, indexed: 1, unchanged: 2, retagged: 0, failed: [] });
  const [before, after] = [firstRow('rain.wav'), trial.row('rain.wav')];
  expect(after.id).toBe(before.id);
  expect(after.contentId).not.toBe(before.contentId);
  expect(after.windowIds).toHaveLength(3);
  expect(after.windowIds.filter((id) => before.windowIds.includes(id))).toEqual([]);
});

test('touched: same bytes with another time are not analysed again', async () => {
  utimesSync(trial.at('rain.wav'), 1e9, 1e9);
  expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 2, retagged: 1, audioSeconds: 0, failed: [] });
  expect(trial.rows()).toEqual(first);
});

test('moved and renamed files keep everything', async () => {
  mkdirSync(trial.at('weather'));
  renameSync(trial.at('rain.wav'), trial.at('weather/heavy rain.wav'));
  renameSync(trial.at('loops/hum.wav'), trial.at('loops/drone.wav'));
  expect(await trial.index()).toMatchObject({
    files: 3,
    indexed: 0,
    moved: 2,
    unchanged: 1,
    offline: 0,
    audioSeconds: 0,
  });
  expect(trial.rows()).toHaveLength(3);
  expect(soundOf(trial.row('weather/heavy rain.wav'))).toEqual(soundOf(firstRow('rain.wav')));
  expect(soundOf(trial.row('loops/drone.wav'))).toEqual(soundOf(firstRow('loops/hum.wav')));
  const { hits } = json<{ hits: { path: string }[] }>(await trial.run(['--json', 'search', 'drone', '--all']));
  expect(hits[0]!.path).toBe(trial.at('loops/drone.wav'));
});

test('moved and retagged at once: the row is the old one, its words are new', async () => {
  rmSync(trial.at('rain.wav'));
  put(trial.at('wet/gravel.wav'), wav([tone(700, 1.7)], { info: { INAM: 'a longer title than before' } }));
  expect(await trial.index()).toMatchObject({ moved: 1, indexed: 0, unchanged: 2, offline: 0, audioSeconds: 0 });
  expect(trial.rows()).toHaveLength(3);
  expect(soundOf(trial.row('wet/gravel.wav'))).toEqual(soundOf(firstRow('rain.wav')));
  for (const words of ['gravel', 'longer title']) {
    const { hits } = json<{ hits: { path: string }[] }>(await trial.run(['--json', 'search', words, '--all']));
    expect(hits[0]!.path).toBe(trial.at('wet/gravel.wav'));
  }
});

test('a renamed folder keeps everything', async () => {
  renameSync(trial.at('loops'), trial.at('beats'));
  expect(await trial.index()).toMatchObject({ indexed: 0, moved: 2, unchanged: 1, offline: 0, audioSeconds: 0 });
  expect(trial.rows().map(soundOf)).toEqual(
    expect.arrayContaining(first.map(soundOf)), // the order of paths is another one
  );
});

test('files that swap names keep their own content', async () => {
  renameSync(trial.at('loops/beat.wav'), trial.at('loops/x'));
  renameSync(trial.at('loops/hum.wav'), trial.at('loops/beat.wav'));
  renameSync(trial.at('loops/x'), trial.at('loops/hum.wav'));
  expect(await trial.index()).toMatchObject({ files: 3, moved: 2, indexed: 0, offline: 0, failed: [] });
  expect(trial.rows()).toHaveLength(3);
  expect(soundOf(trial.row('loops/beat.wav'))).toEqual(soundOf(firstRow('loops/hum.wav')));
  expect(soundOf(trial.row('loops/hum.wav'))).toEqual(soundOf(firstRow('loops/beat.wav')));
});

test('renumbered files keep their own rows, whichever is scanned first', async () => {
  for (const [from, to] of [
    ['rain.wav', 'wind.wav'],
    ['loops/hum.wav', 'rain.wav'],
    ['loops/beat.wav', 'loops/hum.wav'],
  ] as const)
    // prettier-ignore
    renameSync(trial.at(from), trial.at(to));
  expect(await trial.index()).toMatchObject({ files: 3, moved: 3, indexed: 0, offline: 0, failed: [] });
  expect(trial.rows()).toHaveLength(3);
  expect(soundOf(trial.row('wind.wav'))).toEqual(soundOf(firstRow('rain.wav')));
  expect(soundOf(trial.row('rain.wav'))).toEqual(soundOf(firstRow('loops/hum.wav')));
  expect(soundOf(trial.row('loops/hum.wav'))).toEqual(soundOf(firstRow('loops/beat.wav')));
  const { hits } = json<{ hits: { path: string }[] }>(await trial.run(['--json', 'search', 'wind', '--all']));
  expect(hits[0]!.path).toBe(trial.at('wind.wav'));
  expect(await trial.index()).toMatchObject({ unchanged: 3, moved: 0, indexed: 0 });
});

test('a file swapped among three keeps its row; an overwritten one keeps the row of its path', async () => {
  renameSync(trial.at('rain.wav'), trial.at('x'));
  renameSync(trial.at('loops/hum.wav'), trial.at('rain.wav'));
  renameSync(trial.at('loops/beat.wav'), trial.at('loops/hum.wav'));
  renameSync(trial.at('x'), trial.at('loops/beat.wav'));
  expect(await trial.index()).toMatchObject({ files: 3, moved: 3, indexed: 0, offline: 0, failed: [] });
  const turned = { 'loops/beat.wav': 'rain.wav', 'loops/hum.wav': 'loops/beat.wav', 'rain.wav': 'loops/hum.wav' };
  for (const [now, before] of Object.entries(turned))
    expect(soundOf(trial.row(now))).toEqual(soundOf(firstRow(before)));

  const overwritten = trial.row('rain.wav');
  renameSync(trial.at('loops/hum.wav'), trial.at('rain.wav'));
  expect(await trial.index()).toMatchObject({ files: 2, indexed: 1, moved: 0, offline: 1, failed: [] });
  expect(trial.row('rain.wav')).toMatchObject({ id: overwritten.id, contentId: trial.row('loops/hum.wav').contentId });
});

test('retagged: the words are new, the windows are the old ones', async () => {
  put(trial.at('rain.wav'), wav([tone(700, 1.7)], { info: { INAM: 'gravel', ICMT: 'a longer comment than before' } }));
  expect(await trial.index()).toMatchObject({ indexed: 0, retagged: 1, unchanged: 2, audioSeconds: 0, failed: [] });
  expect(trial.rows()).toEqual(first);
  const run = await trial.run(['--json', 'search', 'gravel', '--all']);
  expect(json<{ hits: { path: string }[] }>(run).hits[0]!.path).toBe(trial.at('rain.wav'));
});

test('vanished and returned: offline in between, never forgotten, not analysed again', async () => {
  const bytes = readFileSync(trial.at('rain.wav'));
  rmSync(trial.at('rain.wav'));
  expect(await trial.index()).toMatchObject({ files: 2, unchanged: 2, offline: 1, failed: [] });
  expect(trial.row('rain.wav')).toEqual({ ...firstRow('rain.wav'), offline: true });
  const hitPaths = async (...options: string[]) => json<{ hits: { path: string }[] }>(await trial.run(['--json', 'search', 'rain', '--all', ...options])).hits.map(({ path }) => path); // prettier-ignore
  expect(await hitPaths()).not.toContain(trial.at('rain.wav'));
  expect(await hitPaths('--offline')).toContain(trial.at('rain.wav'));
  expect(await trial.index()).toMatchObject({ unchanged: 2, offline: 0 }); // told once
  writeFileSync(trial.at('rain.wav'), bytes);
  expect(await trial.index()).toMatchObject({ files: 3, indexed: 0, returned: 1, audioSeconds: 0, failed: [] });
  expect(trial.rows()).toEqual(first);
});

test('a drive is unplugged and comes back: nothing is lost, nothing is analysed again', async () => {
  await settleCopies();
  const away = join(trial.folder, 'away');
  renameSync(trial.sounds, away);
  expect(await trial.index([])).toMatchObject({ files: 0, offline: 3, failed: [] });
  expect(trial.rows()).toEqual(first.map((row) => ({ ...row, offline: true })));
  expect(await trial.index()).toMatchObject({ offline: 0, failed: [] }); // named, although it is not there
  const status = json<{ roots: { online: boolean; offline: number }[] }>(await trial.run(['--json', 'status']));
  expect(status.roots).toMatchObject([{ online: false, offline: 3 }]);
  renameSync(away, trial.sounds);
  expect(await indexWithoutDecoding([])).toMatchObject({ files: 3, indexed: 0, unchanged: 3, returned: 3, failed: [] });
  expect(trial.rows()).toEqual(first);
});

test('a root that was moved as a whole is recognised under its new path', async () => {
  const moved = join(trial.folder, 'library');
  renameSync(trial.sounds, moved);
  expect(await trial.index([moved])).toMatchObject({ indexed: 0, moved: 3, audioSeconds: 0, failed: [] });
  expect(trial.rows().map(soundOf)).toEqual(first.map(soundOf));
});

test('another model analyses everything anew and leaves the first one its windows', async () => {
  const other = join(trial.folder, 'other-pack');
  cpSync(trial.model, other, { recursive: true });
  const description = readFileSync(join(other, 'model.json'), 'utf8');
  writeFileSync(join(other, 'model.json'), description.replace('"id": "tiny"', '"id": "tiny-other"'));
  trial.model = other;
  expect(await trial.index()).toMatchObject({ files: 3, indexed: 3, unchanged: 0, failed: [] });
  trial.model = model;
  expect(await indexWithoutDecoding([])).toMatchObject({ files: 3, indexed: 0, unchanged: 3 });
  for (const row of first) expect(trial.row(row.path).windowIds).toEqual(expect.arrayContaining(row.windowIds));
});
