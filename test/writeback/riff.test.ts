/** WAVE and AIFF files: what is edited, and that nothing else is. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import { readIxml } from '../../src/main/decode/riff-tags.ts';
import { editId3 } from '../../src/main/writeback/id3/edit.ts';
import { aiff } from '../../src/main/writeback/riff/aiff.ts';
import { wave } from '../../src/main/writeback/riff/wave.ts';
import { aiffFile, bext, chunk, chunksIn, contentOf, edited, fieldsOf, FMT, riff, type Chunk } from './riff-files.ts'; // prettier-ignore
import { seeded } from '../kit/random.ts';

const SOUND = randomBytes(2001); // odd
const IXML = `<?xml version="1.0" encoding="UTF-8"?>
<!-- from the recorder -->
<BWFXML xmlns:x='u'>
	<PROJECT a="1>0">P &amp; Q</PROJECT>
	<USER>
		<MICROPHONE><![CDATA[MKH <50>]]></MICROPHONE>
		<CATEGORY/>
	</USER>
	<TRACK_LIST><TRACK><NAME>Boom</NAME></TRACK></TRACK_LIST>
</BWFXML>
`.replace(' a="1>0"', ' a="1"');
const LIST_INFO: Chunk = ['LIST', Buffer.concat([Buffer.from('INFO'), chunk(['ISFT', 'Editor\0']), chunk(['INAM', 'T\0'])])]; // prettier-ignore
const FOREIGN: Chunk[] = [
  ['cue ', randomBytes(28)],
  ['smpl', randomBytes(36)],
  ['acid', randomBytes(24)],
  ['SMED', randomBytes(333)],
  ['_PMX', '<x:xmpmeta/>'],
  ['LIST', Buffer.concat([Buffer.from('adtl'), chunk(['labl', Buffer.from('\x01\0\0\0mark\0')])])],
  ['abcd', ''],
];
const FULL: Chunk[] = [
  ['JUNK', Buffer.alloc(28)],
  bext(''),
  FMT,
  ['iXML', IXML],
  ['data', SOUND],
  ...FOREIGN,
  LIST_INFO,
];
const EDITS = [
  { nativeId: 'bext:Description', values: ['Wind in a door'] },
  { nativeId: 'iXML:USER/CATID', values: ['AIRBlow'] },
  { nativeId: 'iXML:USER/CATEGORY', values: ['AIR <&> Ä'] },
  { nativeId: 'iXML:ASWG/catId', values: ['AIRBlow'] },
  { nativeId: 'iXML:BWFXML/EARMARK', values: ['{"a":1}'] },
  { nativeId: 'LIST/INFO:IKEY', values: ['wind'] },
  { nativeId: 'TCON', values: ['Field Recording'] },
];

describe('WAVE', () => {
  test('what is edited is there, every other chunk is as it was and where it was, and the way back is exact', async () => {
    const { before, after, back, fields, payloads } = await edited(wave, riff(FULL), EDITS);
    expect(back.equals(before)).toBe(true);
    expect(payloads[1]).toBe(payloads[0]);
    for (const edit of EDITS) {
      expect(fields.filter(({ nativeId }) => nativeId === edit.nativeId).map(({ value }) => value)).toEqual(
        edit.values,
      );
    }
    const { chunks, form } = chunksIn(after);
    expect(form).toBe(after.length - 8);
    expect(chunks.map(([id]) => id)).toEqual([...FULL.map(([id]) => id), 'id3 ']);
    const same = ['JUNK', 'fmt ', 'data', 'cue ', 'smpl', 'acid', 'SMED', '_PMX', 'abcd'];
    for (const id of same) expect(contentOf(after, id).equals(contentOf(before, id)), id).toBe(true);
    expect(chunks[10]).toEqual(chunksIn(before).chunks[10]); // LIST/adtl
    const bextNow = contentOf(after, 'bext');
    expect(bextNow.subarray(256).equals(contentOf(before, 'bext').subarray(256))).toBe(true);
    expect(bextNow.toString('latin1', 0, 15)).toBe('Wind in a door\0');
    // Of iXML nothing but the new elements differs, in their own lines.
    const xml = contentOf(after, 'iXML').toString('utf8');
    expect(xml).toBe(
      IXML.replace('<CATEGORY/>', '<CATEGORY>AIR &lt;&amp;&gt; Ä</CATEGORY>\n\t\t<CATID>AIRBlow</CATID>').replace(
        '</TRACK_LIST>',
        '</TRACK_LIST>\n\t<ASWG><catId>AIRBlow</catId></ASWG>\n\t<EARMARK>{"a":1}</EARMARK>',
      ),
    );
    expect(readIxml(xml)).toContainEqual({ nativeId: 'iXML:USER/MICROPHONE', value: 'MKH <50>' });
  });

  test('what was taken out is gone, and with the right edits the file is what it was', async () => {
    const { after } = await edited(wave, riff(FULL), EDITS);
    const out = EDITS.map(({ nativeId }) => ({ nativeId, values: [] }));
    const { fields, after: last } = await edited(wave, after, out);
    expect(fields.filter(({ value }) => value !== '').map(({ nativeId }) => nativeId)).toEqual(
      (await fieldsOf(wave, riff(FULL))).filter(({ value }) => value !== '').map(({ nativeId }) => nativeId),
    );
    expect(chunksIn(last).form).toBe(last.length - 8);
  });

  test('a file without tags gets iXML before its audio, LIST/INFO and ID3 after it', async () => {
    const { after, back, before, payloads } = await edited(wave, riff([FMT, ['data', SOUND]]), EDITS.slice(1));
    expect(chunksIn(after).chunks.map(([id]) => id)).toEqual(['fmt ', 'iXML', 'data', 'LIST', 'id3 ']);
    expect(chunksIn(after).form).toBe(after.length - 8);
    expect(back.equals(before)).toBe(true);
    expect(payloads[1]).toBe(payloads[0]);
  });

  test('RF64 and BW64: the 64-bit size grows, the others stay', async () => {
    for (const kind of ['RF64', 'BW64']) {
      const ds64 = Buffer.alloc(28);
      ds64.writeBigUInt64LE(BigInt(SOUND.length), 8);
      const file = riff([['ds64', ds64], FMT, ['data', SOUND], ['SMED', 'x']], 0xffffffff, kind);
      file.writeBigUInt64LE(BigInt(file.length - 8), 20);
      const data = file.indexOf('data');
      file.writeUInt32LE(0xffffffff, data + 4);
      const { after, before, back, payloads } = await edited(wave, file, EDITS.slice(1, 4));
      expect(after.readUInt32LE(4)).toBe(0xffffffff);
      expect(Number(after.readBigUInt64LE(20))).toBe(after.length - 8);
      expect(Number(after.readBigUInt64LE(28))).toBe(SOUND.length);
      expect(payloads[1]).toBe(payloads[0]);
      expect(payloads[0]).toBe(SOUND.toString('hex'));
      expect(back.equals(before)).toBe(true);
      expect(await fieldsOf(wave, after)).toContainEqual({ nativeId: 'iXML:USER/CATID', value: 'AIRBlow' });
    }
  });

  test('big-endian files are edited in their own order', async () => {
    const { after, payloads } = await edited(wave, riff([FMT, ['data', SOUND]], undefined, 'RIFX'), EDITS.slice(1, 6));
    expect(chunksIn(after, true).form).toBe(after.length - 8);
    expect(chunksIn(after, true).chunks.map(([id]) => id)).toEqual(['fmt ', 'iXML', 'data', 'LIST']);
    expect(payloads[1]).toBe(payloads[0]);
  });

  const plain = riff([FMT, ['data', SOUND], ['SMED', 'x']]);
  const withSize = (size: number, bytes = plain) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(size, 4);
    return copy;
  };
  test.each<[string, Buffer, (size: number, growth: number) => number]>([
    ['bytes behind the end by the header', Buffer.concat([plain, randomBytes(77)]), (size, growth) => size + growth],
    ['no byte that makes the last chunk even', riff([FMT, ['data', SOUND]]).subarray(0, -1), (size) => size],
    ['a size of 0', withSize(0), () => -1],
    ['a size that is too large', withSize(plain.length + 1000), () => -1],
    ['a size that says nothing', withSize(0xffffffff), () => -1],
    [
      'garbage inside',
      withSize(plain.length + 92, Buffer.concat([plain, Buffer.alloc(100)])),
      (size, growth) => size + growth,
    ],
  ])('%s: tolerated, kept or put right', async (_, file, expectedSize) => {
    const { after, back, before, payloads, fields } = await edited(wave, file, EDITS.slice(1, 6));
    expect(back.equals(before)).toBe(true);
    expect(payloads[1]).toBe(payloads[0]);
    expect(fields).toContainEqual({ nativeId: 'LIST/INFO:IKEY', value: 'wind' });
    const expected = expectedSize(before.readUInt32LE(4), after.length - before.length);
    if (_.startsWith('no byte')) expect(after.readUInt32LE(4)).toBe(after.length - 8);
    else expect(after.readUInt32LE(4)).toBe(expected < 0 ? after.length - 8 : expected);
    if (_.startsWith('bytes behind')) expect(after.subarray(-77).equals(before.subarray(-77))).toBe(true);
  });

  const streamed = riff([FMT, ['data', SOUND]], 0xffffffff);
  streamed.writeUInt32LE(0xffffffff, streamed.indexOf('data') + 4);
  test.each<[string, Buffer, RegExp]>([
    ['cut off within its sound', plain.subarray(0, 500), /truncated: audio data is missing/],
    ['cut off within the header', plain.subarray(0, 10), /damaged or truncated/],
    ['that does not say how long it is', streamed, /does not declare the size of the audio data/],
    ['without sound', riff([FMT]), /no audio data/],
    [
      'behind an ID3 tag',
      Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\0'), plain]),
      /ID3 tag precedes the first chunk/,
    ],
    ['with a size that ends within its sound', withSize(100), /the declared size ends within a chunk/],
    ['with iXML in UTF-16', riff([FMT, ['iXML', Buffer.from(`\ufeff${IXML}`, 'utf16le')], ['data', SOUND]]), /UTF-16/],
    ['with iXML that is not well-formed', riff([FMT, ['iXML', '<BWFXML><A></B></BWFXML>'], ['data', SOUND]]), /not well-formed/], // prettier-ignore
    ['with iXML that is cut off', riff([FMT, ['iXML', IXML.slice(0, -20)], ['data', SOUND]]), /not well-formed/],
    ['with a damaged list', riff([FMT, ['LIST', 'INFOIKEY\xff\xff\0\0'], ['data', SOUND]]), /LIST\/INFO is damaged/],
  ])('a file %s is refused with a message', async (_, file, sentence) => {
    const refused: unknown = await edited(wave, file, EDITS.slice(1, 6)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'UserError', userMessage: expect.stringMatching(sentence) as string });
    expect((refused as UserError).userMessage).toMatch(/ (first|instead|from where it came from)\.$/); // what to do
  });

  test('text that a recorder put directly into USER is not mixed with elements', async () => {
    const file = riff([FMT, ['iXML', '<BWFXML><USER>free text</USER></BWFXML>'], ['data', SOUND]]);
    const found = await fieldsOf(wave, file);
    expect(wave.places('catId', found)).toEqual(['iXML:ASWG/catId']);
  });

  test('iXML in Latin-1 gets characters as numbers; an empty chunk is filled', async () => {
    const latin = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><BWFXML><NOTE>Stra\xdfe</NOTE></BWFXML>',
      'latin1',
    );
    const { after } = await edited(wave, riff([FMT, ['iXML', latin], ['data', SOUND]]), [{ nativeId: 'iXML:USER/KEYWORDS', values: ['Tür'] }]); // prettier-ignore
    const xml = contentOf(after, 'iXML');
    expect(xml.toString('latin1')).toContain('Stra\xdfe</NOTE><USER><KEYWORDS>T&#xfc;r</KEYWORDS></USER>');
    const blank = riff([FMT, ['iXML', Buffer.alloc(30)], ['data', SOUND]]);
    expect(chunksIn((await edited(wave, blank, EDITS.slice(1, 2))).after).chunks.map(([id]) => id)).toEqual(['fmt ', 'iXML', 'data']); // prettier-ignore
  });

  test('fields of the standards hold what they may', () => {
    const long = wave.fit('bext:Description', 'Tür '.repeat(80));
    expect(long.value.length).toBeLessThanOrEqual(256);
    expect(long.value).toMatch(/^Tur Tur .*Tur$/);
    expect(long.note).toMatch(/replaced.*Shortened/);
    expect(wave.fit('LIST/INFO:IKEY', 'Straße “x”')).toMatchObject({ value: 'Strasse "x"' });
    expect(wave.fit('iXML:USER/KEYWORDS', 'a\0b\x07c')).toEqual({ value: 'a b c', note: '' });
  });

  test('values of 50 kB, NULs and invalid UTF-8 in other fields stay byte for byte', async () => {
    const odd: Chunk[] = [
      ['LIST', Buffer.concat([Buffer.from('INFO'), chunk(['ICMT', Buffer.from([0xff, 0xfe, 0, 0x41, 0x80])]), chunk(['IART', 'x'.repeat(50_000)])])], // prettier-ignore
      ['iXML', Buffer.concat([Buffer.from(`<BWFXML><NOTE>${'y'.repeat(50_000)}`), Buffer.from([0xff]), Buffer.from('</NOTE></BWFXML>\0\0\0')])], // prettier-ignore
    ];
    const file = riff([FMT, odd[1]!, ['data', SOUND], odd[0]!]);
    const { after, fields } = await edited(wave, file, [{ nativeId: 'iXML:USER/CATID', values: ['AIRBlow'] }, { nativeId: 'LIST/INFO:IKEY', values: ['w'] }]); // prettier-ignore
    expect(contentOf(after, 'iXML').includes(Buffer.concat([Buffer.from('yyy'), Buffer.from([0xff])]))).toBe(true);
    expect(contentOf(after, 'iXML').subarray(-3).equals(Buffer.alloc(3))).toBe(true);
    expect(contentOf(after, 'LIST').includes(Buffer.from([0xff, 0xfe, 0, 0x41, 0x80]))).toBe(true);
    expect(fields.find(({ nativeId }) => nativeId === 'LIST/INFO:IART')!.value).toHaveLength(50_000);
  });
});

describe('AIFF', () => {
  const COMM: Chunk = ['COMM', Buffer.from('0001000003e80010400bfa00000000000000', 'hex')];
  const SSND: Chunk = ['SSND', Buffer.concat([Buffer.alloc(8), SOUND])];

  test('an ID3 chunk and text chunks come at the end, everything else stays', async () => {
    const chunks: Chunk[] = [COMM, ['MARK', randomBytes(11)], SSND, ['APPL', randomBytes(40)], ['ANNO', 'theirs']];
    const edits = [{ nativeId: 'TCON', values: ['Rain'] }, { nativeId: 'NAME', values: ['Title'] }, { nativeId: 'TXXX:EARMARK', values: ['{}'] }]; // prettier-ignore
    const { after, before, back, fields, payloads } = await edited(aiff, aiffFile(chunks), edits);
    const now = chunksIn(after, true);
    expect(now.form).toBe(after.length - 8);
    expect(now.chunks.map(([id]) => id)).toEqual(['COMM', 'MARK', 'SSND', 'APPL', 'ANNO', 'NAME', 'ID3 ']);
    for (const id of ['COMM', 'MARK', 'SSND', 'APPL', 'ANNO']) expect(contentOf(after, id, true)).toEqual(contentOf(before, id, true)); // prettier-ignore
    expect(back.equals(before)).toBe(true);
    expect(payloads[1]).toBe(payloads[0]);
    expect(fields).toEqual(expect.arrayContaining([{ nativeId: 'TCON', value: 'Rain' }, { nativeId: 'ANNO', value: 'theirs' }, { nativeId: 'NAME', value: 'Title' }])); // prettier-ignore
  });

  test('an ID3 chunk that is there is edited in its place', async () => {
    const tag = editId3(null, [{ nativeId: 'TIT2', values: ['Old'] }]);
    const { after, fields } = await edited(aiff, aiffFile([COMM, ['ID3 ', tag], SSND]), [{ nativeId: 'TCON', values: ['Rain'] }]); // prettier-ignore
    expect(chunksIn(after, true).chunks.map(([id]) => id)).toEqual(['COMM', 'ID3 ', 'SSND']);
    expect(fields).toEqual(expect.arrayContaining([{ nativeId: 'TIT2', value: 'Old' }, { nativeId: 'TCON', value: 'Rain' }])); // prettier-ignore
  });
});

test('randomly damaged files are refused with a message or keep their audio data', async () => {
  let refused = 0;
  const random = seeded(11);
  const good = riff(FULL);
  for (let round = 0; round < 300; round++) {
    const file = Buffer.from(round % 3 === 0 ? good.subarray(0, random(good.length)) : good);
    for (let flip = 0; flip < round % 5; flip++) {
      // Mostly where it hurts: not in the sound.
      const at = random(4) === 0 ? random(Math.max(1, file.length)) : random(Math.max(1, Math.min(1400, file.length))); // prettier-ignore
      if (at < file.length) file[at] = file[at]! ^ (1 << random(8));
    }
    try {
      const { before, back, payloads } = await edited(wave, file, EDITS.slice(1));
      expect(back.equals(before)).toBe(true);
      expect(payloads[1]).toBe(payloads[0]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(50);
  expect(refused).toBeLessThan(280);
});
