/** FFmpeg's own program as the yardstick for decoding: the same file to mono at the same rate, and nothing else. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { timed } from './measure.ts';
import { cpuSecondsOfOne } from './processes.ts';

/** Audio seconds per second: by the clock, and per second of CPU time (NaN where that cannot be read). */
export interface Speed {
  wall: number;
  cpu: number;
}

/** @returns null when there is no `ffmpeg` on PATH */
export function ffmpegVersion(): string | null {
  const { status, stdout } = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' });
  return status === 0 ? (/^ffmpeg version (\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? 'of unknown version') : null;
}

/**
 * @param seconds of audio in all files together
 * @param sampleRate what they are resampled to, Hz
 * @throws Error when ffmpeg cannot read one of them
 */
export async function decodeWithFfmpeg(paths: readonly string[], seconds: number, sampleRate: number): Promise<Speed> {
  const before = cpuOfChildrenThatEnded();
  const { ms } = await timed(async () => {
    for (const path of paths) {
      const to = ['-threads', '1', '-ac', '1', '-ar', String(sampleRate), '-c:a', 'pcm_f32le', '-f', 'null', '-'];
      const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-threads', '1', '-i', path, ...to], {
        stdio: 'ignore',
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`ffmpeg ended with ${code} at ${path}`);
    }
  });
  return { wall: (1000 * seconds) / ms, cpu: seconds / (cpuOfChildrenThatEnded() - before) };
}

/** What is left of this process's time when its own is taken off, s. */
function cpuOfChildrenThatEnded(): number {
  const { user, system } = process.cpuUsage();
  return cpuSecondsOfOne(process.pid) - (user + system) / 1e6;
}
