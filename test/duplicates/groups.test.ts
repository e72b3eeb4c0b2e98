/** Groups, the best copy of each, and how the others differ from it. */
import { expect, test } from 'vitest';
import { EventLoopYielder } from '../../src/main/async/yield-to-event-loop.ts';
import { nearGroups } from '../../src/main/duplicates/groups.ts';
import type { NearFile, NearPair } from '../../src/main/catalogue/stores/near-duplicates.ts';
import { bestWords, differenceWords } from '../../src/shared/near-duplicates.ts';

let ids = 0;
function file(contentId: string, others: Partial<NearFile> = {}): NearFile {
  return {
    contentId,
    fileId: ++ids,
    path: `/s/${contentId}.wav`,
    bytes: 1000,
    offline: false,
    format: 'wav',
    codec: 'pcm_s16le',
    durationSeconds: 2,
    sampleRate: 48_000,
    channels: 2,
    bitDepth: 16,
    bandwidthHz: 20_000,
    clippedSamples: 0,
    tags: 0,
    ...others,
  };
}
const MP3: Partial<NearFile> = { format: 'mp3', codec: 'mp3', bitDepth: null };
function pair(a: string, b: string, facts: Partial<NearPair> = {}): NearPair {
  return {
    a,
    b,
    similarity: 1,
    levelDb: 0,
    offsetSeconds: 0,
    lostHeadSeconds: 0,
    lostTailSeconds: 0,
    addedHeadSeconds: 0,
    addedTailSeconds: 0,
    ...facts,
  };
}

const yielder = new EventLoopYielder(new AbortController().signal);

test('what is linked is a group; differences add up along the links, and are told from the best copy', async () => {
  const pairs = [pair('a', 'b', { levelDb: -6, lostHeadSeconds: 0.5 }), pair('b', 'c', { levelDb: -2, lostTailSeconds: 0.3 }), pair('x', 'y', { addedHeadSeconds: 1 })]; // prettier-ignore
  const files = ['a', 'b', 'c', 'x', 'y'].map((content) => file(content, { bytes: content < 'm' ? 1000 : 500 }));
  const [abc, xy] = await nearGroups(pairs, files, yielder);
  expect(abc!.files.map(({ path }) => path)).toEqual(['/s/a.wav', '/s/b.wav', '/s/c.wav']);
  expect([abc!.spareBytes, bestWords(abc!)]).toEqual([2000, 'longer']);
  expect(abc!.files.map(differenceWords)).toEqual([
    'same audio',
    '−6.0 dB, 0.50 s cut at the start',
    '−8.0 dB, 0.50 s cut at the start, 0.30 s cut at the end',
  ]);
  expect(xy!.files.map(differenceWords)).toEqual(['same audio', '1.00 s more silence at the start']);
  expect(bestWords(xy!)).toBe('less silence');
});

test.each<[string, Partial<NearFile>, Partial<NearFile>, Partial<NearPair>, string]>([
  ['lossless before all', { sampleRate: 44_100 }, { ...MP3, tags: 9 }, {}, 'lossless format'],
  ['real bandwidth before sample rate', { bandwidthHz: 20_000 }, { sampleRate: 22_050 }, {}, 'higher bandwidth'],
  ['an upsampled copy is no better for it', { tags: 1 }, { sampleRate: 48_000 }, {}, 'more tags'],
  [
    'the click of a cut is no bandwidth',
    { bandwidthHz: 14_000 },
    { bandwidthHz: 24_000 },
    { lostHeadSeconds: 0.5 },
    'longer',
  ],
  ['bits', { bitDepth: 24 }, {}, {}, 'more bits per sample'],
  ['resolution before length', { channels: 2 }, { channels: 1 }, { lostHeadSeconds: -1 }, 'more channels'],
  ['length before tags', {}, { tags: 5 }, { lostTailSeconds: 0.5 }, 'longer'],
  ['unclipped before loud', {}, { clippedSamples: 12 }, { levelDb: 4 }, 'not clipped'],
  ['loud before tags', {}, { tags: 2 }, { levelDb: -4 }, 'louder'],
  ['bit rate', { ...MP3, bytes: 64_000 }, { ...MP3, bytes: 32_000 }, {}, 'higher bit rate'],
  ['what can be reached', {}, { offline: true, bitDepth: 24 }, {}, ''],
])('the best copy: %s', async (_, best, other, facts, why) => {
  const [group] = await nearGroups([pair('a', 'b', facts)], [file('a', best), file('b', other)], yielder);
  expect(group!.files[0]!.path).toBe('/s/a.wav');
  expect(bestWords(group!)).toBe(why);
});

test('an exact copy belongs to it; what has no file left does not', async () => {
  const copies = [file('a', { path: '/s/1.wav' }), file('a', { path: '/s/2.wav' }), file('b', MP3)];
  const [group] = await nearGroups([pair('a', 'b'), pair('a', 'gone')], copies, yielder);
  expect(group!.files.map(differenceWords)).toEqual(['same audio', 'same audio', 'MP3']);
  expect(await nearGroups([pair('a', 'gone')], copies, yielder)).toEqual([]);
});
