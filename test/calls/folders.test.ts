import { homedir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parsers } from '../../src/main/host/dispatch.ts';
import { EngineTrial } from './engine-trial.ts';

let trial: EngineTrial;
beforeEach(async () => {
  trial = new EngineTrial();
  await trial.start();
});
afterEach(() => trial.end());

test('home, the folders of the library and drives are where looking begins, each once', async () => {
  trial.addTone('low.wav');
  await trial.call('root.add', { path: trial.sounds });
  const places = await trial.call('place.list', null);
  expect(places[0]).toEqual({ kind: 'home', path: homedir() });
  expect(places).toContainEqual({ kind: 'library', path: trial.sounds });
  expect(places.some(({ kind }) => kind === 'drive')).toBe(true);
  expect(new Set(places.map(({ path }) => path)).size).toBe(places.length);
});

test('no path stands for home', async () => {
  const home = await trial.call('folder.list', { path: null, extensions: [], hidden: false });
  expect(home.path).toBe(homedir());
});

test('kinds are extensions and nothing else', () => {
  const query = (extensions: unknown) => () => parsers['folder.list'].parse({ path: null, extensions, hidden: false });
  expect(query(['.csv', '.7z'])).not.toThrow();
  for (const wrong of [['csv'], ['.CSV'], ['../x'], '.csv', ['.']]) expect(query(wrong)).toThrow();
});
