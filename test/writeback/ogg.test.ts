import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sniff } from '../../src/main/decode/sniff.ts';
import { crcChange, oggCrc } from '../../src/main/writeback/ogg/crc.ts';
import { openFile } from '../../src/main/writeback/open-file.ts';
import { ogg } from '../../src/main/writeback/ogg/ogg.ts';
import { edited, expectSameSound, ffmpeg, fieldsOf, fuzz, makeAudio, set, testFolder } from './foreign-readers-kit.ts';

const folder = testFolder('ogg');
const EDITS = [
  set('GENRE', 'Effects', 'Doors'),
  set('MOOD', 'Dark'),
  set('CATID', 'DOORWood'),
  set('COMMENT', 'Größe 猫'),
];
const FORMATS = ['ogg', 'opus'] as const;
const PICTURE = `METADATA_BLOCK_PICTURE=${'QUJD'.repeat(60_000)}`;
const ODD = Buffer.concat([Buffer.from('ARTIST=caf'), Buffer.from([0xe9, 0, 0xff])]);

interface TestPage {
  header: Buffer;
  lacing: number[];
  body: Buffer;
}

/** Read on its own, so that what is compared with does not come from the code under test. */
function pagesOf(bytes: Buffer): TestPage[] {
  const pages: TestPage[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes.toString('latin1', at, at + 4)).toBe('OggS');
    const lacing = [...bytes.subarray(at + 27, at + 27 + bytes[at + 26]!)];
    const bodyAt = at + 27 + lacing.length;
    const end = bodyAt + lacing.reduce((sum, length) => sum + length, 0);
    pages.push({ header: bytes.subarray(at, bodyAt), lacing, body: bytes.subarray(bodyAt, end) });
    at = end;
  }
  return pages;
}

function sequenceOf({ header }: TestPage): number {
  return header.readUInt32LE(18);
}

/** Checksums are right, and pages are counted without a gap. */
function expectSoundPages(path: string): TestPage[] {
  const pages = pagesOf(readFileSync(path));
  for (const [n, page] of pages.entries()) {
    const header = Buffer.from(page.header);
    header.fill(0, 22, 26);
    expect(oggCrc(Buffer.concat([header, page.body]))).toBe(page.header.readUInt32LE(22));
    expect(sequenceOf(page)).toBe(n);
  }
  return pages;
}

/** The file with another comment packet, laid out by hand on as many pages as it takes. */
function withComments(
  source: string,
  name: string,
  list: (string | Uint8Array)[],
  behind: Uint8Array = Buffer.alloc(0),
): string {
  const pages = pagesOf(readFileSync(source));
  const isOpus = pages[0]!.body.subarray(0, 8).toString() === 'OpusHead';
  const headers: Buffer[] = [];
  let packet = Buffer.alloc(0);
  let used = 1;
  for (const wanted = isOpus ? 1 : 2; headers.length < wanted; used++) {
    let at = 0;
    for (const length of pages[used]!.lacing) {
      packet = Buffer.concat([packet, pages[used]!.body.subarray(at, at + length)]);
      at += length;
      if (length === 255) continue;
      headers.push(packet);
      packet = Buffer.alloc(0);
    }
  }
  const sized = (value: string | Uint8Array) => {
    const bytes = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(list.length);
  const start = Buffer.from(isOpus ? 'OpusTags' : '\x03vorbis', 'latin1');
  headers[0] = Buffer.concat([start, sized('a vendor'), count, ...list.map(sized), isOpus ? behind : Buffer.of(1)]);

  const lacing = headers.flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const content = Buffer.concat(headers);
  const made: Buffer[] = [Buffer.concat([pages[0]!.header, pages[0]!.body])];
  for (let at = 0, segment = 0; segment < lacing.length;) {
    const segments = lacing.slice(segment, segment + 255);
    const bytes = segments.reduce((sum, length) => sum + length, 0);
    made.push(
      page(
        pages[0]!,
        made.length,
        segment > 0 && lacing[segment - 1] === 255,
        segments,
        content.subarray(at, at + bytes),
      ),
    );
    segment += segments.length;
    at += bytes;
  }
  const shift = made.length - used;
  for (const old of pages.slice(used)) {
    const header = Buffer.from(old.header);
    header.writeUInt32LE(sequenceOf(old) + shift, 18);
    made.push(checked(header, old.body));
  }
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(made));
  expectSoundPages(path);
  return path;
}

