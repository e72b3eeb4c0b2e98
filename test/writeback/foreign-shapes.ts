/** Files as other programs leave them, each put together by hand after what those programs write. */
import { tagBytes, text, utf16, utf8, latin, type HandMadeFrame, type HandMadeTag } from './id3-tags.ts';
import { aiffFile, bext, chunk, FMT, riff, type Chunk } from './riff-files.ts';

export interface Shape {
  name: string;
  ending: string;
  bytes: Buffer;
  /** What a plan says that has to refuse it. */
  refused?: RegExp;
}

/** Samples that look like nothing else; 8 kHz, 16 bits. */
export function samples(bytes: number, seed = 1): Buffer {
  let state = seed;
  return Buffer.from(Uint8Array.from({ length: bytes }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)); // prettier-ignore
}

const SOUND = samples(4000);
const ODD = samples(4001);
const U8: Chunk = ['fmt ', Buffer.from('01000100401f0000401f000001000800', 'hex')];
const INFO: Chunk = ['LIST', Buffer.concat([latin('INFO'), chunk(['INAM', 'Name\0']), chunk(['IGNR', 'Rain\0'])])];
const NEVER = /incomplete/;

/** @param declared what `data` says of its length @param form what the file says of its own */
function wavOf(declared: number, form: number | null = null, chunks: Chunk[] = [FMT]): Buffer {
  const bytes = riff([...chunks, ['data', SOUND]]);
  bytes.writeUInt32LE(declared, bytes.length - SOUND.length - 4);
  if (form !== null) bytes.writeUInt32LE(form, 4);
  return bytes;
}

/** A chunk of odd length as it stands without the byte that makes it even. */
function unpadded(id: string, content: Uint8Array | string, bigEndian = false): Buffer {
  return chunk([id, content], bigEndian).subarray(0, -1);
}

function form(kind: string, type: string, ...pieces: Uint8Array[]): Buffer {
  const body = Buffer.concat([latin(type), ...pieces]);
  const size = Buffer.alloc(4);
  if (kind === 'FORM') size.writeUInt32BE(body.length);
  else size.writeUInt32LE(body.length);
  return Buffer.concat([latin(kind), size, body]);
}

function rf64(kind: string, riffSize: bigint, dataSize: bigint, declared = 0xffffffff): Buffer {
  const ds64 = Buffer.alloc(28);
  ds64.writeBigUInt64LE(riffSize, 0);
  ds64.writeBigUInt64LE(dataSize, 8);
  const bytes = riff([['ds64', ds64], FMT, ['data', SOUND]], 0xffffffff, kind);
  bytes.writeUInt32LE(declared, bytes.length - SOUND.length - 4);
  return bytes;
}

