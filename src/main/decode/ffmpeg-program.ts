import type { AudioLibrary } from './audio-source.ts';
export function loadFfmpegProgram(): Promise<AudioLibrary> {
  return Promise.reject(new Error('none'));
}
