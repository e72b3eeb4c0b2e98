/** What agents can ask: the protocol's own client, a real engine, and what is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directClient } from '../../../src/main/host/dispatch.ts';
import { PERMISSIONS } from '../../../src/main/host/mcp/tool.ts';
import type { Collection } from '../../../src/shared/calls/files.ts';
import type { Client } from '../../../src/shared/contract.ts';
import { put, tone, wav } from '../../faults/sounds.ts';
import { Serving } from '../http/serving.ts';
import { callTool, startAgent, type Agent } from './agent.ts';

interface Results {
  model: string;
  results: { fileId: number; path: string; score: number; why: string[]; group?: object }[];
}

let serving: Serving;
let engine: Client;
let reader: Agent;
let editor: Agent;

beforeAll(async () => {
  serving = await Serving.start();
  for (const [name, hertz, seconds] of [['hum_110', 110, 1.5], ['whistle_2000', 2000, 4], ['whistle_2100', 2100, 0.5]] as const) {
    put(serving.at(`${name}.wav`), wav([tone(hertz, seconds)], name === 'whistle_2100' ? { info: { IKEY: 'x'.repeat(2000) } } : {}));
  }
  await serving.index();
  engine = directClient(serving.handle.engine, serving.handle.on);
  reader = await startAgent(engine, serving.folder);
  editor = await startAgent(engine, serving.folder, { allow: new Set(['decisions', 'collections', 'export']) });
}); // prettier-ignore
afterAll(async () => {
  await reader.close();
  await editor.close();
  await serving.close();
});

test('by default there are only tools that read; each says so, and has a description', async () => {
  const { tools } = await reader.client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual([
    'collection_files', 'describe_file', 'library_status', 'list_collections', 'search', 'similar',
  ]); // prettier-ignore
  for (const { annotations, description, inputSchema } of tools) {
    expect(annotations).toMatchObject({ readOnlyHint: true, openWorldHint: false });
    expect(description!.length).toBeGreaterThan(30);
    expect(inputSchema['additionalProperties']).toBe(false);
  }
  expect(await reader.ask('library_status')).toMatchObject({ model: 'tiny', files: 3, analysed: 3, allowed: ['read'] });
});

test('search: absolute paths, reasons in words, no more than the limit', async () => {
  const { results, model } = await reader.ask<Results>('search', { query: 'whistle', all: true, flat: true });
  expect(model).toBe('tiny');
  expect(results.slice(0, 2).map(({ path }) => path).sort()).toEqual([serving.at('whistle_2000.wav'), serving.at('whistle_2100.wav')]); // prettier-ignore
  expect(results[0]!.why).toContain('name matches "whistle"');
  const one = await reader.ask<Results>('search', { query: 'whistle dur:>1', all: true, limit: 1 });
  expect(one.results.map(({ path }) => path)).toEqual([serving.at('whistle_2000.wav')]);
});

test('similar: by path or id; a path outside of the library is refused, whether anything is there or not', async () => {
  const path = serving.at('whistle_2000.wav');
  const { results } = await reader.ask<Results>('similar', { path, all: true, flat: true });
  expect(results.map((result) => result.path)).toContain(serving.at('whistle_2100.wav'));
  const fileId = serving.fileId('whistle_2000.wav');
  expect((await reader.ask<Results>('similar', { fileId, all: true, flat: true })).results).toEqual(results);
  writeFileSync(join(serving.folder, 'secret.wav'), wav([tone(300, 1)]));
  for (const outside of ['secret.wav', 'nothing.wav', 'sounds/../secret.wav']) {
    const named = `${serving.folder}/${outside}`;
    for (const tool of ['similar', 'describe_file']) {
      await expect(reader.ask(tool, { path: named })).rejects.toThrow(`“${named}” is outside of the library. Choose a file that a search returned.`); // prettier-ignore
    }
  }
  await expect(reader.ask('similar', { path: 'whistle_2000.wav' })).rejects.toThrow('is outside of the library');
  await expect(reader.ask('similar', { path: serving.at('new.wav') })).rejects.toThrow('was not found');
});

test('describe_file: facts, tags of the file cut short, a timeline of the query, a picture', async () => {
  const { content, structuredContent } = await callTool(reader.client, 'describe_file', {
    path: serving.at('whistle_2100.wav'),
    query: 'whistle',
  });
  const { nativeTags, timeline, ...facts } = structuredContent as {
    nativeTags: { nativeId: string; value: string }[];
    timeline: { startSeconds: number; relevance: number; band: string }[];
  };
  expect(facts).toMatchObject({ durationSeconds: 0.5, format: 'wav', channels: 1, sampleRate: 8000, timelineWindows: 1 });
  expect(nativeTags[0]).toMatchObject({ nativeId: 'LIST/INFO:IKEY', value: `${'x'.repeat(500)}…` });
  expect(timeline).toHaveLength(1);
  expect(timeline[0]!.band).toBeTypeOf('string');
  const picture = content[1]!;
  if (picture.type !== 'image') throw new Error('no picture');
  expect(picture.mimeType).toBe('image/png');
  expect(Buffer.from(picture.data, 'base64').subarray(1, 4).toString()).toBe('PNG');
  const { content: without } = await callTool(reader.client, 'describe_file', { path: serving.at('hum_110.wav'), picture: false });
  expect(without).toHaveLength(1);
}); // prettier-ignore

test.each([
  ['search', { query: 'rain', limit: 101 }, /100 at limit/],
  ['search', { query: '' }, /query/],
  ['search', { query: 'rain dur:abc', all: true }, /dur:/],
  ['search', { query: 'rain', format: 'wav' }, /format/],
  ['describe_file', {}, /^Specify either fileId or path\.$/],
  ['describe_file', { fileId: 1, path: '/x.wav' }, /^Specify either fileId or path\.$/],
  ['describe_file', { fileId: 999 }, /^File 999 is not in the catalogue\. Reload the list\.$/],
  ['collection_files', { collectionId: 77, limit: 1000 }, /100/],
  ['create_collection', { name: 'x' }, /create_collection/],
])('%s %j is refused by a sentence, as an error of the tool', async (name, input, sentence) => {
  await expect(reader.ask(name, input)).rejects.toThrow(sentence);
  expect(reader.logged).toEqual([]);
});

test('resources: the library, collections, metadata of a file; what is no file is an error', async () => {
  const read = async (uri: string) => {
    const { contents } = await reader.client.readResource({ uri });
    return JSON.parse((contents[0] as { text: string }).text) as Record<string, unknown>;
  };
  const { resources } = await reader.client.listResources();
  expect(resources.map(({ uri }) => uri).sort()).toEqual(['earmark://collections', 'earmark://library']);
  const { resourceTemplates } = await reader.client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['earmark://file/{fileId}']);
  expect(await read('earmark://library')).toMatchObject({ files: 3 });
  const id = serving.fileId('hum_110.wav');
  expect(await read(`earmark://file/${id}`)).toMatchObject({ path: serving.at('hum_110.wav'), tags: [], collections: [] });
  await expect(read('earmark://file/999')).rejects.toThrow('File 999 is not in the catalogue.');
  await expect(read('earmark://file/abc')).rejects.toThrow('“abc” is not the id of a file.');
}); // prettier-ignore

test('an agent that may, finds sounds and collects them', async () => {
  const { results } = await editor.ask<Results>('search', { query: 'whistle', all: true, flat: true, limit: 2 });
  const ids = results.map(({ fileId }) => fileId);
  const made = await editor.ask<Collection>('create_collection', { name: 'Signals', fileIds: ids });
  expect(made).toMatchObject({ name: 'Signals', files: 2 });
  await expect(editor.ask('create_collection', { name: 'Signals' })).rejects.toThrow('Signals');
  await editor.ask('remove_from_collection', { collectionId: made.id, fileIds: [ids[0]] });
  await editor.ask('add_to_collection', { collectionId: made.id, fileIds: [serving.fileId('hum_110.wav')] });
  const { collections } = await reader.ask<{ collections: Collection[] }>('list_collections');
  expect(collections).toEqual([{ id: made.id, name: 'Signals', files: 2 }]);
  const page = await reader.ask('collection_files', { collectionId: made.id, limit: 1 });
  expect(page).toMatchObject({ total: 2, files: [{ path: serving.at('hum_110.wav') }] });
});

test('decisions are made and taken back', async () => {
  const fileIds = ['hum_110.wav', 'whistle_2000.wav', 'whistle_2100.wav'].map((name) => serving.fileId(name));
  const { tagId } = await engine.call('tag.make', { name: 'test tone', fileIds });
  const tagsOf = async () => (await reader.ask<{ tags: { tagId: number; state: string }[] }>('describe_file', { fileId: fileIds[0], picture: false })).tags; // prettier-ignore
  expect(await tagsOf()).toMatchObject([{ tagId, state: 'accepted' }]);
  const { stepId } = await editor.ask<{ stepId: number }>('decide_tags', { decisions: [{ fileId: fileIds[0], tagId, accepted: false }] }); // prettier-ignore
  expect(await tagsOf()).toMatchObject([{ tagId, state: 'rejected' }]);
  expect(await editor.ask('undo_decisions', { stepId })).toEqual({ restored: 1 });
  expect(await tagsOf()).toMatchObject([{ tagId, state: 'accepted' }]);
});

test('lists are exported into one folder, and replace nothing', async () => {
  const fileIds = [serving.fileId('hum_110.wav')];
  const { path } = await editor.ask<{ path: string }>('export_list', { fileIds, fileName: 'hum.m3u8' });
  expect(path).toBe(join(serving.folder, 'exports/hum.m3u8'));
  expect(readFileSync(path, 'utf8')).toContain(serving.at('hum_110.wav'));
  await expect(editor.ask('export_list', { fileIds, fileName: 'hum.m3u8' })).rejects.toThrow('hum.m3u8');
  for (const fileName of ['../hum.m3u8', '/tmp/hum.m3u8', '.m3u8', 'a\\b.csv', 'C:hum.csv']) {
    await expect(editor.ask('export_list', { fileIds, fileName })).rejects.toThrow('is not a plain file name');
  }
  await expect(editor.ask('export_list', { fileIds, fileName: 'hum.wav' })).rejects.toThrow('no supported file extension'); // prettier-ignore
});

test('each permission opens its own tools', async () => {
  const before = (await reader.client.listTools()).tools.length;
  for (const permission of PERMISSIONS) {
    const agent = await startAgent(engine, serving.folder, { allow: new Set([permission]) });
    const { tools } = await agent.client.listTools();
    const more = tools.filter(({ annotations }) => annotations?.readOnlyHint === false);
    expect(more.length, permission).toBeGreaterThan(0);
    expect(more.length, permission).toBeLessThanOrEqual(tools.length - before);
    await agent.close();
  }
});