/** Chunks with the sound, whose length nobody wrote down, or more than one of them. */
export const UNFINISHED: readonly Shape[] = [
  ...[0, 0xffffffff, 0xffffffd8, 0xffffff00, 0x7ffff000, 0x7fffffff, 0x7fffffdb, 0x80000000, 0x80000024].flatMap(
    (declared): Shape[] =>
      [null, 0, 0xffffffff, declared].map((whole) => ({
        name: `WAVE, data ${declared.toString(16)}, file ${whole?.toString(16) ?? 'right'}`,
        ending: '.wav',
        bytes: wavOf(declared, whole),
        refused: NEVER,
      })),
  ),
  { name: 'WAVE with more said than there is', ending: '.wav', bytes: wavOf(SOUND.length + 500), refused: NEVER },
  {
    name: 'WAVE with an empty first data',
    ending: '.wav',
    bytes: riff([FMT, ['data', ''], ['data', SOUND]]),
    refused: NEVER,
  },
  {
    name: 'WAVE with two data',
    ending: '.wav',
    bytes: riff([FMT, ['data', SOUND], ['data', samples(600, 5)]]),
    refused: /several audio data chunks/,
  },
  {
    name: 'WAVE with an empty data and tags behind it',
    ending: '.wav',
    bytes: riff([FMT, ['data', ''], INFO]),
    refused: NEVER,
  },
  {
    name: 'WAVE whose header was last written in the middle of the recording',
    ending: '.wav',
    bytes: Buffer.concat([riff([FMT, ['data', SOUND]]), samples(3000, 7)]),
    refused: NEVER,
  },
  {
    name: 'WAVE whose own length counts samples that data does not',
    ending: '.wav',
    bytes: form('RIFF', 'WAVE', chunk(FMT), chunk(['data', SOUND]), samples(3000, 7)),
    refused: NEVER,
  },
  {
    name: 'WAVE with something before data that is no chunk',
    ending: '.wav',
    bytes: form('RIFF', 'WAVE', chunk(FMT), Buffer.alloc(64, 0x81), chunk(['data', SOUND])),
    refused: /before the audio data/,
  },
  ...['RF64', 'BW64'].flatMap((kind): Shape[] => [
    { name: `${kind} of zeros`, ending: '.wav', bytes: rf64(kind, 0n, 0n), refused: NEVER },
    { name: `${kind} of ones`, ending: '.wav', bytes: rf64(kind, 2n ** 64n - 1n, 2n ** 64n - 1n), refused: NEVER },
    { name: `${kind} longer than it is`, ending: '.wav', bytes: rf64(kind, 9000n, 8000n), refused: NEVER },
    { name: `${kind} with data of 0`, ending: '.wav', bytes: rf64(kind, 4080n, 4000n, 0), refused: NEVER },
    { name: `${kind} at odds`, ending: '.wav', bytes: rf64(kind, 4080n, 3000n, 4000), refused: /contradictory sizes/ },
    {
      name: `${kind} without ds64`,
      ending: '.wav',
      bytes: riff([FMT, ['data', SOUND]], 0xffffffff, kind),
      refused: /64-bit sizes are missing/,
    },
  ]),
  ...[0, 8, 0x7f000000, 0x7ffff000, 0xffffffff].map((declared): Shape => {
    const bytes = aiffFile([COMM(), ['SSND', Buffer.concat([Buffer.alloc(8), SOUND])]]);
    bytes.writeUInt32BE(declared, bytes.indexOf('SSND') + 4);
    return { name: `AIFF, SSND ${declared.toString(16)}`, ending: '.aiff', bytes, refused: NEVER };
  }),
];

function COMM(): Chunk {
  return ['COMM', Buffer.from('0001000007d00010400bfa00000000000000', 'hex')];
}
const SSND: Chunk = ['SSND', Buffer.concat([Buffer.alloc(8), SOUND])];
const ODD_SSND = Buffer.concat([Buffer.alloc(8), ODD]);

const title = (version: 2 | 3 | 4, value = 'Theirs'): HandMadeFrame => ({ id: version === 2 ? 'TT2' : 'TIT2', body: text(value) }); // prettier-ignore
const genre = (version: 2 | 3 | 4, body: Buffer): HandMadeFrame => ({ id: version === 2 ? 'TCO' : 'TCON', body });

/** Genres as programs have written them, and what one reader makes of them and another does not. */
const GENRES: [string, Buffer][] = [
  ['a number', text('(17)')],
  ['a number and its name', text('(17)Rock')],
  ['two numbers', text('(31)(4)')],
  ['numbers and a refinement', text('(4)(31)Eurodisco')],
  ['a bare number', text('17')],
  ['a number that nobody knows', text('(255)')],
  ['remix', text('(RX)(CR)Trance')],
  ['with slashes', text('Rock/Pop/Jazz+Funk')],
  ['with zeros', text('Rock\0Pop\0(17)')],
  ['with semicolons', text('Rock; Pop')],
  ['a bracket', text('((odd) one')],
  ['a bracket inside', text('Rock (live)')],
  ['in UTF-16', utf16('Röck/Pöp')],
  ['empty', text('')],
  ['spaces around', text(' Rock ')],
];

