/** The calls about files through the engine, on files that it analysed itself; bad input through `dispatch`. */
import { copyFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallName, Engine } from '../../src/shared/contract.ts';
import type { UserError } from '../../src/shared/errors.ts';
import { summaryOf } from '../../src/shared/jobs.ts';
import { createEngine, type EngineHandle } from '../../src/main/engine/engine.ts';
import { dispatch } from '../../src/main/host/dispatch.ts';
import { TINY_PACK } from '../faults/program.ts';
import { put, tone, wav } from '../faults/sounds.ts';
import { openDatabase } from '../kit/catalogue.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let sounds: string;
let handle: EngineHandle;
let engine: Engine;
/** By name below the sounds' folder. */
const ids = new Map<string, number>();
const id = (name: string) => ids.get(name)!;

beforeAll(async () => {
  folder = temporaryFolder('calls');
  sounds = join(folder, 'sounds');
  const add = (path: string, hertz: number, seconds: number) =>
    put(join(sounds, path), wav([tone(hertz, seconds)], { info: { IKEY: `about ${hertz} hertz` } }));
  add('low/hum 2.wav', 110, 2.5);
  add('low/hum 10.wav', 120, 1);
  add('high/whistle.wav', 2000, 0.5);
  copyFileSync(join(sounds, 'high/whistle.wav'), join(sounds, 'high/again.wav'));
  put(join(sounds, 'broken.wav'), 'RIFF....WAVE this is none');
  handle = createEngine({ dataFolder: join(folder, 'data'), model: TINY_PACK, load: 'foreground' });
  ({ engine } = handle);
  await index();
  for (const row of await engine['file.rows'](await listed())) ids.set(row.path.slice(sounds.length + 1), row.fileId);
});
afterAll(async () => {
  await handle.close();
});

async function index() {
  return summaryOf(await engine['job.wait'](await engine['index.start']({ folders: [sounds] })), 'index');
}
function listed(): Promise<number[]> {
  return engine['file.list']({ of: {}, order: 'folder', descending: false });
}

test('asking makes no catalogue where there is none; what is kept does', async () => {
  const dataFolder = join(folder, 'other');
  const other = createEngine({ dataFolder, model: TINY_PACK, load: 'foreground' });
  try {
    expect(await other.engine['file.list']({ of: { collectionId: 1 }, order: 'name', descending: true })).toEqual([]);
    expect(await other.engine['file.rows']([1])).toEqual([]);
    expect(await other.engine['file.waveforms']([1])).toEqual([]);
    expect(await other.engine['collection.list'](null)).toEqual([]);
    expect(await other.engine['savedSearch.list'](null)).toEqual([]);
    await expect(other.engine['file.get'](1)).rejects.toMatchObject({ code: 'file-missing' });
    expect(existsSync(dataFolder)).toBe(false);
    const { id: collectionId } = await other.engine['collection.create']({ name: 'First' });
    expect(await other.engine['collection.list'](null)).toEqual([{ id: collectionId, name: 'First', files: 0 }]);
  } finally {
    await other.close();
  }
});

test('file.list and file.rows: analysed files, in order, with their facts', async () => {
  const order = ['high/again.wav', 'high/whistle.wav', 'low/hum 2.wav', 'low/hum 10.wav'];
  expect([...ids.keys()]).toEqual(order);
  const longestFirst = await engine['file.list']({ of: { folder: join(sounds, 'low') }, order: 'duration', descending: true }); // prettier-ignore
  expect(longestFirst).toEqual([id('low/hum 2.wav'), id('low/hum 10.wav')]);
  const rows = await engine['file.rows']([id('low/hum 10.wav'), 999_999, id('high/whistle.wav')]);
  const path = join(sounds, 'low/hum 10.wav');
  expect(rows.map(({ fileId }) => fileId)).toEqual([id('low/hum 10.wav'), id('high/whistle.wav')]);
  expect(rows[0]).toEqual({
    fileId: id('low/hum 10.wav'),
    path,
    rootId: 1,
    format: 'wav',
    durationSeconds: 1,
    sampleRate: 8000,
    channels: 1,
    bitDepth: 16,
    loudnessLufs: expect.closeTo(-10.3, 0) as number, // −9 dB the sine, −0.7 the scale, −0.6 the weighting at 120 Hz
    peakDb: expect.closeTo(-6, 0) as number,
    clippedSamples: 0,
    loudnessRange: null, // shorter than 3 s
    truePeakDb: expect.closeTo(-6, 0) as number,
    dcOffset: expect.closeTo(0, 1) as number,
    stereoWidth: null,
    correlation: null,
    deadChannels: 0,
    silentHead: 0,
    silentTail: 0,
    bandwidthHz: expect.any(Number) as number,
    cutoffHz: 0,
    kind: 0,
    bpm: null,
    key: null,
    root: expect.closeTo(46.5, 1) as number, // 120 Hz lie between A#2 and B2
    offline: false,
    favourite: false,
    stars: 0,
    changedMs: statSync(path).mtimeMs,
    addedMs: expect.closeTo(Date.now(), -6) as number,
    tagNames: ['about 120 hertz'],
    description: '',
  });
});

