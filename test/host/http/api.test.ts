/** The server for programs: tokens and their scopes, the document of the calls, and the examples of docs/api.md as they stand. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { parsers } from '../../../src/main/host/dispatch.ts';
import { ApiTokens } from '../../../src/main/host/http/api-tokens.ts';
import { SCOPE_NAMES, SCOPE_OF, type Scope } from '../../../src/main/host/http/scopes.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { json } from '../../faults/program.ts';
import { put, tone, wav } from '../../faults/sounds.ts';
import { Serving } from './serving.ts';

interface OpenApi {
  paths: Record<string, { post: { responses: { 200: { content: { 'application/json': { schema: object } } } } } }>;
  components: object;
}

const PATH = (name: string) => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
const DAY_MS = 86_400_000;
const run = promisify(execFile);
let serving: Serving;
let tokens: ApiTokens;
beforeAll(async () => {
  serving = await Serving.start();
  put(serving.at('rain_hum.wav'), wav([tone(110, 1.5)]));
  put(serving.at('rain_tone.wav'), wav([tone(900, 1.5)]));
  await serving.index();
  tokens = new ApiTokens(serving.dataFolder);
});
afterAll(() => serving.close());

const tokenFor = async (...scopes: Scope[]) => (await tokens.create('test', scopes, DAY_MS)).token;
const as = (token: string, headers = {}) => ({ Authorization: `Bearer ${token}`, ...headers });
const status = async (token: string, name: string, body = '') =>
  (await serving.post(`/call/${name}`, body, as(token))).status;

test('the document is valid OpenAPI 3.1 and has every call that a token may make', async () => {
  const text = readFileSync(PATH('openapi.json'), 'utf8');
  const validator = new Validator();
  const result = await validator.validate(JSON.parse(text) as Record<string, unknown>);
  expect([result.errors, result.valid, validator.version]).toEqual([undefined, true, '3.1']);
  const { paths } = JSON.parse(text) as { paths: Record<string, { post?: { 'x-scope': string; summary?: string } }> };
  const open = Object.entries(SCOPE_OF).filter(([, scope]) => scope !== null);
  expect(Object.keys(paths).sort()).toEqual(
    [
      ...open.map(([name]) => `/call/${name}`),
      '/audio/{fileId}',
      '/playlist.m3u8',
      '/rest/getSonicSimilarTracks',
    ].sort(),
  );
  for (const [name, scope] of open) expect(paths[`/call/${name}`]!.post!['x-scope'], name).toBe(scope);
  expect(paths['/call/tag.decide']!.post!.summary).toContain('Nothing is written to any file');
  const served = await fetch(`${serving.host.origin}/openapi.json`);
  expect(await served.text()).toBe(JSON.stringify(JSON.parse(text)));
});

test('answers are as the document describes them', async () => {
  const { paths, components } = JSON.parse(readFileSync(PATH('openapi.json'), 'utf8')) as OpenApi;
  const ajv = new Ajv2020({ strict: false });
  const token = await tokenFor(...SCOPE_NAMES);
  const fileId = serving.fileId('rain_hum.wav');
  const job = async (name: string, input: object) => {
    const started = (await (await serving.post(`/call/${name}`, JSON.stringify(input), as(token))).json()) as { value: number }; // prettier-ignore
    return ['job.wait', started.value] as const;
  };
  const calls: (readonly [string, unknown])[] = [
    ['status.get', null],
    ['search.query', { text: 'rain', likePath: serving.at('rain_tone.wav'), grouped: true, includeUnlikely: true }],
    ['search.query', { text: 'rain dur:<3 kind:loop' }],
    ['file.get', fileId],
    ['file.rows', [fileId]],
    ['file.list', { of: {}, order: 'name', descending: false }],
    ['file.folders', null],
    ['file.waveforms', [fileId]],
    ['facet.count', { query: {}, fileIds: null }],
    ['health.get', { folders: [] }],
    ['root.list', null],
    ['job.list', null],
    ['model.known', null],
    ['search.windows', { fileId, query: { text: 'rain' } }],
    ['embed.texts', { texts: ['rain'], raw: false }],
    ['playlist.make', { query: { text: 'rain' }, count: 2, diversity: 0.5 }],
    ['map.get', null],
    ['write.runs', null],
    ['savedSearch.list', null],
    ['model.list', null],
    ['collection.create', { name: 'made here' }],
    ['collection.list', null],
    ['vocabulary.list', null],
    ['tag.list', { vocabularyId: 'sfx' }],
    ['doctor.run', null],
    ['failure.list', null],
    await job('tag.score', { vocabularyIds: ['sfx'], folders: [], again: false }),
  ];
  for (const [name, input] of calls) {
    const body = input === null ? '' : JSON.stringify(input);
    const reply: unknown = await (await serving.post(`/call/${name}`, body, as(token))).json();
    const { schema } = paths[`/call/${name}`]!.post.responses[200].content['application/json'];
    const isAsDescribed = ajv.compile({ ...schema, components });
    const said = `${name}: ${JSON.stringify(reply).slice(0, 400)}`;
    expect(reply, said).toMatchObject({ ok: true });
    expect([isAsDescribed(reply), isAsDescribed.errors], said).toEqual([true, null]);
  }
});

test('every call has its scope, and a check that can be described', () => {
  expect(Object.keys(SCOPE_OF).sort()).toEqual(Object.keys(parsers).sort());
  for (const [name, parser] of Object.entries(parsers)) expect(parser, name).toBeInstanceOf(z.ZodType);
});

test.each([
  ['read', 'status.get', ''],
  ['decide', 'stars.set', '{"fileIds": [], "stars": 1}'],
  ['collections', 'collection.create', '{"name": "made"}'],
  ['export', 'output.grant', '{"path": "/tmp/list.csv", "replace": false}'],
  ['write', 'write.planFiles', '{"planId": 1, "state": null, "offset": 0, "limit": 1}'],
] as const)('%s permits %s and nothing else does', async (scope, name, body) => {
  expect(await status(await tokenFor(scope), name, body)).toBe(200);
  const others = await tokenFor(...SCOPE_NAMES.filter((one) => one !== scope));
  const refused = await serving.post(`/call/${name}`, body, as(others));
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: { code: 'out-of-scope', userMessage: expect.stringContaining(`scope “${scope}”`) as string } }); // prettier-ignore
});

test('what is for the window alone is refused with any scope; so are calls that do not exist', async () => {
  const all = await tokenFor(...SCOPE_NAMES);
  for (const name of ['folder.list', 'setting.set', 'writeRequest.confirm', 'nonsense', 'toString']) {
    expect(await status(all, name), name).toBe(403);
  }
  expect((await serving.post('/session', '', as(all))).status).toBe(401);
});

test('audio and events need the scope read', async () => {
  const audio = `/audio/${serving.fileId('rain_hum.wav')}`;
  const [read, write] = [await tokenFor('read'), await tokenFor('write')];
  const heard = await serving.get(audio, as(read));
  expect([heard.status, (await heard.arrayBuffer()).byteLength]).toEqual([
    200,
    statSync(serving.at('rain_hum.wav')).size,
  ]);
  expect((await serving.get(audio, as(write))).status).toBe(403);
  expect((await serving.get('/events', as(write))).status).toBe(403);
});

test('a token is kept as a hash, for its user alone; revoked or expired it is good for nothing', async () => {
  const { id, token } = await tokens.create('short', ['read'], DAY_MS);
  const file = join(serving.dataFolder, 'api-tokens.json');
  expect(readFileSync(file, 'utf8')).not.toContain(token.slice(-20));
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await status(token, 'status.get')).toBe(200);
  const tomorrow = new ApiTokens(serving.dataFolder, () => Date.now() + DAY_MS);
  expect(await tomorrow.find(`Bearer ${token}`)).toBeNull();
  await tokens.revoke(id);
  expect(await status(token, 'status.get')).toBe(401);
  for (const wrong of [`${token}x`, 'earmark_00000000_x', '']) expect(await status(wrong, 'status.get')).toBe(401);
});

test('a playlist for music players: files that fit, as extended M3U', async () => {
  const token = await tokenFor('read');
  const get = (query: string) => serving.get(`/playlist.m3u8?${query}`, as(token));
  const made = await get('query=rain&count=1');
  expect([made.status, made.headers.get('content-type')]).toEqual([
    200,
    'application/vnd.apple.mpegurl; charset=utf-8',
  ]);
  expect(await made.text()).toMatch(/^#EXTM3U\n#EXTINF:2,rain_(hum|tone)\n\/.*\/rain_\1\.wav\n$/);
  for (const wrong of ['', 'query=rain&count=0', 'query=rain&count=abc', 'query=rain&diversity=2', 'query=dur:x']) {
    const refused = await get(wrong);
    expect([refused.status, await refused.json()], wrong).toEqual([400, expect.objectContaining({ ok: false })]);
  }
  expect((await serving.get('/playlist.m3u8?query=rain', as(await tokenFor('write')))).status).toBe(403);
});

test('getSonicSimilarTracks: entries with a similarity, best first; failures as the protocol has them', async () => {
  const token = await tokenFor('read');
  const get = async (query: string) => {
    const reply = await fetch(`${serving.host.origin}/rest/getSonicSimilarTracks.view?f=json&c=test&${query}`);
    return [reply.status, ((await reply.json()) as { 'subsonic-response'?: object })['subsonic-response']];
  };
  const id = serving.fileId('rain_hum.wav');
  expect(await get(`id=${id}&apiKey=${token}`)).toEqual([200, {
    status: 'ok', version: '1.16.1', type: 'earmark', serverVersion: expect.any(String) as string, openSubsonic: true,
    sonicMatch: [{
      similarity: expect.any(Number) as number,
      entry: expect.objectContaining({ id: String(serving.fileId('rain_tone.wav')), isDir: false, title: 'rain_tone', duration: 2, suffix: 'wav', path: serving.at('rain_tone.wav') }) as object,
    }],
  }]); // prettier-ignore
  expect(await get(`apiKey=${token}`)).toEqual([200, expect.objectContaining({ status: 'failed', error: { code: 10, message: expect.stringContaining('id') as string } })]); // prettier-ignore
  expect(await get(`id=999&apiKey=${token}`)).toEqual([200, expect.objectContaining({ error: { code: 70, message: 'File 999 is not in the catalogue. Reload the list.' } })]); // prettier-ignore
  expect(await get(`id=${id}&count=0&apiKey=${token}`)).toEqual([200, expect.objectContaining({ status: 'failed' })]);
  expect(await get(`id=${id}`)).toEqual([401, undefined]);
});

test('every example of docs/api.md runs as it stands', async () => {
  const text = readFileSync(PATH('api.md'), 'utf8');
  const env = { ...process.env, EARMARK_URL: serving.host.origin, EARMARK_TOKEN: await tokenFor('read') };
  const programs = { sh: 'bash', python: 'python3' } as const;
  const outputs: string[] = [];
  for (const [, language, code] of text.matchAll(/```(sh|python)\n(.*?)```/gs)) {
    const program = programs[language as keyof typeof programs];
    if (spawnSync(program, ['--version']).error) continue;
    outputs.push((await run(program, ['-c', code!], { env })).stdout);
  }
  expect(outputs.length).toBe(spawnSync('python3', ['--version']).error ? 3 : 4);
  expect(JSON.parse(outputs[0]!)).toMatchObject({ ok: true, value: { files: 2 } });
  expect(JSON.parse(outputs[1]!)).toMatchObject({ ok: true, value: { minus: ['thunder'] } });
  expect(outputs[2]).toMatch(/^#EXTM3U\n/);
  if (outputs[3] !== undefined) expect(outputs[3]).toMatch(/\/rain_\w+\.wav\n(.*\n)*1000 bytes\n$/);
});

test('earmark token: create, list, revoke, and what is refused', async () => {
  const trial = new CommandTrial();
  const made = json<{ id: string; token: string; scopes: string[] }>(await trial.run(['--json', 'token', 'create', 'player', '--scope', 'read,decide', '--expires', '12h'])); // prettier-ignore
  expect(made.scopes).toEqual(['read', 'decide']);
  expect(await new ApiTokens(trial.data).find(`Bearer ${made.token}`)).toMatchObject({ name: 'player' });
  const { stdout } = await trial.run(['token', 'create', 'other']);
  expect(stdout).toMatch(/^earmark_[0-9a-f]{8}_[\w-]{43}\n$/);
  const listed = (await trial.run(['token', 'list'])).stdout;
  expect(listed).toContain(made.id);
  expect(listed).not.toContain(made.token);
  expect((await trial.run(['token', 'revoke', made.id])).code).toBe(0);
  const wrong = [
    [1, ['revoke', made.id], `There is no token “${made.id}”.`],
    [2, ['create', 'x', '--scope', 'everything'], 'Use one or more of read,'],
    [2, ['create', 'x', '--expires', '0d'], 'Use hours or days'],
  ] as const;
  for (const [code, args, sentence] of wrong) {
    const refused = await trial.run(['token', ...args]);
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(sentence)]);
  }
  writeFileSync(join(trial.data, 'api-tokens.json'), '{');
  expect((await trial.run(['token', 'list'])).stderr).toMatch(/api-tokens\.json” is damaged\. Delete it/);
  await trial.end();
});
