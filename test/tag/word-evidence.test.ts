/** What names, folders and tags say for labels. */
import { beforeAll, expect, test } from 'vitest';
import { wordsOfFile } from '../../src/main/tag/file-words.ts';
import { Vocabularies } from '../../src/main/tag/vocabularies.ts';
import type { Vocabulary } from '../../src/main/tag/vocabulary.ts';
import { MOST_BY_WORDS, WordEvidence } from '../../src/main/tag/word-evidence.ts';
import { singular, wordsOf } from '../../src/main/text/words.ts';

type Label = Vocabulary['labels'][number];
const label = (id: string, change: Partial<Label> = {}): Label => ({ id, name: id.replaceAll('-', ' '), group: 'g', prompts: [id], keywords: [], ...change }); // prettier-ignore
const row = (catId: string, category: string, subCategory: string) => ({ ucs: { catId, category, subCategory } });

const LABELS = [
  label('wooden-door-slam', { keywords: ['door slam'], ...row('DOORWood', 'DOORS', 'WOOD') }),
  label('wooden-door-open', { keywords: ['door open'], ...row('DOORWood', 'DOORS', 'WOOD') }),
  label('glass-door', { ...row('DOORGlas', 'DOORS', 'GLASS') }),
  label('steady-rain', { keywords: ['rain'], ...row('RAIN', 'RAIN', 'GENERAL') }),
  label('box', { keywords: ['crate'] }),
];
const evidence = new WordEvidence({ labels: LABELS });

function added(path: string, tags: [string, string, string][] = []): Record<string, number> {
  const into = new Float32Array(LABELS.length);
  evidence.logOdds(evidence.matches(wordsOfFile('/Sounds/Library', path, tags)), into);
  return Object.fromEntries(LABELS.map(({ id }, at) => [id, into[at]!]));
}

test.each([
  ['Doors_SLAM-03', ['door', 'slam', '03']],
  ['DOORWood', ['door', 'wood', 'doorwood']],
  ['rain on the Roof', ['rain', 'roof']],
  ['Glocken über München', ['glocken', 'uber', 'munchen']],
])('words of %s', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test.each([
  ['doors', 'door'],
  ['boxes', 'box'],
  ['berries', 'berry'],
  ['glass', 'glass'],
  ['bus', 'bus'],
  ['footsteps', 'footstep'],
])('%s is %s', (word, expected) => {
  expect(singular(word)).toBe(expected);
});

test('a name says more than a folder, a whole phrase more than none', () => {
  const byName = added('a/door_slam_01.wav');
  const byFolder = added('Door Slams/take 1.wav');
  expect(byName['wooden-door-slam']).toBeGreaterThan(byFolder['wooden-door-slam']!);
  expect(byFolder['wooden-door-slam']).toBeGreaterThan(0);
  expect(byName['wooden-door-open']).toBeLessThan(0);
  expect(byName['box']).toBeLessThan(0);
});

test('words count whole, in any case and number', () => {
  expect(added('a/BOXES.wav')['box']).toBeGreaterThan(0);
  expect(added('a/boxing.wav')['box']).toBe(0);
  expect(added('a/Crate.wav')['box']).toBeGreaterThan(0);
});

test('the CatID in front of a name settles the row, and is shared by its labels', () => {
  const said = added('x/DOORWood_thing_Author_Source.wav');
  expect(said['wooden-door-slam']).toBeGreaterThan(3);
  expect(said['wooden-door-open']).toBe(said['wooden-door-slam']);
  expect(said['steady-rain']).toBeLessThan(-2);
});

test('a CatID that is a common word counts only in front and as it is written', () => {
  const inFront = evidence.matches(wordsOfFile('/r', 'RAIN_Roof_me.wav', []));
  expect(inFront.some(({ kind }) => kind === 'catId')).toBe(true);
  const within = evidence.matches(wordsOfFile('/r', 'window rain.wav', []));
  expect(within.some(({ kind }) => kind === 'catId')).toBe(false);
  expect(within.some(({ kind, text }) => kind === 'word' && text === 'rain')).toBe(true);
});

test('tags: a CatID, and words in telling fields alone', () => {
  expect(added('x/1.wav', [['iXML:USER/CATID', 'category', 'DOORGlas']])['glass-door']).toBeGreaterThan(5);
  expect(added('x/1.wav', [['TIT2', 'title', 'slamming a door: door slam']])['wooden-door-slam']).toBeGreaterThan(3);
  expect(added('x/1.wav', [['TPE1', 'artist', 'Rain']])['steady-rain']).toBe(0);
});

test('words never make a tag certain, and say nothing where there are none', () => {
  const all = added('Wooden Door Slam/DOORWood_wooden door slam.wav', [['CATID', 'category', 'DOORWood'], ['TIT2', 'title', 'wooden door slam']]); // prettier-ignore
  expect(all['wooden-door-slam']).toBe(MOST_BY_WORDS);
  const into = Float32Array.of(1, 1, 1, 1, 1);
  expect(evidence.logOdds(evidence.matches(wordsOfFile('/r', '0001.wav', [])), into)).toBe(false);
  expect([...into]).toEqual([0, 0, 0, 0, 0]);
});

let shipped: Vocabulary;
beforeAll(async () => {
  ({ vocabulary: shipped } = await new Vocabularies('/nowhere').get('sfx'));
});

test('in the shipped vocabulary, a well-named file points at its label', () => {
  const all = new WordEvidence(shipped);
  const into = new Float32Array(shipped.labels.length);
  const best = (path: string) => {
    all.logOdds(all.matches(wordsOfFile('/r', path, [])), into);
    return shipped.labels[into.indexOf(Math.max(...into))]!.id;
  };
  expect(best('Animals/rooster crow 3.wav')).toBe('rooster-crow');
  expect(best('x/DOORWood_Slam_Heavy_XY.wav')).toBe('wooden-door-slam');
  expect(best('FEET/footsteps on gravel.wav')).toBe('footsteps-on-gravel');
});

test('what Earmark wrote into a file is no evidence for its own suggestions', () => {
  const record = JSON.stringify({
    earmark: 1,
    labels: [],
    wrote: { 'TXXX:KEYWORDS': ['rain', 'roof'], 'TXXX:CATID': ['RAINRoof'], TCON: ['Rain'] },
  });
  const { tags, catIds } = wordsOfFile('/r', '0001.mp3', [
    ['TXXX:KEYWORDS', 'keywords', 'rain, roof'],
    ['TXXX:CATID', 'category', 'RAINRoof'],
    ['TCON', 'genre', 'Weather; Rain'],
    ['COMM', 'comment', 'heard in the rain'],
    ['TXXX:EARMARK', 'provenance', record],
  ]);
  expect(tags).toEqual(['Weather', 'heard in the rain']);
  expect(catIds).toEqual([]);
});
