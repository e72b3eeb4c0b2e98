import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderClasses } from '../../src/main/map/folder-classes.ts';
import { fromNames, legendOf, MOST_CLASSES } from '../../src/main/map/legend.ts';
import { tagClasses } from '../../src/main/map/tag-classes.ts';
import type { MapColouring } from '../../src/shared/calls/map.ts';
import { EmbeddedLibrary } from './embedded-library.ts';

const below = (rootPath: string, ...relativePaths: string[]) =>
  relativePaths.map((relativePath) => ({ rootPath, relativePath }));

describe('folders', () => {
  test('the first level that tells files apart', () => {
    const all = below('/sfx', 'Pro/Doors/Wood/a.wav', 'Pro/Doors/b.wav', 'Pro/Rain/c.wav', 'Pro/Rain/Roof/d.wav');
    expect(folderClasses(all)).toEqual(['Doors', 'Doors', 'Rain', 'Rain']);
  });
  test('one stray file does not make a level', () => {
    const many = Array.from({ length: 9 }, (_, i) => `Pro/${i % 2 === 0 ? 'Doors' : 'Rain'}/${i}.wav`);
    expect(new Set(folderClasses(below('/sfx', ...many, 'stray.wav')))).toEqual(new Set(['Doors', 'Rain', 'sfx']));
  });
  test('several roots, one of them inside a drive of the other kind', () => {
    expect(folderClasses([...below('/a/Drums', 'k.wav'), ...below('E:\\Loops', 'l.wav')])).toEqual(['Drums', 'Loops']);
  });
  test('folders of one name are told apart by those above them', () => {
    const all = below('/sfx', 'x.wav', 'A/Wood/1.wav', 'A/Wood/2.wav', 'A/Wood/3.wav', 'A/Wood/4.wav', 'A/Wood/5.wav');
    expect(folderClasses([...below('/one/Wood', 'a.wav'), ...below('/two/Wood', 'b.wav')])).toEqual(['one/Wood', 'two/Wood']); // prettier-ignore
    expect(folderClasses(all).at(-1)).toBe('A');
  });
  test('all in one folder; none at all', () => {
    expect(folderClasses(below('/sfx', 'a.wav', 'b.wav'))).toEqual(['sfx', 'sfx']);
    expect(folderClasses([null])).toEqual([null]);
    expect(folderClasses([])).toEqual([]);
  });
});

describe('tags', () => {
  test('the commonest of a sound’s own, none where it has none, not the one that all have', () => {
    const tags = [['sfx; Door'], ['sfx', 'door, wood'], ['sfx', 'rain'], ['SFX,wood,door'], ['sfx'], null];
    expect(tagClasses(tags)).toEqual(['Door', 'Door', 'rain', 'Door', null, null]);
  });
  test('whole sentences are no tags', () => {
    const long = 'A long description of what was recorded there on a windy day in spring';
    expect(tagClasses([[long]])).toEqual([null]);
  });
});

test('at most twelve classes, the largest first; the rest in none', () => {
  const names = Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 - i }, () => `class ${i}`)).flat();
  const { classes, classOfPoint } = fromNames([...names, null]);
  expect(classes).toHaveLength(MOST_CLASSES);
  expect(classes.slice(0, 2)).toEqual([
    { name: 'class 0', points: 20 },
    { name: 'class 1', points: 19 },
  ]);
  const numbers = [...Buffer.from(classOfPoint, 'base64')];
  expect(numbers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 0));
  expect(numbers.slice(-2)).toEqual([255, 255]);
});

describe('from a catalogue', () => {
  let library: EmbeddedLibrary;
  beforeEach(() => {
    library = new EmbeddedLibrary();
  });
  afterEach(() => library.end());

  test('in the order of the points, gone files in no class', async () => {
    const ids = library.add([
      { cluster: 0, path: 'Doors/a.wav', tags: ['door'] },
      { cluster: 1, path: 'Rain/b.mp3', format: 'mp3', tags: ['rain; weather'] },
      { cluster: 1, path: 'Rain/c.mp3', format: 'mp3', tags: ['Weather'] },
      { cluster: 1, path: 'Untagged/d.wav' },
    ]);
    const points = Int32Array.from([ids[2]!, 999, ids[0]!, ids[1]!, ids[3]!]);
    const named = async (colouring: MapColouring) => {
      const { classes, classOfPoint } = await legendOf(library.catalogue, colouring, points);
      return [...Buffer.from(classOfPoint, 'base64')].map((number) => classes[number]?.name ?? null);
    };
    expect(await named('format')).toEqual(['mp3', null, 'wav', 'mp3', 'wav']);
    expect(await named('folder')).toEqual(['Rain', null, 'Doors', 'Rain', 'Untagged']);
    expect(await named('tag')).toEqual(['Weather', null, 'door', 'Weather', null]); // no folder stands in for a tag
    const { statedFacts } = library.catalogue;
    statedFacts.decide([ids[0]!], 'key', 21); // Am
    statedFacts.decide([ids[1]!], 'key', 0); // C
    statedFacts.decide([ids[2]!], 'key', 4); // E
    statedFacts.decide([ids[3]!], 'key', -1);
    expect(await named('key')).toEqual(['12: C#m, E', null, '8: Am, C', '8: Am, C', null]);
    for (const [at, bpm] of [79.9, 80, 124].entries()) statedFacts.decide([ids[at]!], 'bpm', bpm);
    expect(await named('tempo')).toEqual(['120 to 140 BPM', null, 'below 80 BPM', '80 to 100 BPM', null]);
    statedFacts.decide([ids[1]!], 'kind', 1);
    expect(await named('kind')).toEqual([null, null, null, 'loop', null]);
    const [slam] = library.catalogue.tagRows.ensure('sfx', [{ id: 'slam', name: 'Slam' }]);
    library.catalogue.decisions.decide(
      ids.slice(0, 3).map((fileId, at) => ({ fileId, tagId: slam!, accepted: at > 0 })),
      1,
    );
    // Accepted ones count with those in the file; a rejected one does not.
    expect(await named('tag')).toEqual(['Slam', null, 'door', 'Slam', null]);
  });
});
