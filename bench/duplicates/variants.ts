/** Clips changed in the ways that make near-duplicates, by FFmpeg. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** Options between input and output, and the extension. `seconds` of the clip. */
export const CHANGES: Readonly<Record<string, { extension: string; options: (seconds: number) => string[] }>> = {
  'FLAC, 24 bits': { extension: 'flac', options: () => ['-c:a', 'flac', '-sample_fmt', 's32'] },
  'MP3, 128 kbit/s': { extension: 'mp3', options: () => ['-c:a', 'libmp3lame', '-b:a', '128k'] },
  'MP3, 64 kbit/s': { extension: 'mp3', options: () => ['-c:a', 'libmp3lame', '-b:a', '64k'] },
  'Ogg Vorbis, quality 4': { extension: 'ogg', options: () => ['-c:a', 'libvorbis', '-q:a', '4'] },
  '−20 dB': { extension: 'wav', options: () => ['-af', 'volume=-20dB'] },
  '44.1 kHz': { extension: 'wav', options: () => ['-ar', '44100'] },
  '22.05 kHz': { extension: 'wav', options: () => ['-ar', '22050'] },
  'stereo to mono': { extension: 'wav', options: () => ['-ac', '1'] },
  'a tenth cut at the start': { extension: 'wav', options: (s) => ['-af', `atrim=start=${0.1 * s + 0.0013}`] },
  'nearly half cut at the start': { extension: 'wav', options: (s) => ['-af', `atrim=start=${0.45 * s + 0.0013}`] },
  'nearly half cut at the end': { extension: 'wav', options: (s) => ['-af', `atrim=end=${0.55 * s}`] },
  'silence at both ends': { extension: 'wav', options: () => ['-af', 'adelay=731:all=1,apad=pad_dur=0.9'] },
  'MP3, −12 dB, a quarter cut at the start, 44.1 kHz': {
    extension: 'mp3',
    options: (s) => ['-af', `atrim=start=${0.25 * s + 0.0013},volume=-12dB`, '-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '128k'], // prettier-ignore
  },
};

export interface Variant {
  path: string;
  /** Of the clip it was made of. */
  clip: string;
  change: string;
}

/**
 * The clip as 48 kHz, 16 bits, two channels that differ in level and phase, and all variants of that.
 * @returns the first is the clip itself
 */
export function makeVariants(folder: string, clip: string, seconds: number): Variant[] {
  mkdirSync(folder, { recursive: true });
  const name = `${clip.split(/[\\/]/).at(-2)}-${basename(clip, extname(clip))}`;
  const original = join(folder, `${name}.wav`);
  const stereo = '[0:a]aresample=48000,pan=mono|c0=c0,asplit[l][b];[b]allpass=f=1500,volume=0.7[r];[l][r]join=inputs=2:channel_layout=stereo'; // prettier-ignore
  if (!existsSync(original)) ffmpeg(['-i', clip, '-filter_complex', stereo, '-c:a', 'pcm_s16le', original]);
  const variants = Object.entries(CHANGES).map(([change, { extension, options }], i) => ({
    change,
    clip,
    path: join(folder, `${name}-${i}.${extension}`),
    options: options(seconds),
  }));
  const missing = variants.filter(({ path }) => !existsSync(path));
  if (missing.length > 0) ffmpeg(['-i', original, ...missing.flatMap(({ options, path }) => ['-map', '0:a', ...options, path])]); // prettier-ignore
  return [{ path: original, clip, change: '' }, ...variants.map(({ path, change }) => ({ path, clip, change }))];
}

function ffmpeg(options: readonly string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...options]);
}