test('file.get: everything about one file', async () => {
  const detail = await engine['file.get'](id('low/hum 2.wav'));
  const [row] = await engine['file.rows']([id('low/hum 2.wav')]);
  expect(detail).toMatchObject(row!);
  expect(detail).toMatchObject({ codec: 'pcm_s16le', bytes: statSync(detail.path).size, collections: [], copies: [] });
  expect(detail.peakDb).toBeCloseTo(-6, 0);
  expect(detail.tags).toContainEqual(expect.objectContaining({ field: 'keywords', value: 'about 110 hertz' }));
  expect(detail.windows[0]!.startSeconds).toBe(0);
  expect(detail.windows.at(-1)!.endSeconds).toBe(2.5);
  expect(detail.windows.every(({ startSeconds, endSeconds }) => startSeconds < endSeconds)).toBe(true);
  expect((await engine['file.get'](id('high/again.wav'))).copies).toEqual([
    { fileId: id('high/whistle.wav'), path: join(sounds, 'high/whistle.wav'), offline: false },
  ]);
  await expect(engine['file.get'](999_999)).rejects.toMatchObject({ code: 'file-missing' });
});

test('file.waveforms: the same bytes as the catalogue keeps', async () => {
  const [first, second, ...none] = await engine['file.waveforms']([id('high/whistle.wav'), 999_999, id('low/hum 2.wav')]); // prettier-ignore
  expect([first!.fileId, second!.fileId]).toEqual([id('high/whistle.wav'), id('low/hum 2.wav')]);
  expect(none).toEqual([]);
  const peaks = Buffer.from(first!.peaks, 'base64');
  expect(peaks.length).toBeGreaterThan(10);
  expect(Math.max(...peaks)).toBeCloseTo(127, -1); // the tone's highest sample is 0.5
});

test('file.rows: accepted tags come before those of the file, three at most, none twice', async () => {
  const fileId = id('low/hum 10.wav');
  const tagNames = async () => (await engine['file.rows']([fileId, id('high/again.wav')])).map((row) => row.tagNames);
  const db = openDatabase(join(folder, 'data'));
  try {
    const say = db.prepare('INSERT INTO file_tag (file_id, native_id, field, value) VALUES (?, ?, ?, ?)');
    const tag = db.prepare('INSERT INTO tag (id, vocabulary_id, label_id, name) VALUES (?, ?, ?, ?)');
    const decide = db.prepare(
      'INSERT INTO decision (file_id, tag_id, accepted, bulk, decided_ms) VALUES (?, ?, ?, 0, ?)',
    );
    say.run(fileId, 'GENRE', 'genre', 'Drone');
    say.run(fileId, 'CATEGORY', 'category', 'MACHINES');
    say.run(fileId, 'IKEY', 'keywords', `hum; Machines, ${'a whole sentence '.repeat(9)}, transformer`);
    expect(await tagNames()).toEqual([['MACHINES', 'about 120 hertz', 'hum'], ['about 2000 hertz']]);
    tag.run(1, 'effects', 'hum', 'Hum');
    tag.run(2, 'effects', 'dog', 'Dog');
    tag.run(3, 'effects', 'engine', 'Engine');
    decide.run(fileId, 1, 1, 20);
    decide.run(fileId, 2, 0, 10);
    decide.run(fileId, 3, 1, 5);
    expect(await tagNames()).toEqual([['Engine', 'Hum', 'MACHINES'], ['about 2000 hertz']]);
    say.run(fileId, 'bext:Description', 'description', `A generator. ${'x'.repeat(600)}`);
    say.run(fileId, 'iXML:NOTE', 'description', 'Another.');
    const [row] = await engine['file.rows']([fileId]);
    expect(row!.description).toBe(`A generator. ${'x'.repeat(600)}`.slice(0, 500));
    expect((await engine['file.get'](fileId)).tagNames).toEqual(['Engine', 'Hum', 'MACHINES']);
  } finally {
    db.exec("DELETE FROM decision; DELETE FROM tag; DELETE FROM file_tag WHERE native_id IN ('GENRE', 'CATEGORY', 'IKEY', 'bext:Description', 'iXML:NOTE')"); // prettier-ignore
    db.close();
  }
});

