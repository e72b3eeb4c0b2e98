/** Formats that can be written, by what the content of a file is (decode/sniff.ts), never by its name. */
import type { AudioFormat } from '../../shared/types.ts';
import type { Container } from './container.ts';
import { caf } from './caf/caf.ts';
import { flac } from './flac/flac.ts';
import { mp3 } from './id3/mp3.ts';
import { mp4 } from './mp4/mp4.ts';
import { ogg } from './ogg/ogg.ts';
import { aiff } from './riff/aiff.ts';
import { wave } from './riff/wave.ts';

const CONTAINERS: readonly Container[] = [wave, aiff, mp3, flac, ogg, mp4, caf];

/** @returns null when there is no way to write tags into this format */
export function containerOf(format: AudioFormat): Container | null {
  return CONTAINERS.find(({ formats }) => formats.includes(format)) ?? null;
}
