import { expect, test } from 'vitest';
import { KnownSounds } from '../../src/main/embed/known-sounds.ts';

const NOW = { size: 100, mtimeMs: 5 };

test('a sound is embedded once, until its file or the part of it is another', async () => {
  const known = new KnownSounds<number>();
  let count = 0;
  const ask = (sound: { path: string; startSeconds?: number; endSeconds?: number }, facts = NOW) =>
    known.of(sound, facts, () => Promise.resolve(++count));
  expect(await ask({ path: '/a.wav' })).toBe(1);
  expect(await ask({ path: '/a.wav' })).toBe(1);
  expect(await ask({ path: '/a.wav', startSeconds: 1, endSeconds: 2 })).toBe(2);
  expect(await ask({ path: '/a.wav' }, { size: 100, mtimeMs: 6 })).toBe(3);
  expect(await ask({ path: '/b.wav' })).toBe(4);
  expect(await ask({ path: '/a.wav', startSeconds: 1, endSeconds: 2 })).toBe(2);
});

test('questions at once share the work; a failure is not kept', async () => {
  const known = new KnownSounds<number>();
  const work = Promise.withResolvers<number>();
  const first = known.of({ path: '/a.wav' }, NOW, () => work.promise);
  const second = known.of({ path: '/a.wav' }, NOW, () => Promise.reject(new Error('asked twice')));
  work.reject(new Error('damaged'));
  await expect(Promise.all([first, second])).rejects.toThrow('damaged');
  expect(await known.of({ path: '/a.wav' }, NOW, () => Promise.resolve(7))).toBe(7);
});

test('the one used longest ago goes first', async () => {
  const known = new KnownSounds<number>();
  let count = 0;
  const ask = (name: number) => known.of({ path: `/${name}.wav` }, NOW, () => Promise.resolve(++count));
  for (let name = 0; name < 64; name++) await ask(name);
  await ask(0);
  await ask(64);
  expect(count).toBe(65);
  await ask(0);
  expect(count).toBe(65);
  await ask(1);
  expect(count).toBe(66);
});
