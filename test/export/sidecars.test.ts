/** XMP sidecars: read back by exiftool, never over another program's. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOwnPacket, xmpPacket } from '../../src/main/export/xmp.ts';
import { skipFor } from '../faults/trial.ts';
import { TaggedSounds } from './tagged-sounds.ts';
import { waitForJob } from '../../src/shared/jobs.ts';

const sounds = new TaggedSounds();

beforeAll(async () => {
  for (const [at, name] of ['hiss & <pop>.wav', 'loop.wav', 'plain.wav', 'gone.wav'].entries()) sounds.addTone(name, 300 + 90 * at, 1); // prettier-ignore
  await sounds.index();
  await sounds.accept('hiss & <pop>.wav', 'sfx', 'air-hiss', 0.75);
  await sounds.accept('hiss & <pop>.wav', 'mine', 'R&B <"loud">', null); // of a vocabulary that is not there any more
  await sounds.accept('loop.wav', 'music-genre', 'techno', 0.9);
  await sounds.accept('gone.wav', 'sfx', 'air-hiss', 0.9);
});
afterAll(() => sounds.end());

const write = (...names: string[]) => sounds.call('write.sidecars', { fileIds: names.map((name) => sounds.idOf(name)) }); // prettier-ignore
const sidecar = (name: string) => `${sounds.at(name)}.xmp`;

const noTool = existsSync('/usr/bin/exiftool') ? null : 'exiftool is not installed';
test.skipIf(skipFor(noTool, 'sidecars read by exiftool'))('exiftool reads what was accepted', async () => {
  const answer = await write('hiss & <pop>.wav', 'loop.wav', 'plain.wav');
  expect(answer.written).toEqual([sidecar('hiss & <pop>.wav'), sidecar('loop.wav')]);
  expect(answer.leftOut).toEqual([{ path: sounds.at('plain.wav'), reason: expect.stringMatching(/no accepted tags to write\.$/) as string }]); // prettier-ignore
  const read = (name: string) =>
    (JSON.parse(execFileSync('/usr/bin/exiftool', ['-json', '-struct', sidecar(name)], { encoding: 'utf8' })) as Record<string, unknown>[])[0]!; // prettier-ignore
  const sfx = read('hiss & <pop>.wav');
  expect(sfx['Warning']).toBeUndefined();
  expect(sfx).toMatchObject({
    Subject: ['R&B <"loud">', 'air hiss'],
    CatId: 'AIRHiss',
    Category: 'AIR',
    SubCategory: 'HISS',
    Tags: [{ Label: 'R&B <"loud">' }, { Vocabulary: 'sfx', Label: 'air-hiss', Name: 'air hiss', Probability: 0.75 }],
  });
  expect(sfx['CreatorTool']).toMatch(/^Earmark \d/);
  expect(read('loop.wav')).toMatchObject({ Subject: ['techno'], Genre: 'techno' });
});

test('our own is brought up to date; one that somebody changed, or made, is left alone', async () => {
  await write('loop.wav');
  await sounds.accept('loop.wav', 'instrument', 'celesta', 0.8);
  expect((await write('loop.wav')).written).toEqual([sidecar('loop.wav')]);
  expect(readFileSync(sidecar('loop.wav'), 'utf8')).toContain('celesta');
  appendFileSync(sidecar('loop.wav'), '<!-- rated by hand -->');
  const changed = readFileSync(sidecar('loop.wav'), 'utf8');
  expect((await write('loop.wav')).leftOut).toEqual([
    { path: sounds.at('loop.wav'), reason: expect.stringMatching(/^“loop\.wav\.xmp” was created or changed by another program/) as string }, // prettier-ignore
  ]);
  expect(readFileSync(sidecar('loop.wav'), 'utf8')).toBe(changed);
  writeFileSync(sidecar('hiss & <pop>.wav'), '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
  expect((await write('hiss & <pop>.wav')).written).toEqual([]);
  expect(readFileSync(sidecar('hiss & <pop>.wav'), 'utf8')).toBe('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
});

test('an offline file gets none', async () => {
  rmSync(sounds.at('gone.wav'));
  await waitForJob(sounds, await sounds.call('index.start', { folders: [] }), 'index');
  expect((await write('gone.wav')).leftOut[0]!.reason).toMatch(/is not available/);
  expect(existsSync(sidecar('gone.wav'))).toBe(false);
});

test('any change of a packet shows', () => {
  const tag = { vocabularyId: 'sfx', labelId: 'a', name: 'a', profile: null, ucs: null, probability: null };
  const packet = xmpPacket([tag], 'Earmark 1', new Date(0));
  expect(isOwnPacket(packet)).toBe(true);
  for (const other of [`${packet} `, packet.replace('1970', '1971'), packet.replace(/digest="./, 'digest="x'), '']) {
    expect(isOwnPacket(other)).toBe(false);
  }
});
