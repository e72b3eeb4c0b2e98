/** An ID3 tag in front of a format that expects none there: neither damage nor part of the sound. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tagBytes, text } from '../writeback/id3-tags.ts';
import { ffmpegOnPath, decode, testFolder } from './decode.ts';
import { encode, noise, wavBytes } from './make-audio.ts';

const at = testFolder();
const TAG = tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('Their title') }], padding: 30 });
const WAVE = wavBytes([noise(1, 48_000)], 48_000, 's16');

test.each([
  ['wav', '', ''],
  ['aiff', 'aiff', 'pcm_s16be'],
  ['w64', 'w64', 'pcm_s16le'],
  ['caf', 'caf', 'pcm_s16le'],
  ['wv', 'wv', 'wavpack'],
  ['ogg', 'ogg', 'libvorbis'],
  ['m4a', 'ipod', 'aac'],
  ['flac', 'flac', 'flac'],
])('%s', async (ending, muxer, encoder) => {
  const bare = at(`bare.${ending}`);
  if (muxer === '') writeFileSync(bare, WAVE);
  else encode(bare, [noise(1, 48_000)], 48_000, { muxer, encoder });
  const { contentId, durationSeconds, format } = (await decode(bare)).report;
  const path = at(`odd, name: 1%.${ending}`);
  writeFileSync(path, Buffer.concat([TAG, readFileSync(bare)]));
  const expected = { contentId, durationSeconds, format, warnings: [] };
  expect((await decode(path)).report).toMatchObject(expected);
  const program = ending === 'wav' ? await ffmpegOnPath() : null;
  if (program) expect((await decode(path, {}, program)).report).toMatchObject(expected);
});

test('a lost end is seen behind such a tag', async () => {
  writeFileSync(at('cut.wav'), Buffer.concat([TAG, WAVE.subarray(0, 8000)]));
  expect((await decode(at('cut.wav'))).report.warnings).toMatchObject([{ code: 'partial' }]);
});
