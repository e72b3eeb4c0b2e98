import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tagsOfFile } from '../../src/main/decode/decode-file.ts';
import { readIxml } from '../../src/main/decode/riff-tags.ts';
import { fieldOf } from '../../src/main/decode/tag-fields.ts';
import { failure, decode, testFolder } from './decode.ts';
import { encode, sine, wavBytes } from './make-audio.ts';
import { riffChunk } from '../kit/wav.ts';

const at = testFolder();
const sound = sine(0.5, 44_100, 440);

async function tags(path: string): Promise<Record<string, { field: string; value: string }>> {
  return Object.fromEntries((await tagsOfFile({ path })).map(({ nativeId, ...rest }) => [nativeId, rest]));
}

describe.each([
  {
    file: 'a.mp3',
    muxer: 'mp3',
    encoder: 'libmp3lame',
    ids: { title: 'TIT2', artist: 'TPE1', album: 'TALB', genre: 'TCON', mood: 'TXXX:mood' },
  },
  {
    file: 'a.flac',
    muxer: 'flac',
    encoder: 'flac',
    ids: { title: 'TITLE', artist: 'ARTIST', album: 'ALBUM', genre: 'GENRE', mood: 'MOOD' },
  },
  {
    file: 'a.ogg',
    muxer: 'ogg',
    encoder: 'libvorbis',
    ids: { title: 'TITLE', artist: 'ARTIST', album: 'ALBUM', genre: 'GENRE', mood: 'MOOD' },
  },
  {
    file: 'a.m4a',
    muxer: 'ipod',
    encoder: 'aac',
    ids: { title: '©nam', artist: '©ART', album: '©alb', genre: '©gen' },
  },
  {
    file: 'a.wma',
    muxer: 'asf',
    encoder: 'wmav2',
    ids: { title: 'Title', artist: 'Author', album: 'WM/AlbumTitle', genre: 'WM/Genre' },
  },
  {
    file: 'a.wav',
    muxer: 'wav',
    encoder: 'pcm_s16le',
    ids: { title: 'LIST/INFO:INAM', artist: 'LIST/INFO:IART', album: 'LIST/INFO:IPRD', genre: 'LIST/INFO:IGNR' },
  },
])('$file', ({ file, muxer, encoder, ids }) => {
  test('gives its tags under their native names and our fields', async () => {
    const metadata = {
      title: 'Tür 門',
      artist: 'Anna',
      album: 'Doors',
      genre: 'Foley',
      mood: 'eerie',
      comment: 'slow',
    };
    encode(at(file), [sound], 44_100, { muxer, encoder, metadata });
    const found = await tags(at(file));
    for (const [field, nativeId] of Object.entries(ids)) {
      expect(found[nativeId], nativeId).toEqual({ field, value: metadata[field as keyof typeof metadata] });
    }
    expect(
      Object.values(found)
        .filter(({ field }) => field === 'comment' || field === 'description')
        .map(({ value }) => value),
    ).toContain('slow');
  });
});

test('WAV: bext, iXML, INFO and ID3 in one file', async () => {
  const bext = Buffer.alloc(602);
  bext.write('Heavy wooden door, slow slam', 0, 'latin1');
  bext.write('Recorder 5', 256, 'latin1');
  bext.write('2024-05-01', 320, 'latin1');
  const ixml = `<?xml version="1.0" encoding="UTF-8"?>
    <BWFXML><IXML_VERSION>2.10</IXML_VERSION><NOTE>close &amp; dry &#x2713;</NOTE><!-- <X>no</X> -->
    <USER><CATID>DOORWood</CATID><CATEGORY>DOORS</CATEGORY><SUBCATEGORY>WOOD</SUBCATEGORY><KEYWORDS><![CDATA[slam, <heavy>]]></KEYWORDS><EMPTY/></USER>
    <ASWG><mood>tense</mood></ASWG><TRACK_LIST><TRACK><NAME>MS</NAME></TRACK></TRACK_LIST></BWFXML>`;
  const info = Buffer.concat([
    Buffer.from('INFO'),
    riffChunk('IKEY', Buffer.from('door;wood;slam\0')),
    riffChunk('INAM', Buffer.from([0x54, 0xfc, 0x72, 0])), // "Tür" in Latin-1
  ]);
  const before = [
    { id: 'bext', content: bext },
    { id: 'iXML', content: Buffer.from(ixml) },
  ];
  writeFileSync(
    at('broadcast.wav'),
    wavBytes([sound], 44_100, 's16', { before, after: [{ id: 'LIST', content: info }] }),
  );
  const found = await tags(at('broadcast.wav'));
  expect(found).toMatchObject({
    'bext:Description': { field: 'description', value: 'Heavy wooden door, slow slam' },
    'bext:Originator': { field: '', value: 'Recorder 5' },
    'iXML:BWFXML/NOTE': { field: 'comment', value: 'close & dry ✓' },
    'iXML:USER/CATID': { field: 'category', value: 'DOORWood' },
    'iXML:USER/CATEGORY': { field: 'category', value: 'DOORS' },
    'iXML:USER/SUBCATEGORY': { field: 'category', value: 'WOOD' },
    'iXML:USER/KEYWORDS': { field: 'keywords', value: 'slam, <heavy>' },
    'iXML:ASWG/mood': { field: 'mood', value: 'tense' },
    'iXML:TRACK/NAME': { value: 'MS' },
    'LIST/INFO:IKEY': { field: 'keywords', value: 'door;wood;slam' },
    'LIST/INFO:INAM': { field: 'title', value: 'Tür' },
  });
  expect(Object.keys(found).some((id) => id.includes('EMPTY') || id.includes('/X'))).toBe(false);
  expect((await decode(at('broadcast.wav'))).report.tags).toEqual(await tagsOfFile({ path: at('broadcast.wav') }));
});