const TAGS: [string, HandMadeTag][] = [
  ...([2, 3, 4] as const).flatMap((version) =>
    GENRES.map(([name, body]): [string, HandMadeTag] => [
      `ID3v2.${version}, genre ${name}`,
      { version, frames: [title(version), genre(version, body)], padding: 20 },
    ]),
  ),
  ['ID3v2.4 in UTF-8 with zeros', { version: 4, frames: [title(4), genre(4, utf8('Röck\0Pöp\0'))] }],
  ['ID3v2.2 with everything', { version: 2, frames: [title(2), { id: 'TT1', body: text('set one') }, { id: 'COM', body: latin('\0eng\0theirs') }, { id: 'COM', body: latin('\0engiTunNORM\0 0000') }, { id: 'TXX', body: text('MOOD\0calm') }] }], // prettier-ignore
  ['ID3v2.3 with ids of 2.2', { version: 3, frames: [title(3), { id: 'TCO ', body: text('Rock') }, { id: 'COM\0', body: latin('\0eng\0x') }] }], // prettier-ignore
  ['ID3v2.4 with plain sizes', { version: 4, plainSizes: true, frames: [title(4, 'x'.repeat(200)), genre(4, text('Rock')), { id: 'TXXX', body: text(`DESCRIPTION\0${'y'.repeat(300)}`) }] }], // prettier-ignore
  ['ID3v2.4 with two genre frames', { version: 4, frames: [genre(4, text('Rock')), genre(4, text('Pop'))] }],
  ['ID3v2.3 with names in other cases', { version: 3, frames: [{ id: 'TXXX', body: text('Mood\0calm') }, { id: 'TXXX', body: text('keywords\0a, b') }] }], // prettier-ignore
  ['ID3v2.4 without padding, a long frame last', { version: 4, frames: [genre(4, text('Rock')), title(4, 'z'.repeat(400))] }], // prettier-ignore
];

/** Every n-th: what a tag stands in makes little difference. */
function few<T>(all: readonly T[], n: number): T[] {
  return all.filter((_, at) => at % n === 0);
}

