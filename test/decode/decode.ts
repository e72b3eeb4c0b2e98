/** Decodes one file in this process, by either back end. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { UserError } from '../../src/shared/errors.ts';
import type { AudioLibrary } from '../../src/main/decode/audio-source.ts';
import { decodeFile } from '../../src/main/decode/decode-file.ts';
import { loadFfmpegProgram } from '../../src/main/decode/ffmpeg-program.ts';
import { loadLibav } from '../../src/main/decode/libav-source.ts';
import type { PcmWindow } from '../../src/main/process/pcm-wire.ts';
import { MemorySink, type PcmSink } from '../../src/main/decode/pcm-sink.ts';
import type { DecodeReport, WindowPlan } from '../../src/main/decode/report.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

export const PLAN: WindowPlan = { sampleRate: 32_000, windowSeconds: 5, hopSeconds: 5, maxWindows: 7200 };
export const libav = await loadLibav();
export const still = () => Promise.resolve();

/** null when there is no ffmpeg on PATH; says so. */
export async function ffmpegOnPath(): Promise<AudioLibrary | null> {
  try {
    execFileSync('ffprobe', ['-version'], { stdio: 'ignore' });
  } catch {
    process.stdout.write('skipped: there is no ffmpeg on PATH, so the second back end is not tested\n');
    return null;
  }
  return loadFfmpegProgram();
}

/** A folder that goes away with the test file. */
export function testFolder(): (name: string) => string {
  const folder = temporaryFolder('decode');
  return (name) => join(folder, name);
}

export interface Decoded {
  report: DecodeReport;
  windows: PcmWindow[];
}

/** @throws what decoding throws; Error when the file is no audio */
export async function decode(
  path: string,
  plan: Partial<WindowPlan> = {},
  library: AudioLibrary = libav,
): Promise<Decoded> {
  const sink = new MemorySink();
  const report = await decodeInto(path, sink, plan, library);
  return { report, windows: sink.windows };
}

export async function decodeInto(
  path: string,
  sink: PcmSink,
  plan: Partial<WindowPlan> = {},
  library: AudioLibrary = libav,
): Promise<DecodeReport> {
  const report = await decodeFile({ path }, 7, { ...PLAN, ...plan }, sink, { library, beat: still });
  if (report.notAudio) throw new Error(`${path} is not audio`);
  return report;
}

/** @returns the code and the sentence of the error that a file gives */
export async function failure(work: Promise<unknown>): Promise<{ code: string; sentence: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return { code: error.code, sentence: error.userMessage };
    throw error;
  }
  throw new Error('no error');
}

/** Correlation coefficient at lag 0 over the shorter of the two. */
export function correlation(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