function page(model: TestPage, sequence: number, continued: boolean, lacing: number[], body: Buffer): Buffer {
  const header = Buffer.concat([model.header.subarray(0, 27), Buffer.from(lacing)]);
  header[5] = continued ? 1 : 0;
  header.fill(lacing.some((length) => length < 255) ? 0 : 0xff, 6, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = lacing.length;
  return checked(header, body);
}

function checked(header: Buffer, body: Buffer): Buffer {
  header.fill(0, 22, 26);
  header.writeUInt32LE(oggCrc(Buffer.concat([header, body])), 22);
  return Buffer.concat([header, body]);
}

const plain: Record<(typeof FORMATS)[number], string> = { ogg: '', opus: '' };
beforeAll(async () => {
  for (const format of FORMATS) {
    plain[format] = await makeAudio(join(folder, `plain.${format}`), format, {
      seconds: 3,
      tags: { title: 'Tone', genre: 'Old' },
    });
  }
});

/** Bit by bit, as RFC 3533 describes it. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  }
  return crc >>> 0;
}

test('the checksum, and its change for changed bytes', () => {
  // Everything below relies on it.
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7919) & 0xff));
  expect(oggCrc(bytes)).toBe(slowCrc(bytes));
  for (const at of [0, 18, 60_000, 69_996]) {
    const other = Buffer.from(bytes);
    other.writeUInt32BE(0xdead_beef, at);
    const difference = (bytes.readUInt32BE(at) ^ 0xdead_beef) >>> 0;
    expect((oggCrc(bytes) ^ crcChange(difference, bytes.length - at - 4)) >>> 0).toBe(slowCrc(other));
  }
});

describe.each(FORMATS)('%s', (format) => {
  test('an edit that fits the pages leaves all pages behind the headers as they are', async () => {
    const target = await edited(ogg, plain[format], EDITS);
    expectSameSound(plain[format], target);
    const [old, now] = [pagesOf(readFileSync(plain[format])), expectSoundPages(target)];
    expect(now.length).toBe(old.length);
    const behind = format === 'ogg' ? 3 : 2;
    for (const [n, page] of old.entries()) if (n === 0 || n >= behind) expect(now[n]).toEqual(page);
  });

  test('comments of many pages: foreign bytes kept, later pages counted anew, and back', async () => {
    const list = [PICTURE, ODD, 'no equals sign', 'genre=Old', 'TITLE=x'];
    const path = withComments(plain[format], `many.${format}`, list);
    const target = await edited(ogg, path, [...EDITS, set('KEYWORDS', 'k'.repeat(140_000))]);
    expectSameSound(path, target);
    const now = expectSoundPages(target);
    expect(now.length).toBe(pagesOf(readFileSync(path)).length + 2);
    const content = Buffer.concat(now.map(({ body }) => body));
    for (const kept of [PICTURE, ODD, 'no equals sign', 'TITLE=x', 'a vendor'])
      expect(content.includes(kept)).toBe(true);
    const removed = ['MOOD', 'CATID', 'COMMENT', 'KEYWORDS'].map((nativeId) => set(nativeId));
    const back = await edited(ogg, target, [set('GENRE', 'Old'), ...removed]);
    // The name is spelt as it stood; so nothing is left of the edit but the way the pages are filled.
    expect(
      Buffer.concat(expectSoundPages(back).map(({ body }) => body)).equals(
        Buffer.concat(pagesOf(readFileSync(path)).map(({ body }) => body)),
      ),
    ).toBe(true);
    const fewer = await edited(ogg, path, [set('TITLE', 'y')]);
    expectSoundPages(fewer);
  });

  test('a packet that ends with a page, and one that is as long as segments are', async () => {
    for (const bytes of [254, 255, 256, 510, 255 * 255 - 1, 255 * 255, 255 * 255 + 1]) {
      const path = withComments(plain[format], `even.${format}`, ['TITLE=x']);
      const before = 8 + 4 + 'a vendor'.length + 4 + 4 + 'TITLE=x'.length + 4 + 'COMMENT='.length;
      const target = await edited(ogg, path, [set('COMMENT', 'x'.repeat(Math.max(1, bytes - before)))]);
      expectSoundPages(target);
    }
  });

  test('truncated within the audio: edited up to there', async () => {
    const path = withComments(plain[format], `cut.${format}`, ['TITLE=x']);
    truncateSync(path, readFileSync(path).length - 3000);
    const target = await edited(ogg, path, [...EDITS, set('KEYWORDS', 'k'.repeat(140_000))]);
    expectSameSound(path, target);
  });

  test('of a chain the first stream is edited', async () => {
    const path = join(folder, `chain.${format}`);
    const second = Buffer.from(readFileSync(plain[format]));
    writeFileSync(path, Buffer.concat([readFileSync(plain[format]), second]));
    const target = await edited(ogg, path, [...EDITS, set('KEYWORDS', 'k'.repeat(140_000))]);
    expect(readFileSync(target).subarray(-second.length).equals(second)).toBe(true);
  });

  test('damaged headers are refused; a damaged audio page is kept byte for byte', async () => {
    const bytes = Buffer.from(readFileSync(plain[format]));
    const pages = pagesOf(bytes);
    const soundFrom = pages.slice(0, 3).reduce((sum, { header, body }) => sum + header.length + body.length, 0);
    const inSound = Buffer.from(bytes);
    inSound[soundFrom + 200] = inSound[soundFrom + 200]! ^ 1;
    const path = join(folder, `damaged.${format}`);
    writeFileSync(path, inSound);
    const target = await edited(ogg, path, [set('KEYWORDS', 'k'.repeat(140_000))]);
    const wrong = pagesOf(readFileSync(target)).filter(({ header, body }) => {
      const zeroed = Buffer.from(header);
      zeroed.fill(0, 22, 26);
      return oggCrc(Buffer.concat([zeroed, body])) !== header.readUInt32LE(22);
    });
    expect(wrong).toHaveLength(1);
    bytes[pages[0]!.header.length + pages[0]!.body.length + 60]! ^= 1;
    writeFileSync(path, bytes);
    await expect(fieldsOf(ogg, path)).rejects.toThrow(/checksum/);
  });

  test('damaged at random: refused, or edited with the audio unchanged', async () => {
    const path = withComments(plain[format], `fuzz.${format}`, [ODD, 'genre=Old', 'TITLE=x']);
    const long = [...EDITS, set('KEYWORDS', 'k'.repeat(66_000))];
    // Anything in the headers is noticed by their checksums; so half of the damage lies behind them.
    const inHeaders = await fuzz(ogg, path, EDITS, { rounds: 200, within: 300, seed: 13 });
    const anywhere = await fuzz(ogg, path, long, { rounds: 100, within: 1 << 20, seed: 14 });
    process.stdout.write(
      `${format}: ${inHeaders.done + anywhere.done} edited, ${inHeaders.refused + anywhere.refused} refused\n`,
    );
    expect(inHeaders.refused).toBeGreaterThan(30);
    expect(anywhere.done).toBeGreaterThan(20);
  });
});

test('padding and what else Opus allows behind the comments stays', async () => {
  const behind = Buffer.concat([Buffer.of(1), Buffer.from('kept by RFC 7845'), Buffer.alloc(100)]);
  const path = withComments(plain.opus, 'padded.opus', ['TITLE=x'], behind);
  expect(readFileSync(await edited(ogg, path, EDITS)).includes(behind)).toBe(true);
});

test('streams side by side, and other codecs, are refused', async () => {
  const [a, b] = FORMATS.map((format) => pagesOf(readFileSync(plain[format])));
  const bytes = ({ header, body }: TestPage) => Buffer.concat([header, body]);
  const path = join(folder, 'multiplexed.ogg');
  writeFileSync(
    path,
    Buffer.concat([bytes(a![0]!), bytes(b![0]!), ...a!.slice(1).map(bytes), ...b!.slice(1).map(bytes)]),
  );
  await expect(fieldsOf(ogg, path)).rejects.toThrow(/several streams/);
  const inOgg = join(folder, 'flac.ogg');
  if (!ffmpeg('-i', plain.ogg, '-c:a', 'flac', '-f', 'ogg', inOgg)) return;
  await expect(fieldsOf(ogg, inOgg)).rejects.toThrow(/into FLAC in Ogg/);
});

test.each(FORMATS)(
  'a Skeleton beside %s is called that, whichever comes first, and is read as what it is',
  async (format) => {
    const pages = pagesOf(readFileSync(plain[format])).map(({ header, body }) => Buffer.concat([header, body]));
    const skeleton = (flags: number, sequence: number, body: Buffer) => {
      const header = Buffer.alloc(28);
      header.write('OggS', 'latin1');
      header[5] = flags;
      header.writeUInt32LE(99, 14);
      header.writeUInt32LE(sequence, 18);
      header[26] = 1;
      header[27] = body.length;
      header.writeUInt32LE(oggCrc(body, oggCrc(header)), 22);
      return Buffer.concat([header, body]);
    };
    const fishead = Buffer.alloc(64);
    fishead.write('fishead\0\x03\0', 'latin1');
    const [begin, end] = [skeleton(2, 0, fishead), skeleton(4, 1, Buffer.alloc(0))];
    for (const [n, first] of [
      [begin, pages[0]!],
      [pages[0]!, begin],
    ].entries()) {
      const path = join(folder, `skeleton ${n}.${format}`);
      writeFileSync(path, Buffer.concat([...first, ...pages.slice(1, 2), end, ...pages.slice(2)]));
      await expect(fieldsOf(ogg, path)).rejects.toThrow(/Skeleton/);
      const bytes = readFileSync(path);
      const read = (from: number, length: number) => Promise.resolve(bytes.subarray(from, from + length));
      expect(await sniff({ size: bytes.length, read })).toEqual({ format, demuxer: 'ogg', declaresLength: true });
    }
  },
);

test('100 MB whose pages have to be counted anew', async () => {
  // Pages of sound of one stream with right checksums: those of a short one again and again.
  const model = pagesOf(readFileSync(plain.ogg));
  const pieces: Buffer[] = model.slice(0, 3).map(({ header, body }) => Buffer.concat([header, body]));
  let sequence = 3;
  for (let bytes = 0; bytes < 100e6;) {
    for (const { header, body } of model.slice(3, -1)) {
      const copy = Buffer.from(header);
      copy.writeUInt32LE(sequence++, 18);
      copy.fill(0, 22, 26);
      copy.writeUInt32LE(oggCrc(body, oggCrc(copy)), 22);
      pieces.push(copy, body);
      bytes += copy.length + body.length;
    }
  }
  const path = join(folder, 'large.ogg');
  writeFileSync(path, Buffer.concat(pieces));
  const file = await openFile(path);
  const started = performance.now();
  const parts = await ogg.edit(file, [set('COMMENT', 'k'.repeat(140_000))]);
  const took = performance.now() - started;
  await file.close();
  process.stdout.write(`100 MB, ${sequence} pages: ${Math.round(took)} ms to work out the edit\n`);
  // For every page of sound eight new bytes: its number and its checksum.
  const headerPages = model.length - model.filter(({ body }) => sounds(body)).length;
  expect(parts.filter((part) => 'bytes' in part && part.bytes.length === 8)).toHaveLength(sequence - headerPages);
});

/** Packets of Vorbis sound begin with a zero bit, headers with a one. */
function sounds(body: Buffer): boolean {
  return (body[0]! & 1) === 0;
}
