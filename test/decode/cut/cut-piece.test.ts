/** Pieces of files: sample by sample what the source has there, and what they say about themselves. */
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { cutPiece } from '../../../src/main/decode/cut/cut-piece.ts';
import type { CutPiece } from '../../../src/main/decode/report.ts';
import type { AudioLibrary } from '../../../src/main/decode/audio-source.ts';
import type { PieceFormat } from '../../../src/shared/calls/cut.ts';
import { ffmpegOnPath, libav, still, testFolder } from '../decode.ts';
import { encode, noise, writeWav } from '../make-audio.ts';
import { riffChunk, type SampleFormat } from '../../kit/wav.ts';

const RATE = 44_100;
const at = testFolder();
const piecePath = at('piece');
const program = await ffmpegOnPath();
afterEach(() => rm(piecePath, { force: true }));

interface Wanted {
  startSeconds?: number;
  endSeconds?: number | null;
  format?: PieceFormat;
  library?: AudioLibrary;
}

async function cut(
  path: string,
  wanted: Wanted = {},
): Promise<CutPiece & { bytes: Buffer; chunks: Map<string, Buffer> }> {
  const { startSeconds = 0.3, endSeconds = 0.9, format = 'wav', library = libav } = wanted;
  await rm(piecePath, { force: true });
  const request = { path, startSeconds, endSeconds, format, piecePath, finalPath: at('named.wav') };
  const piece = await cutPiece(request, { library, beat: still });
  const bytes = readFileSync(piecePath);
  return { ...piece, bytes, chunks: format === 'wav' ? chunksOf(bytes) : new Map<string, Buffer>() };
}

function chunksOf(wav: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let position = 12; position < wav.length;) {
    const length = wav.readUInt32LE(position + 4);
    chunks.set(wav.toString('latin1', position, position + 4), wav.subarray(position + 8, position + 8 + length));
    position += 8 + length + (length % 2);
  }
  return chunks;
}

const stereo = [noise(1.5, RATE, 0.8, 1), noise(1.5, RATE, 0.8, 2)];

test.each<[SampleFormat, number]>([
  ['u8', 1],
  ['s16', 2],
  ['s24', 3],
  ['f32', 4],
  ['f64', 8],
])('a piece of a WAV of %s has its very bytes', async (samples, width) => {
  writeWav(at('source.wav'), stereo, RATE, samples);
  const source = chunksOf(readFileSync(at('source.wav')));
  // Once by the second back end, too, which starts three programs for a piece.
  for (const library of program !== null && samples === 's24' ? [libav, program] : [libav]) {
    const { startSample, endSample, chunks } = await cut(at('source.wav'), { startSeconds: 0.300_007, library });
    expect([startSample, endSample]).toEqual([13_230, 39_690]);
    expect(chunks.get('data')!.equals(source.get('data')!.subarray(startSample * 2 * width, endSample * 2 * width))).toBe(true); // prettier-ignore
    expect(chunks.get('fmt ')!.subarray(0, 16)).toEqual(source.get('fmt '));
  }
});

test('32-bit integers and six channels keep every bit, and say which channel is which', async () => {
  const data = Buffer.alloc(RATE * 6 * 4, 0x5a);
  for (let i = 0; i < data.length; i += 4) data.writeInt32LE((i * 2_654_435_761) | 0, i);
  const fmt = Buffer.alloc(40);
  for (const [position, value] of [[0, 0xfffe], [2, 6], [12, 24], [14, 32], [16, 22], [18, 32], [20, 0x3f], [24, 1]]) fmt.writeUInt16LE(value!, position); // prettier-ignore
  fmt.writeUInt32LE(RATE, 4);
  fmt.writeUInt32LE(RATE * 24, 8);
  fmt.write('000000001000800000aa00389b71', 26, 'hex');
  const body = Buffer.concat([Buffer.from('WAVE'), riffChunk('fmt ', fmt), riffChunk('data', data)]);
  writeFileSync(at('six.wav'), riffChunk('RIFF', body));
  const { chunks } = await cut(at('six.wav'), { startSeconds: 0.5, endSeconds: null });
  expect(chunks.get('data')!.equals(data.subarray((RATE / 2) * 24))).toBe(true);
  expect(chunks.get('fmt ')).toEqual(fmt);
});

