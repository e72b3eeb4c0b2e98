/** What other programs see in files that were edited: what was there before, and what is new. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFile } from 'music-metadata';
import { TagLib } from 'taglib-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DemoFormat } from '../../src/demo/encode.ts';
import { containerOf } from '../../src/main/writeback/containers.ts';
import { id3TagBytes } from '../../src/main/writeback/id3/tag.ts';
import { edited, foreign, makeAudio, placeOf, set, testFolder } from './foreign-readers-kit.ts';
import { latin, tagBytes, text, utf8 } from './id3-tags.ts';

const folder = testFolder('foreign');
const TITLE = 'Tone before';
const ARTIST = 'Somebody else';
/** By our fields; every program is asked for all of these. */
const OURS = {
  genre: ['Effects', 'Doors'],
  mood: ['Dark'],
  catId: ['DOORWood'],
  keywords: ['wood, slam, Größe'],
  comment: ['Made by a machine – 猫'],
} as const;
type Ours = keyof typeof OURS;

interface Case {
  name: string;
  format: Exclude<DemoFormat, 'wav' | 'aiff'>;
  make: (path: string) => Promise<unknown>;
}

const tagged = (format: Case['format']) => (path: string) =>
  makeAudio(path, format, { tags: { title: TITLE, artist: ARTIST } });
/** Frames without a tag, behind one made by hand. */
const behind = (version: 3 | 4) => async (path: string) => {
  await makeAudio(path, 'mp3');
  const file = await readFile(path);
  const body = version === 3 ? text : utf8;
  const frames = [
    { id: 'TIT2', body: body(TITLE) },
    { id: 'TPE1', body: body(ARTIST) },
    { id: 'PRIV', body: latin('somebody\0data') },
  ];
  writeFileSync(
    path,
    Buffer.concat([tagBytes({ version, frames, padding: 300 }), file.subarray(id3TagBytes(file) ?? 0)]),
  );
};

const CASES: Case[] = [
  { name: 'ID3v2.3', format: 'mp3', make: behind(3) },
  { name: 'ID3v2.4', format: 'mp3', make: behind(4) },
  { name: 'FLAC', format: 'flac', make: tagged('flac') },
  { name: 'Ogg Vorbis', format: 'ogg', make: tagged('ogg') },
  { name: 'Opus', format: 'opus', make: tagged('opus') },
  { name: 'MP4', format: 'm4a', make: tagged('m4a') },
];

/** Programs by which formats they read, and how they are asked. */
const PROGRAMS: { program: string; args: readonly string[]; formats: readonly string[] }[] = [
  {
    program: 'ffprobe',
    args: ['-v', 'error', '-show_entries', 'format_tags:stream_tags', '-of', 'flat'],
    formats: ['mp3', 'flac', 'ogg', 'opus', 'm4a'],
  },
  {
    program: 'mediainfo',
    args: ['--Full'],
    formats: ['mp3', 'flac', 'ogg', 'opus', 'm4a'],
  },
  {
    program: 'exiftool',
    args: ['-a', '-G1', '-s', '-charset', 'UTF8'],
    formats: ['mp3', 'flac', 'ogg', 'opus', 'm4a'],
  },
  { program: 'metaflac', args: ['--no-utf8-convert', '--export-tags-to=-'], formats: ['flac'] },
  { program: 'vorbiscomment', args: ['--raw', '--list'], formats: ['ogg'] },
  { program: 'ogginfo', args: [], formats: ['ogg'] },
  { program: 'opusinfo', args: [], formats: ['opus'] },
  { program: 'id3v2', args: ['--list'], formats: ['ID3v2.3'] },
  { program: 'mid3v2', args: ['--list'], formats: ['mp3'] },
];

/** Where a program shows something else than the value, and what. */
const SHOWN_OTHERWISE: Partial<Record<string, Record<string, string>>> = {
  // Of several values it shows the first.
  'ffprobe ID3v2.3': { Doors: 'genre="Effects"' },
  'mediainfo ID3v2.3': { Doors: ': Effects\n' },
  'id3v2 ID3v2.3': { Doors: 'Effects' },
  'ffprobe ID3v2.4': { Doors: 'genre="Effects"' },
  'mediainfo ID3v2.4': { Doors: ': Effects\n' },
  'ffprobe MP4': { Doors: 'genre="Effects"' },
  // Names that it does not know it takes for binary data when they hold more than ASCII; the length is right.
  'exiftool MP4': { 'wood, slam, Größe': '(Binary data 19 bytes' },
};

describe.each(CASES)('$name', ({ name, format, make }) => {
  let path = '';
  beforeAll(async () => {
    const source = join(folder, `${name}.${format}`);
    await make(source);
    const container = containerOf(format)!;
    const edits = [];
    for (const field of Object.keys(OURS) as Ours[])
      edits.push(set(await placeOf(container, source, field), ...OURS[field]));
    path = await edited(container, source, edits);
  });

  const readers = PROGRAMS.filter(({ formats }) => formats.includes(format) || formats.includes(name));
  test.each(readers)('$program', ({ program, args }) => {
    const output = foreign(program, [...args, path]);
    if (output === null) return;
    expect(output).not.toMatch(/error|corrupt|invalid|warning/i);
    for (const before of [TITLE, ARTIST]) expect(output).toContain(before);
    const otherwise = SHOWN_OTHERWISE[`${program} ${name}`] ?? {};
    for (const value of Object.values(OURS).flat()) expect.soft(output).toContain(otherwise[value] ?? value);
  });

  test('music-metadata', async () => {
    const { native, common } = await parseFile(path);
    expect(common).toMatchObject({ title: TITLE, artist: ARTIST, genre: [...OURS.genre] });
    const seen = JSON.stringify(native);
    for (const value of Object.values(OURS).flat()) expect(seen).toContain(value);
  });

  test('TagLib', async () => {
    const taglib = await TagLib.initialize();
    const file = await taglib.open(new Uint8Array(await readFile(path)));
    try {
      expect(file.properties()).toMatchObject({
        title: [TITLE],
        artist: [ARTIST],
        genre: OURS.genre,
        mood: OURS.mood,
        CATID: OURS.catId,
        KEYWORDS: OURS.keywords,
        comment: OURS.comment,
      });
    } finally {
      file.dispose();
    }
  });
});
