/** What the benchmark asks of the child process that writes its sounds. */

/** The formats whose decoding is measured one by one. */
export const LONG_FORMATS = ['wav', 'flac', 'mp3', 'ogg'] as const;
export type LongFormat = (typeof LONG_FORMATS)[number];

// A type, not an interface: it has to fit the index signature of Methods.
export type CorpusMethods = {
  /** One sound of the demo, in its own format. */
  writeSound: { input: { index: number; path: string }; output: null };
  /** Sounds of the demo one after another, 48 kHz stereo, so many seconds. */
  writeLong: { input: { path: string; format: LongFormat; seconds: number; indices: number[] }; output: null };
};