test.each([
  ['flac', 'flac', 'flac'],
  ['mp3', 'mp3', 'libmp3lame'],
  ['m4a', 'ipod', 'aac'],
  ['ogg', 'ogg', 'libvorbis'],
  ['opus', 'ogg', 'libopus'],
  ['wv', 'wv', 'wavpack'],
  ['aiff', 'aiff', 'pcm_s16be'],
])('a late piece of %s is that part of the whole, to the bit', async (ending, muxer, encoder) => {
  const path = at(`source.${ending}`);
  const rate = 48_000;
  encode(path, [noise(8, rate, 0.8, 3)], rate, { muxer, encoder }); // late enough to be sought
  const whole = await cut(path, { startSeconds: 0, endSeconds: null });
  const part = await cut(path, { startSeconds: 6.25, endSeconds: 6.5 });
  const frame = part.chunks.get('fmt ')!.readUInt16LE(12);
  const expected = whole.chunks.get('data')!.subarray(6.25 * rate * frame, 6.5 * rate * frame);
  expect(expected.length).toBe(0.25 * rate * frame);
  expect(part.chunks.get('data')!.equals(expected)).toBe(true);
});

test.each<[PieceFormat, SampleFormat]>([
  ['flac', 's24'],
  ['flac', 's16'],
  ['flac', 'u8'],
])('as %s, %s samples are the same again', async (format, samples) => {
  writeWav(at('source.wav'), stereo, RATE, samples);
  const { bytes } = await cut(at('source.wav'), { format });
  writeFileSync(at('piece.flac'), bytes);
  const again = await cut(at('piece.flac'), { startSeconds: 0, endSeconds: null });
  const straight = await cut(at('source.wav'));
  const values = ({ chunks }: typeof again) => {
    const [data, width] = [chunks.get('data')!, chunks.get('fmt ')!.readUInt16LE(14) / 8];
    const one = (i: number) => (width === 1 ? (data[i]! - 128) / 128 : data.readIntLE(i * width, width) / 2 ** (8 * width - 1)); // prettier-ignore
    return Float64Array.from({ length: data.length / width }, (_, i) => one(i));
  };
  expect(values(again)).toEqual(values(straight));
});

test('as MP3, a piece at a sample rate that MP3 lacks keeps its length and its audio', async () => {
  const tone = Float32Array.from({ length: 96_000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 96_000));
  writeWav(at('high.wav'), [tone], 96_000);
  const { bytes } = await cut(at('high.wav'), { startSeconds: 0.25, endSeconds: 0.75, format: 'mp3' });
  writeFileSync(at('piece.mp3'), bytes);
  const { chunks, sampleRate } = await cut(at('piece.mp3'), { startSeconds: 0, endSeconds: null });
  expect([sampleRate, chunks.get('data')!.length]).toEqual([48_000, 24_000 * 4]);
  const middle = chunks.get('data')!.subarray(6000 * 4, 18_000 * 4);
  const samples = Float32Array.from({ length: 12_000 }, (_, i) => middle.readFloatLE(4 * i));
  const level = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  expect(level).toBeCloseTo(0.5 / Math.SQRT2, 2);
});

test('bext, iXML and INFO of the source come along; times move on, and the piece says where it comes from', async () => {
  const bext = Buffer.alloc(602 + 14);
  bext.write('Barn door', 0);
  bext.write('Mixer', 256);
  bext.write('2024-05-06', 320);
  bext.writeBigUInt64LE(2n ** 32n - 100n, 338);
  bext.writeUInt16LE(2, 346);
  bext.fill(7, 348, 422);
  bext.write('A=PCM,T=mixer\n', 602);
  const ixml = `<?xml version="1.0"?><BWFXML><NOTE>slätt</NOTE><FILE_UID>OLD</FILE_UID><SPEED><TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>0</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI><TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>${2 ** 32 - 100}</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO></SPEED></BWFXML>`;
  const info = Buffer.concat([Buffer.from('INFO'), riffChunk('IART', Buffer.from('Someone\0'))]);
  const before = [
    { id: 'bext', content: bext },
    { id: 'iXML', content: Buffer.from(ixml) },
    { id: 'LIST', content: info },
  ];
  writeWav(at('täke & <1>.wav'), stereo, RATE, 's16', { before });
  const { chunks, startSample } = await cut(at('täke & <1>.wav'));
  const piece = chunks.get('bext')!;
  expect(piece.subarray(0, 338)).toEqual(bext.subarray(0, 338));
  expect(piece.readBigUInt64LE(338)).toBe(2n ** 32n - 100n + BigInt(startSample));
  expect(piece.subarray(348, 412).every((byte) => byte === 0)).toBe(true); // another piece of material
  expect(piece.readUInt16LE(412)).toBe(0x7fff); // nobody has measured its loudness
  expect(piece.toString('latin1', 602)).toBe(
    'A=PCM,T=mixer\n\r\nA=PCM,F=44100,W=16,M=stereo,T=Earmark; Cut from take & <1>.wav; samples 13230 to 39690 (0:00.300 to 0:00.900)\r\n',
  );
  const text = chunks.get('iXML')!.toString();
  expect(text).toContain('<NOTE>slätt</NOTE>');
  expect(text).toContain(`SINCE_MIDNIGHT_LO>${startSample - 100}<`);
  expect(text).toContain('SINCE_MIDNIGHT_HI>1<');
  const history = '<PARENT_FILENAME>täke &amp; &lt;1&gt;.wav</PARENT_FILENAME><PARENT_UID>OLD</PARENT_UID>';
  expect(text).toContain(`<HISTORY>${history}</HISTORY></BWFXML>`);
  expect(text).not.toContain('<FILE_UID>OLD<');
  expect(chunks.get('LIST')).toEqual(info);
  expect([...chunks.keys()].at(-1)).toBe('data');
});

