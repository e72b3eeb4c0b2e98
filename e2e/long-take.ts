/** A long field recording of the demo library's garden, in which a dog barks at one place only. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { DEMO_SOUNDS, GARDEN_BARKS, LONG_DEMO_SOUND } from '../src/demo/library.ts';
import { wavHead } from '../test/kit/wav.ts';

/** The parts of the garden before the barks and behind them, s. */
const BEFORE_SECONDS = 44;
const BEHIND_SECONDS = 52;
/** Of the take: half of the garden's. */
const SAMPLE_RATE = 22_050;

export interface LongTake {
  sampleRate: number;
  /** Where the dog barks, s. */
  startSeconds: number;
  endSeconds: number;
}

/**
 * Writes it as WAV, 16 bit, mono. What is around the barks goes forwards and backwards by turns, so nothing clicks.
 * @param path absolute; replaced @param seconds at least so long @param barksAt after about so much of it, s
 */
export function writeLongTake(path: string, seconds: number, barksAt: number): LongTake {
  const [garden] = DEMO_SOUNDS.find(({ name }) => name === LONG_DEMO_SOUND)!.render();
  const bytes = Buffer.alloc(2 * Math.floor(garden!.length / 2));
  for (let at = 0; 2 * at < bytes.length; at++) {
    bytes.writeInt16LE(Math.round((32_767 * (garden![2 * at]! + garden![2 * at + 1]!)) / 2), 2 * at);
  }
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const before = samples.subarray(0, BEFORE_SECONDS * SAMPLE_RATE);
  const behind = samples.subarray(BEHIND_SECONDS * SAMPLE_RATE);
  const turnsBefore = Math.round(barksAt / BEFORE_SECONDS / 2);
  const startSeconds = 2 * turnsBefore * BEFORE_SECONDS + GARDEN_BARKS.startSeconds;
  const behindSeconds = behind.length / SAMPLE_RATE;
  const rest = seconds - 2 * turnsBefore * BEFORE_SECONDS - samples.length / SAMPLE_RATE;
  const turnsBehind = Math.max(0, Math.ceil(rest / behindSeconds / 2));
  const blocks = [
    ...Array.from({ length: turnsBefore }, () => [before, before.toReversed()]).flat(),
    samples,
    ...Array.from({ length: turnsBehind }, () => [behind.toReversed(), behind]).flat(),
  ];
  const file = openSync(path, 'w');
  try {
    const dataBytes = blocks.reduce((sum, { length }) => sum + 2 * length, 0);
    writeSync(file, wavHead(1, dataBytes, { sampleRate: SAMPLE_RATE }));
    for (const block of blocks) writeSync(file, new Uint8Array(block.buffer, block.byteOffset, block.byteLength));
  } finally {
    closeSync(file);
  }
  const length = GARDEN_BARKS.endSeconds - GARDEN_BARKS.startSeconds;
  return { sampleRate: SAMPLE_RATE, startSeconds, endSeconds: startSeconds + length };
}
