/** ID3v2 tags made by hand, byte by byte, so that the code under test has no part in them. */

export interface HandMadeFrame {
  id: string;
  body: Uint8Array;
  /** Both flag bytes; not in 2.2. */
  flags?: number;
}

export interface HandMadeTag {
  version: 2 | 3 | 4;
  frames: HandMadeFrame[];
  padding?: number;
  flags?: number;
  /** Behind the header, before the frames. */
  extended?: Uint8Array;
  /** Behind the frames, in place of padding. */
  tail?: Uint8Array;
  /** 2.4 with sizes as in 2.3. */
  plainSizes?: boolean;
  footer?: boolean;
}

export function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Body of a text frame in Latin-1. */
export function text(value: string): Buffer {
  return latin(`\0${value}`);
}

export function utf16(value: string): Buffer {
  return Buffer.concat([latin('\x01\xff\xfe'), Buffer.from(value, 'utf16le')]);
}

export function utf8(value: string): Buffer {
  return Buffer.concat([latin('\x03'), Buffer.from(value, 'utf8')]);
}

export function syncsafe(value: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (value >> shift) & 0x7f));
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function frameBytes(tag: Pick<HandMadeTag, 'version' | 'plainSizes'>, frame: HandMadeFrame): Buffer {
  const { id, body, flags = 0 } = frame;
  if (tag.version === 2) return Buffer.concat([latin(id), uint32(body.length).subarray(1), body]);
  const size = tag.version === 4 && tag.plainSizes !== true ? syncsafe(body.length) : uint32(body.length);
  return Buffer.concat([latin(id), size, Buffer.from([flags >> 8, flags & 0xff]), body]);
}

/** As ID3v2 asks for it: a zero behind each $FF that something dangerous follows. */
export function unsynchronised(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  for (const [at, byte] of bytes.entries()) {
    out.push(byte);
    const next = bytes[at + 1] ?? 0xff;
    if (byte === 0xff && (next >= 0xe0 || next === 0)) out.push(0);
  }
  return Buffer.from(out);
}

export function tagBytes(tag: HandMadeTag): Buffer {
  const flags = (tag.flags ?? 0) | (tag.extended ? 0x40 : 0) | (tag.footer === true ? 0x10 : 0);
  const content = Buffer.concat([
    tag.extended ?? Buffer.alloc(0),
    ...tag.frames.map((frame) => frameBytes(tag, frame)),
    tag.tail ?? Buffer.alloc(tag.padding ?? 0),
  ]);
  const body = (flags & 0x80) !== 0 && tag.version < 4 ? unsynchronised(content) : content;
  const header = (id: string) =>
    Buffer.concat([latin(id), Buffer.from([tag.version, 0, flags]), syncsafe(body.length)]);
  return Buffer.concat([header('ID3'), body, ...(tag.footer === true ? [header('3DI')] : [])]);
}

/** A picture whose bytes look like frames, padding and synchronisation. */
export const PICTURE = Buffer.concat([
  latin('\0image/png\0\x03\0\x89PNG'),
  Buffer.from([0xff, 0xfb, 0x90, 0x00, 0xff, 0xe0, 0xff, 0x00, 0x00, 0xff]),
  latin('TCON\0\0\0\x05'),
  Buffer.alloc(3000, 0xa5),
]);

/** Frames that are no business of ours. Among them ones that are wrong. */
export const FOREIGN_FRAMES: readonly HandMadeFrame[] = [
  { id: 'APIC', body: PICTURE },
  { id: 'PRIV', body: latin('WM/UniqueFileIdentifier\0\x01\x02\xff\xfe') },
  { id: 'GEOB', body: latin('\0application/octet-stream\0Serato Overview\0\0\x01\x05\0\0\xff') },
  { id: 'UFID', body: latin('http://musicbrainz.org\x00abc') },
  { id: 'TXXX', body: text('replaygain_track_gain\0-3.2 dB') },
  { id: 'COMM', body: latin('\0engiTunNORM\0 00000A1B') },
  { id: 'TPE1', body: latin('\x00caf\xe9 \xff\xfe\0with a zero') },
  { id: 'TCOM', body: latin('\x07no such encoding') },
  { id: 'XSOP', body: Buffer.alloc(0) },
  { id: 'TSRC', body: latin('\x03\xff\xc0 no UTF-8') },
];