test('long values are cut, between characters', async () => {
  const metadata = { comment: '🎧'.repeat(3000), title: 'x'.repeat(4096) };
  encode(at('long.flac'), [sound], 44_100, { muxer: 'flac', encoder: 'flac', metadata });
  const found = await tagsOfFile({ path: at('long.flac') });
  // FFmpeg writes its "comment" as the Vorbis field DESCRIPTION.
  const comment = found.find(({ nativeId }) => nativeId === 'DESCRIPTION')!.value;
  expect(comment.length).toBeLessThanOrEqual(4096);
  expect(comment.isWellFormed()).toBe(true);
  expect(comment.endsWith('🎧…')).toBe(true);
  expect(found.find(({ field }) => field === 'title')!.value).toHaveLength(4096);
});

test('broken tags cost nothing but themselves', async () => {
  const info = Buffer.concat([
    Buffer.from('INFO'),
    riffChunk('INAM', Buffer.from('kept')),
    Buffer.from('ICMT\xff\xff\xff\x7fcut', 'latin1'),
  ]);
  const before = [
    { id: 'iXML', content: Buffer.from('<BWFXML><A><B>open<C>deep</C><USER></X>&nope;&#xffffffff;') },
    { id: 'bext', content: Buffer.alloc(5) },
  ];
  writeFileSync(at('broken.wav'), wavBytes([sound], 44_100, 's16', { before, after: [{ id: 'LIST', content: info }] }));
  const { report } = await decode(at('broken.wav'));
  expect(report.windowCount).toBe(1);
  const found = Object.fromEntries(report.tags.map(({ nativeId, value }) => [nativeId, value]));
  expect(found).toMatchObject({ 'LIST/INFO:INAM': 'kept', 'iXML:B/C': 'deep' });
});

test('a file that is no audio has no tags; a missing one is an error', async () => {
  writeFileSync(at('text.wav'), 'text');
  expect(await tagsOfFile({ path: at('text.wav') })).toEqual([]);
  expect((await failure(tagsOfFile({ path: at('missing.wav') }))).code).toBe('vanished');
});

test('iXML by itself', () => {
  expect(readIxml('')).toEqual([]);
  expect(readIxml('<A>not under anything</A>')).toEqual([]);
  expect(readIxml('<A><B x="1">1</B><B>2</B></A>')).toEqual([
    { nativeId: 'iXML:A/B', value: '1' },
    { nativeId: 'iXML:A/B', value: '2' },
  ]);
  // Hostile input ends: what takes time in proportion to its square or worse takes longer than any test may.
  for (const unit of ['<A>', '</A>', '<', '<!--', '<![CDATA[', '<A ', '<A><B>x</B>', '&amp;', '&#', '<A></B>']) {
    readIxml(`<R>${unit.repeat(20_000)}`);
    readIxml(`${'<A>'.repeat(1000)}${unit.repeat(20_000)}</R>`);
  }
});

test('fields', () => {
  expect(fieldOf('TXXX:CATEGORY')).toBe('category');
  expect(fieldOf('----:com.apple.iTunes:MOOD')).toBe('mood');
  expect(fieldOf('COMM:iTunNORM')).toBe('comment');
  expect(fieldOf('INITIALKEY')).toBe('key');
  expect(fieldOf('BPM')).toBe('bpm');
  expect(fieldOf('iXML:BWFXML/EARMARK')).toBe('provenance');
  expect(fieldOf('constructor')).toBe('');
  expect(fieldOf('TXXX:toString')).toBe('');
});