test('file.marked says which files were marked, and that lists changed; what fails is not said', async () => {
  const said: number[][] = [];
  const stop = handle.on('file.marked', ({ fileIds }) => said.push(fileIds));
  const [one, two] = [id('high/again.wav'), id('low/hum 10.wav')];
  await engine['stars.set']({ fileIds: [one], stars: 2 });
  await engine['favourite.set']({ fileIds: [one, two], favourite: true });
  const { id: collectionId } = await engine['collection.create']({ name: 'Marked' });
  await engine['collection.add']({ id: collectionId, fileIds: [two] });
  await expect(engine['stars.set']({ fileIds: [999_999], stars: 2 })).rejects.toMatchObject({ code: 'file-missing' });
  expect(await engine['collection.remove'](collectionId)).toEqual({ name: 'Marked', fileIds: [two] });
  const kept = await engine['savedSearch.save']({ name: 'Hums', query: { text: 'hum' } });
  await engine['savedSearch.remove'](kept.id);
  await engine['stars.set']({ fileIds: [one], stars: 0 });
  await engine['favourite.set']({ fileIds: [one, two], favourite: false });
  stop();
  expect(said).toEqual([[one], [one, two], [], [two], [two], [], [], [one], [one, two]]);
});

test('stars, favourites and collections show in rows, lists, details and searches, and stay when a file moves', async () => {
  expect(await engine['favourite.set']({ fileIds: [id('low/hum 2.wav'), id('high/whistle.wav')], favourite: true })).toBeNull(); // prettier-ignore
  expect(await engine['stars.set']({ fileIds: [id('low/hum 2.wav')], stars: 4 })).toBeNull();
  const { id: collectionId } = await engine['collection.create']({ name: 'Night train' });
  const fileIds = [id('low/hum 2.wav'), id('low/hum 10.wav')];
  expect(await engine['collection.add']({ id: collectionId, fileIds })).toMatchObject({ files: 2 });
  const [row] = await engine['file.rows']([id('low/hum 2.wav')]);
  expect(row).toMatchObject({ favourite: true, stars: 4 });
  const list = (of: object) => engine['file.list']({ of, order: 'stars', descending: true });
  expect(await list({ favourite: true })).toEqual([id('low/hum 2.wav'), id('high/whistle.wav')]);
  expect(await list({ collectionId, minStars: 4 })).toEqual([id('low/hum 2.wav')]);
  await expect(list({ collectionId: 77 })).rejects.toMatchObject({ code: 'not-found' });

  const { hits } = await engine['search.query']({ text: 'hum col:"Night train" fav:', includeUnlikely: true });
  expect(hits.map(({ fileId }) => fileId)).toEqual([id('low/hum 2.wav')]);
  const starred = await engine['search.query']({ text: 'stars:>=3' });
  expect(starred.hits.map(({ fileId }) => fileId)).toEqual([id('low/hum 2.wav')]);

  renameSync(join(sounds, 'low/hum 2.wav'), join(sounds, 'high/renamed.wav'));
  expect((await index()).moved).toBe(1);
  expect(await engine['file.get'](id('low/hum 2.wav'))).toMatchObject({ path: join(sounds, 'high/renamed.wav'), favourite: true, stars: 4, collections: [collectionId] }); // prettier-ignore
  expect(await listed()).toEqual([id('high/again.wav'), id('low/hum 2.wav'), id('high/whistle.wav'), id('low/hum 10.wav')]); // prettier-ignore

  expect(await engine['collection.take']({ id: collectionId, fileIds: [id('low/hum 10.wav')] })).toMatchObject({ files: 1 }); // prettier-ignore
  expect(await engine['collection.rename']({ id: collectionId, name: 'Day' })).toMatchObject({ name: 'Day', files: 1 });
  const removed = await engine['collection.remove'](collectionId);
  expect(removed).toEqual({ name: 'Day', fileIds: [id('low/hum 2.wav')] });
  expect(await engine['collection.restore'](removed)).toEqual({ id: collectionId, name: 'Day', files: 1 });
});