test.each([2n ** 64n - 1n, 2n ** 64n - 100n])(
  'a source that does not know its time (%s) is cut all the same',
  async (time) => {
    const bext = Buffer.alloc(602);
    bext.writeBigUInt64LE(time, 338);
    const ixml = `<BWFXML><BWF_TIME_REFERENCE_LOW>${time % 2n ** 32n}</BWF_TIME_REFERENCE_LOW><BWF_TIME_REFERENCE_HIGH>${time / 2n ** 32n}</BWF_TIME_REFERENCE_HIGH></BWFXML>`;
    const before = [
      { id: 'bext', content: bext },
      { id: 'iXML', content: Buffer.from(ixml) },
    ];
    writeWav(at('source.wav'), stereo, RATE, 's16', { before });
    const { chunks } = await cut(at('source.wav'));
    expect(chunks.get('bext')!.readBigUInt64LE(338)).toBe(2n ** 64n - 1n);
    const text = chunks.get('iXML')!.toString();
    expect(text).toContain('_LOW>4294967295<');
    expect(text).toContain('_HIGH>4294967295<');
    const { bytes } = await cut(at('source.wav'), { format: 'flac' });
    expect(bytes.includes('Cut from source.wav')).toBe(true);
    expect(bytes.toString('latin1').toLowerCase()).not.toContain('time_reference');
  },
);

test('a source without bext gives one, so that its piece can be spotted', async () => {
  encode(at('song.flac'), stereo, RATE, { muxer: 'flac', encoder: 'flac', metadata: { title: 'Rain', artist: 'Ann' } });
  const { chunks } = await cut(at('song.flac'));
  const bext = chunks.get('bext')!;
  expect([bext.toString('latin1', 0, 5), bext.toString('latin1', 256, 260)]).toEqual(['Rain\0', 'Ann\0']);
  expect(bext.readBigUInt64LE(338)).toBe(13_230n);
});

test('a range may end a little behind the file, as rounded lengths do', async () => {
  writeWav(at('source.wav'), stereo, RATE);
  const { endSample, chunks } = await cut(at('source.wav'), { endSeconds: 1.54 });
  expect(endSample).toBe(1.5 * RATE);
  expect(chunks.get('data')!.length).toBe((endSample - 13_230) * 4);
  expect(chunks.get('bext')!.toString('latin1', 602)).toContain('samples 13230 to 66150');
});

test.each([
  ['ends before it starts', { startSeconds: 0.5, endSeconds: 0.4 }, 'The range 0:00.500 to 0:00.400 is empty.'],
  ['is empty', { startSeconds: 0.5, endSeconds: 0.5 }, 'is empty. Specify an end after the start.'],
  ['ends far behind the file', { endSeconds: 3 }, '“source.wav” is too short: the range is 0:00.300 to 0:03.000.'], // prettier-ignore
  ['starts behind it', { startSeconds: 2, endSeconds: null }, 'is too short: the range starts at 0:02.000.'],
  ['starts where no file goes', { startSeconds: 4e14, endSeconds: null }, 'is too short: the range starts at '],
])('a range that %s is refused', async (_, range, sentence) => {
  writeWav(at('source.wav'), stereo, RATE);
  await expect(cut(at('source.wav'), range)).rejects.toMatchObject({
    code: 'bad-input',
    userMessage: expect.stringContaining(sentence) as string,
  });
});

test('what a format cannot hold is refused', async () => {
  const three = [...stereo, stereo[0]!];
  writeWav(at('three.wav'), three, RATE);
  await expect(cut(at('three.wav'), { format: 'mp3' })).rejects.toThrow('MP3 supports at most 2 channels');
  writeFileSync(at('notes.txt'), 'no sound');
  await expect(cut(at('notes.txt'))).rejects.toMatchObject({ code: 'not-audio' });
  if (program === null) return;
  await expect(cut(at('three.wav'), { format: 'flac', library: program })).rejects.toThrow('FLAC cannot be written');
});
