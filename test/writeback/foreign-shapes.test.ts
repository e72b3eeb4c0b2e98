/** Every file of other programs' shapes is written whole, or refused with the sentence that is true of it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeAudioFile } from '../../src/demo/encode.ts';
import { noise } from '../decode/make-audio.ts';
import { mp3Shapes, UNFINISHED, WRITABLE, type Shape } from './foreign-shapes.ts';
import { WholeWay } from './whole-way.ts';

const way = new WholeWay();
afterAll(() => way.remove());

describe('unfinished files, and files without audio', () => {
  test.each(UNFINISHED)('$name', async ({ bytes, ending, refused }) => {
    const outcome = await way.take(bytes, ending);
    expect(outcome.refused).toMatch(refused!);
    expect(outcome.written).toBe(0);
  });
});

describe('chunks', () => {
  test.each(WRITABLE)('$name', async ({ bytes, ending }) => {
    expect(await way.take(bytes, ending)).toEqual({ written: 3, refused: '' });
  });

  // Music puts two chunks at the end at once.
  test.each(WRITABLE.filter(({ name }) => /pad byte|empty/.test(name)))(
    '$name, music first',
    async ({ bytes, ending }) => {
      expect(await way.take(bytes, ending, { first: 1 })).toEqual({ written: 3, refused: '' });
    },
  );
});

describe('frames', () => {
  let shapes: Shape[];
  beforeAll(async () => {
    const path = way.path('.mp3');
    const options = { format: 'mp3', sampleRate: 44_100, bitDepth: null, tags: {} } as const;
    await encodeAudioFile(path, [noise(0.5, 44_100)], options);
    const bytes = readFileSync(path);
    shapes = mp3Shapes(bytes.toString('latin1', 0, 3) === 'ID3' ? bytes.subarray(10 + bytes.readUInt8(9) + 128 * bytes.readUInt8(8)) : bytes); // prettier-ignore
  });
  test('MP3 with tags of all kinds', async () => {
    for (const { name, bytes, ending } of shapes) {
      expect(await way.take(bytes, ending).catch(named(name)), name).toEqual({ written: 3, refused: '' });
    }
  });
});

function named(name: string) {
  return (error: unknown) => {
    throw new Error(name, { cause: error });
  };
}
