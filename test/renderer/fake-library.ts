/** Sounds that do not exist, for looking at the window: names, facts and waveforms, the same every time. */
import { uniform } from '../kit/uniform.ts';
import { FIGURES, type Figures } from '../../src/shared/analysis.ts';
import type { FileDetail, FileRow, LibraryFolder } from '../../src/shared/calls/files.ts';
import { AUDIO_FORMATS, type NativeTag } from '../../src/shared/types.ts';
import { NO_FIGURES } from '../kit/figures.ts';

type Shape = 'hit' | 'swell' | 'bed' | 'pulses';

/** Folder, name, seconds, shape of its loudness, favourite, stars. */
const KNOWN: readonly [folder: string, name: string, seconds: number, shape: Shape, stars?: number][] = [
  ['Doors/Wood', 'DOORWood_slam heavy oak_03', 1.8, 'hit', 4],
  ['Doors/Wood', 'DOORWood_slam heavy oak_04', 2.1, 'hit'],
  ['Foley/Castle', 'castle gate closes', 6.2, 'swell', 5],
  ['Doors/Cabin', 'cabin door shut, close mic', 1.2, 'hit'],
  ['Impacts/Crates', 'crate_drop_2', 0.9, 'hit'],
  ['Doors/Barn', 'barn door heavy, dragged and closed', 8.4, 'pulses', 3],
  ['Doors/Metal', 'DOORMetl_vault slam long tail', 11.6, 'hit'],
  ['Doors/Wood', 'wardrobe door wooden thud', 0.7, 'hit'],
  ['Foley/House', 'book_close', 0.7, 'hit'],
  ['Foley/House', 'kitchen drawer wooden', 1.5, 'pulses'],
  ['Impacts/Wood', 'log on log 07', 1.1, 'hit'],
  ['Doors/Creaks', 'old door creak slow', 4.6, 'swell', 2],
  ['Weather/Rain', 'rain on tin roof', 184, 'bed'],
  ['Weather/Rain', 'rain, light, leaves', 97, 'bed', 3],
  ['Weather/Thunder', 'thunder far roll', 14.2, 'swell'],
  ['Field/Forest', 'forest dawn chorus, blackbird', 312, 'bed', 5],
  ['Field/City', 'tram bell and passing', 22.4, 'swell'],
  ['Field/City', 'market square afternoon', 241, 'bed'],
  ['Drums/Kicks', 'kick_deep_808', 0.62, 'hit'],
  ['Drums/Snares', 'snare brushed', 0.41, 'hit'],
  ['Loops/120', 'shaker loop 120 bpm', 4, 'pulses', 1],
  ['Loops/90', 'dub bass line 90 bpm', 10.7, 'pulses'],
  ['Voices', 'crowd cheer stadium', 9.3, 'swell'],
  ['Voices', 'child laughs, short', 2.3, 'pulses'],
  ['Machines', 'sewing machine, bursts', 12.8, 'pulses'],
  ['Machines', 'fan hum steady', 60, 'bed'],
  ['Water', 'stream between stones', 75, 'bed', 4],
  ['Water', 'drop in a cave, reverb', 3.1, 'hit'],
  ['UI', 'click soft glass', 0.09, 'hit'],
  ['UI', 'notify two notes rising', 0.8, 'pulses'],
];

export interface FakeSound extends FileDetail {
  shape: Shape;
}

/** As recordists name their files; words that never break. */
const LONG_WORDS =
  ', exterior, farmyard in the early morning, wide and close_StereoMS_Schoeps_MixPre6_24-96_BobTheRecordist';

/**
 * @param size how many; beyond the named ones they are takes of them
 * @param longNames longer than any column
 */
export function fakeLibrary(size: number, longNames = false): Map<number, FakeSound> {
  const sounds = new Map<number, FakeSound>();
  for (let index = 0; index < size; index++) {
    const sound = fakeSound(index);
    if (longNames) sound.path = sound.path.replace(/(?=\.\w+$)/, LONG_WORDS);
    sounds.set(index + 1, sound);
  }
  return sounds;
}

export function rowOf(sound: FakeSound): FileRow {
  const { fileId, path, rootId, format, durationSeconds, sampleRate, channels, bitDepth } = sound;
  const { offline, favourite, stars, changedMs, addedMs, tagNames, description } = sound;
  const figures = Object.fromEntries(FIGURES.map(({ field }) => [field, sound[field]])) as Figures;
  const facts = { fileId, path, rootId, format, durationSeconds, sampleRate, channels, bitDepth, ...figures };
  return { ...facts, offline, favourite, stars, changedMs, addedMs, tagNames, description };
}