test('a search by a sound that is lent for this session is not kept: it would soon find nothing', async () => {
  const { path } = await engine['sound.lend']({ name: 'Recording 1.wav', data: Buffer.from('RIFF').toString('base64') }); // prettier-ignore
  const before = await engine['savedSearch.list'](null);
  for (const query of [
    { likePath: path },
    { likePath: '/a.wav', alsoLike: [{ path }] },
    { likePath: '/a.wav', unlike: [{ path }] },
  ]) {
    const saved = engine['savedSearch.save']({ name: 'Like it', query });
    const refused = await saved.then(() => null, (error: unknown) => error as UserError); // prettier-ignore
    expect(refused?.code).toBe('bad-input');
    expect(refused?.userMessage).toMatch(
      /^“Recording 1\.wav” is kept only until Earmark ends, .* cannot be saved\. Save the sound/,
    );
  }
  expect(await engine['savedSearch.list'](null)).toEqual(before);
});

test('a search that was kept can be asked again', async () => {
  const query = { text: 'hum', filters: { minSeconds: 0.8 }, includeUnlikely: true };
  const saved = await engine['savedSearch.save']({ name: 'Hums', query });
  const [kept] = await engine['savedSearch.list'](null);
  expect(kept).toEqual({ ...saved, query });
  expect((await engine['search.query'](kept!.query)).hits.map(({ fileId }) => fileId).toSorted()).toEqual(
    [id('low/hum 2.wav'), id('low/hum 10.wav')].toSorted(),
  );
  expect(await engine['savedSearch.remove'](saved.id)).toBeNull();
  expect(await engine['savedSearch.list'](null)).toEqual([]);
});

describe('through dispatch', () => {
  test.each<[CallName, unknown, RegExp]>([
    ['file.get', 'one', /Invalid input for file\.get/],
    ['file.get', 0, /file\.get/],
    ['file.rows', Array.from({ length: 1001 }, (_, at) => at + 1), /file\.rows/],
    ['file.rows', [1.5], /file\.rows/],
    ['file.waveforms', Array.from({ length: 201 }, (_, at) => at + 1), /file\.waveforms/],
    ['file.list', { of: {}, order: 'size', descending: false }, /“order”/],
    ['file.list', { of: { folder: 'Doors' }, order: 'name', descending: false }, /“of\.folder” must be a full path/],
    ['file.list', { of: { minStars: 0 }, order: 'name', descending: false }, /“of\.minStars”/],
    ['file.list', { of: { colour: 1 }, order: 'name', descending: false }, /colour/],
    ['favourite.set', { fileIds: [1], favourite: 1 }, /“favourite”/],
    ['stars.set', { fileIds: [1], stars: 6 }, /“stars”/],
    ['stars.set', { fileIds: 1, stars: 5 }, /“fileIds”/],
    ['collection.list', {}, /collection\.list/],
    ['collection.create', { name: ' “” ' }, /A name must contain at least one letter/],
    ['collection.create', { name: 'x'.repeat(201) }, /“name”/],
    ['collection.rename', { id: 1 }, /“name”/],
    ['collection.restore', { name: 'x', fileIds: ['1'] }, /“fileIds\.0”/],
    ['savedSearch.save', { name: 'x', query: { text: 'x', filters: { minStars: 9 } } }, /“query\.filters\.minStars”/],
    ['search.query', { text: 'x', filters: { collectionId: 'A' } }, /“filters\.collectionId”/],
  ])('%s refuses, at %#, with one message', async (name, input, sentence) => {
    const reply = await dispatch(engine, name, input);
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    if (!reply.ok) expect(reply.error.userMessage).toMatch(sentence);
  });

  test.each<[CallName, unknown, string]>([
    ['file.get', 999_999, 'file-missing'],
    ['favourite.set', { fileIds: [999_999], favourite: true }, 'file-missing'],
    ['stars.set', { fileIds: [999_999], stars: 1 }, 'file-missing'],
    ['collection.add', { id: 999, fileIds: [] }, 'not-found'],
    ['collection.remove', 999, 'not-found'],
    ['savedSearch.remove', 999, 'not-found'],
  ])('%s of %j: %s', async (name, input, code) => {
    const reply = await dispatch(engine, name, input);
    expect(reply).toMatchObject({ ok: false, error: { code } });
    if (!reply.ok) expect(reply.error.userMessage).toMatch(/^[A-Z].*\.$/);
  });

  test('good input comes through as it is', async () => {
    const created = await dispatch(engine, 'collection.create', { name: 'By dispatch' });
    expect(created).toMatchObject({ ok: true, value: { name: 'By dispatch', files: 0 } });
    expect(await dispatch(engine, 'collection.create', { name: 'by dispatch' })).toMatchObject({
      ok: false,
      error: { code: 'name-taken', userMessage: 'The name “by dispatch” is already in use. Choose another name.' },
    });
    const all = { of: { folder: sounds, favourite: false }, order: 'name', descending: false };
    expect(await dispatch(engine, 'file.list', all)).toMatchObject({ ok: true });
  });
});
