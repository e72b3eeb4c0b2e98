import { expect, test } from 'vitest';
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameReader,
  MAX_FRAME_SAMPLES,
  type PcmWindow,
} from '../../src/main/process/pcm-wire.ts';

function windowOf(item: number, windowIndex: number, length: number): PcmWindow {
  const samples = Float32Array.from({ length }, (_, n) => Math.sin(item + windowIndex + n));
  return { item, windowIndex, startSeconds: windowIndex * 5, seconds: length / 32_000, samples };
}

test.each([1, 7, FRAME_HEADER_BYTES, 1000, 65_536])(
  'frames survive being cut into chunks of %i bytes, sample for sample',
  (chunkSize) => {
    const windows = [windowOf(1, 0, 3), windowOf(1, 1, 1), windowOf(2, 0, 5000)];
    const stream = Buffer.concat(windows.map(encodeFrame));
    const reader = new FrameReader();
    const read: PcmWindow[] = [];
    for (let at = 0; at < stream.length; at += chunkSize)
      read.push(...reader.push(stream.subarray(at, at + chunkSize)));
    expect(read).toEqual(windows);
  },
);

test('a stream that is not frames is refused at its first header', () => {
  expect(() => new FrameReader().push(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toThrow(RangeError);
});

test.each([0, MAX_FRAME_SAMPLES + 1])(
  'a frame of %i samples is refused before anything is allocated for it',
  (count) => {
    const frame = encodeFrame(windowOf(1, 0, 1));
    frame.writeUInt32LE(count, 12);
    expect(() => new FrameReader().push(frame)).toThrow(RangeError);
  },
);
