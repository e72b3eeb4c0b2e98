/** Two edits at one place: a list that grows right before the sound, and new iXML that comes between the two. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { wave } from '../../src/main/writeback/riff/wave.ts';
import { chunk, chunksIn, contentOf, edited, FMT, riff, type Chunk } from './riff-files.ts';

test.each([['even'], ['odd and']])('what a list gains at its end stays in it (%s length)', async (name) => {
  const comment = chunk(['ICMT', name === 'even' ? 'Made by us\0\0' : 'Made by us\0']);
  const list: Chunk = ['LIST', Buffer.concat([Buffer.from('INFO'), comment])];
  const sound = randomBytes(100);
  const { before, after, back } = await edited(wave, riff([FMT, list, ['data', sound]]), [
    { nativeId: 'iXML:USER/CATID', values: ['AIRBlow'] },
    { nativeId: 'LIST/INFO:IKEY', values: ['wind'] },
  ]);
  expect(chunksIn(after).chunks.map(([id]) => id)).toEqual(['fmt ', 'LIST', 'iXML', 'data']);
  expect(contentOf(after, 'LIST').toString('latin1')).toMatch(/^INFOICMT.+Made by us.+IKEY.+wind/s);
  expect(contentOf(after, 'data').equals(sound)).toBe(true);
  expect(back.equals(before)).toBe(true);
});