/** The folders right below one, as `file.folders` gives them. @param of null: the roots */
export function foldersOf(
  sounds: ReadonlyMap<number, FakeSound>,
  of: Pick<LibraryFolder, 'rootId' | 'folder'> | null,
): LibraryFolder[] {
  const root = '/Volumes/SFX';
  const all = [...sounds.values()].map(({ path }) => path.slice(root.length + 1));
  if (of === null) return [{ rootId: 1, folder: '', path: root, files: sounds.size, hasFolders: sounds.size > 0 }];
  const prefix = of.folder === '' ? '' : `${of.folder}/`;
  const below = all.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split('/'));
  const names = [...new Set(below.filter((parts) => parts.length > 1).map(([name]) => name!))].sort();
  return names.map((name) => {
    const inside = below.filter((parts) => parts.length > 1 && parts[0] === name);
    const folder = `${prefix}${name}`;
    const hasFolders = inside.some((parts) => parts.length > 2);
    return { rootId: 1, folder, path: `${root}/${folder}`, files: inside.length, hasFolders };
  });
}

function fakeSound(index: number): FakeSound {
  const [folder, name, seconds, shape, stars = 0] = KNOWN[index % KNOWN.length]!;
  const take = Math.floor(index / KNOWN.length);
  const random = uniform((index + 1) * 0x9e3779b1);
  const format = AUDIO_FORMATS[[0, 4, 5, 3][index % 4]!]!;
  const durationSeconds = seconds * (1 + (take === 0 ? 0 : random() * 0.4));
  const path = `/Volumes/SFX/${folder}/${name}${take === 0 ? '' : ` take ${take}`}.${format}`;
  const lossless = format !== 'mp3';
  return {
    fileId: index + 1,
    path,
    rootId: 1,
    format,
    durationSeconds,
    sampleRate: index % 3 === 0 ? 96_000 : 48_000,
    channels: index % 5 === 0 ? 1 : 2,
    bitDepth: lossless ? 24 : null,
    ...NO_FIGURES,
    ...musicOf(folder, shape),
    loudnessLufs: durationSeconds < 0.4 ? null : -10 - random() * 24,
    offline: index % 29 === 28,
    favourite: stars >= 4,
    stars,
    changedMs: Date.UTC(2026, 3, 1 + (index % 28)),
    addedMs: Date.UTC(2026, 9, 1 + (index % 28)),
    bytes: Math.round(durationSeconds * (lossless ? 288_000 : 40_000)),
    codec: lossless ? 'pcm_s24le' : 'mp3',
    facts: { kind: { value: 'one-shot', confidence: 0.9, from: 'sound' }, bpm: null, key: null, root: null },
    peakDb: -0.3 - random() * 5,
    clippedSamples: 0,
    tagNames: folder.split('/').slice(0, 1),
    description: name,
    tags: tagsOf(folder, name),
    warnings:
      index % 17 === 16
        ? [{ code: 'wrong-extension', message: 'The file extension is .mp3, but the content is wav.' }]
        : [],
    windows: windowsOf(durationSeconds),
    collections: index < 3 ? [1] : [],
    copies: index === 0 ? [{ fileId: 9000, path: '/Volumes/Backup/old/door slam.wav', offline: true }] : [],
    shape,
  };
}

/** Loops say their tempo, and one of two a key; a hit is a one-shot. */
function musicOf(folder: string, shape: Shape): Partial<Figures> {
  const [, bpm] = /^Loops\/(\d+)$/.exec(folder) ?? [];
  if (bpm !== undefined) return { kind: 1, bpm: Number(bpm), key: bpm === '120' ? null : 21 };
  return shape === 'hit' ? { kind: 0, root: folder.startsWith('Drums') ? 33.1 : null } : {};
}

function tagsOf(folder: string, name: string): NativeTag[] {
  const [category] = folder.split('/');
  return [
    { nativeId: 'bext:Description', field: 'description', value: name },
    { nativeId: 'iXML:USER/CATEGORY', field: 'category', value: category!.toUpperCase() },
    { nativeId: 'LIST/INFO:IART', field: 'artist', value: 'North Hall Recordings' },
  ];
}

function windowsOf(durationSeconds: number): FakeSound['windows'] {
  const windows = Math.max(1, Math.ceil(durationSeconds / 5));
  return Array.from({ length: windows }, (_, window) => ({
    startSeconds: window * 5,
    endSeconds: Math.min(durationSeconds, window * 5 + 5),
  }));
}

/** Uint8Array[400], 0..255. Made when asked for: a hundred thousand of them are never looked at. */
export function peaksOf({ fileId, shape }: FakeSound): Uint8Array {
  const random = uniform(fileId * 0x9e3779b1);
  const heights = Array.from({ length: 400 }, (_, index) => {
    const at = index / 400;
    const noise = 0.55 + 0.45 * random();
    switch (shape) {
      case 'hit':
        return noise * (at < 0.06 ? at / 0.06 : Math.exp(-(at - 0.06) * 6) + 0.03);
      case 'swell':
        return noise * Math.sin(Math.PI * at) ** 2;
      case 'bed':
        return noise * (0.5 + 0.2 * Math.sin(at * 9) + 0.12 * Math.sin(at * 41));
      case 'pulses':
        return noise * Math.abs(Math.sin(at * 22)) ** 4 * (1 - at * 0.3) + 0.02;
    }
  });
  return Uint8Array.from(heights, (height) => Math.round(255 * Math.min(1, height)));
}
