/** Which FFmpeg is used: the one linked through node-av, else the program on PATH. Chosen once a process. */
import { UserError } from '../../shared/errors.ts';
import type { AudioLibrary } from './audio-source.ts';
import type { DecoderBackend } from './report.ts';
import { loadLibav } from './libav-source.ts';

/** For tests and for packagers who swap FFmpeg: `node-av` or `ffmpeg`; anything else means "what is there". */
const CHOICE = 'EARMARK_DECODER';

let chosen: Promise<AudioLibrary> | null = null;

/**
 * @returns the same library for the life of the process
 * @throws UserError `engine-broken` when there is none
 */
export function chooseLibrary(): Promise<AudioLibrary> {
  chosen ??= choose(process.env[CHOICE]);
  return chosen;
}

/** What is in use, for the doctor. Loads it: call it in a decoder process. */
export async function decoderBackend(): Promise<DecoderBackend> {
  try {
    return { ok: true, message: (await chooseLibrary()).name };
  } catch (error) {
    return { ok: false, message: error instanceof UserError ? error.userMessage : String(error) };
  }
}

async function choose(wanted: string | undefined): Promise<AudioLibrary> {
  const reasons: unknown[] = [];
  if (wanted !== 'ffmpeg') {
    try {
      return await loadLibav();
    } catch (error) {
      reasons.push(error);
    }
  }
  if (wanted !== 'node-av') {
    try {
      // Almost never needed, and half of what a decoder process would load at its start.
      const { loadFfmpegProgram } = await import('./ffmpeg-program.ts');
      return await loadFfmpegProgram();
    } catch (error) {
      reasons.push(error);
    }
  }
  throw new UserError(
    'engine-broken',
    'No decoder could be started. Run “npm ci” again, or put ffmpeg and ffprobe on the PATH.',
    new AggregateError(reasons, reasons.map(String).join('; ')),
  );
}