/** What is to be written to the end. */
export const WRITABLE: readonly Shape[] = [
  { name: 'recorder: odd end, no pad byte', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(U8), unpadded('data', ODD)) }, // prettier-ignore
  { name: 'recorder: odd end, iXML before', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(bext('')), chunk(U8), chunk(['iXML', '<BWFXML><SCENE>1</SCENE></BWFXML>']), unpadded('data', ODD)) }, // prettier-ignore
  { name: 'odd last chunk, no pad byte', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(FMT), chunk(['data', SOUND]), unpadded('junk', 'abc')) }, // prettier-ignore
  { name: 'odd data in the middle, no pad byte', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(U8), unpadded('data', ODD), chunk(INFO)) }, // prettier-ignore
  { name: 'odd chunk before data, no pad byte', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(FMT), unpadded('note', 'abc'), chunk(['data', SOUND]), chunk(INFO)) }, // prettier-ignore
  { name: 'odd iXML before data, no pad byte', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(FMT), unpadded('iXML', '<BWFXML><SCENE>12</SCENE></BWFXML>x'.slice(0, 35).replace('x', ' ')), chunk(['data', SOUND])) }, // prettier-ignore
  { name: 'odd LIST at the end, no pad byte', ending: '.wav', bytes: form('RIFF', 'WAVE', chunk(FMT), chunk(['data', SOUND]), unpadded('LIST', Buffer.concat([latin('INFO'), unpadded('INAM', 'abc')]))) }, // prettier-ignore
  { name: 'iXML of an empty root', ending: '.wav', bytes: riff([FMT, ['iXML', '<BWFXML/>'], ['data', SOUND]]) },
  { name: 'file size without the pad byte', ending: '.wav', bytes: riff([U8, ['data', ODD]], 4 + 24 + 8 + ODD.length) },
  { name: 'zeros behind the data', ending: '.wav', bytes: Buffer.concat([riff([FMT, ['data', SOUND]]), Buffer.alloc(1000)]) }, // prettier-ignore
  { name: 'an ID3v1 tag behind the data', ending: '.wav', bytes: Buffer.concat([riff([FMT, ['data', SOUND]]), id3v1('Theirs')]) }, // prettier-ignore
  { name: 'LIST behind the end by the header', ending: '.wav', bytes: Buffer.concat([riff([FMT, ['data', SOUND]]), chunk(INFO)]) }, // prettier-ignore
  ...['id3 ', 'ID3 '].flatMap((id): Shape[] => [
    { name: `WAVE, empty ${id}`, ending: '.wav', bytes: riff([FMT, ['data', SOUND], [id, '']]) },
    { name: `WAVE, ${id} of zeros`, ending: '.wav', bytes: riff([FMT, [id, Buffer.alloc(64)], ['data', SOUND]]) },
    { name: `AIFF, empty ${id}`, ending: '.aiff', bytes: aiffFile([COMM(), [id, ''], SSND]) },
    { name: `AIFF, two empty ${id}`, ending: '.aiff', bytes: aiffFile([COMM(), [id, ''], SSND, [id, '']]) },
    { name: `AIFF, NAME and a tag in ${id}`, ending: '.aiff', bytes: aiffFile([COMM(), ['NAME', 'Theirs'], SSND, [id, tagBytes({ version: 3, frames: [title(3)] })]]) }, // prettier-ignore
    { name: `AIFF, empty ${id} and a tag`, ending: '.aiff', bytes: aiffFile([COMM(), [id, ''], SSND, ['ID3 ', tagBytes({ version: 3, frames: [title(3)] })]]) }, // prettier-ignore
  ]),
  { name: 'AIFF, odd end, no pad byte', ending: '.aiff', bytes: form('FORM', 'AIFF', chunk(COMM(), true), unpadded('SSND', ODD_SSND, true)) }, // prettier-ignore
  { name: 'AIFF, odd in the middle, no pad byte', ending: '.aiff', bytes: form('FORM', 'AIFF', chunk(COMM(), true), unpadded('SSND', ODD_SSND, true), chunk(['NAME', 'Theirs'], true)) }, // prettier-ignore
  { name: 'AIFF, odd NAME, no pad byte', ending: '.aiff', bytes: form('FORM', 'AIFF', chunk(COMM(), true), unpadded('NAME', 'abc', true), chunk(SSND, true)) }, // prettier-ignore
  ...TAGS.map(([name, tag]): Shape => ({ name: `AIFF, ${name}`, ending: '.aiff', bytes: aiffFile([COMM(), SSND, ['ID3 ', tagBytes(tag)]]) })), // prettier-ignore
  ...few(TAGS, 4).map(([name, tag]): Shape => ({ name: `WAVE, ${name}`, ending: '.wav', bytes: riff([FMT, ['data', SOUND], ['id3 ', tagBytes(tag)]]) })), // prettier-ignore
];

/** @param mp3 without any tag */
export function mp3Shapes(mp3: Buffer): Shape[] {
  const at = (name: string, ...pieces: Uint8Array[]): Shape => ({ name, ending: '.mp3', bytes: Buffer.concat(pieces) });
  return [
    ...few(TAGS, 5).map(([name, tag]) => at(`MP3, ${name}`, tagBytes(tag), mp3)),
    at('MP3, bare', mp3),
    at('MP3, ID3v1', mp3, id3v1('Theirs')),
    at('MP3, ID3v2 and ID3v1', tagBytes({ version: 3, frames: [title(3)] }), mp3, id3v1('Theirs')),
    at('MP3, zeros in front', Buffer.alloc(700), mp3),
  ];
}

function id3v1(name: string): Buffer {
  const tag = Buffer.alloc(128);
  tag.write(`TAG${name}`, 'latin1');
  tag[127] = 17;
  return tag;
}
