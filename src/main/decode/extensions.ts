/** What a file's name says it is. Content decides (sniff.ts); the name only decides how to speak about it. */
import { extname } from 'node:path';
import type { AudioFormat } from '../../shared/types.ts';

/** Audio extensions, and the containers that are no surprise under each. */
const FORMATS_BY_EXTENSION: Readonly<Record<string, readonly AudioFormat[]>> = {
  wav: ['wav', 'rf64'],
  wave: ['wav', 'rf64'],
  bwf: ['wav', 'rf64'],
  rf64: ['rf64', 'wav'],
  bw64: ['rf64', 'wav'],
  w64: ['w64'],
  aif: ['aiff'],
  aiff: ['aiff'],
  aifc: ['aiff'],
  flac: ['flac', 'ogg'],
  mp2: ['mp3'],
  mp3: ['mp3'],
  ogg: ['ogg', 'opus'],
  oga: ['ogg', 'opus'],
  spx: ['ogg'],
  opus: ['opus'],
  m4a: ['m4a'],
  m4b: ['m4a'],
  m4r: ['m4a'],
  m4p: ['m4a'],
  alac: ['m4a', 'caf'],
  aac: ['aac', 'm4a'],
  adts: ['aac'],
  wma: ['wma'],
  wv: ['wavpack'],
  caf: ['caf'],
  au: ['other'],
  snd: ['other'],
  ape: ['other'],
  tta: ['other'],
  amr: ['other'],
  awb: ['other'],
  mka: ['other'],
  weba: ['other'],
  ac3: ['other'],
  eac3: ['other'],
  dts: ['other'],
  dsf: ['other'],
  dff: ['other'],
  mpc: ['other'],
  tak: ['other'],
  voc: ['other'],
  '8svx': ['other'],
};

/** @returns the extension in lower case without its dot; the hint's when there is one */
export function extensionOf(path: string, extensionHint?: string): string {
  return (extensionHint ?? extname(path)).replace(/^\./, '').toLowerCase();
}

/** Whether the name says "sound", so that a file that is none is worth a word to its owner. */
export function claimsAudio(path: string, extensionHint?: string): boolean {
  return Object.hasOwn(FORMATS_BY_EXTENSION, extensionOf(path, extensionHint));
}

/** Whether an audio extension names another container than the one found. No opinion on other extensions. */
export function nameContradicts(path: string, format: AudioFormat, extensionHint?: string): boolean {
  return claimsAudio(path, extensionHint) && !FORMATS_BY_EXTENSION[extensionOf(path, extensionHint)]!.includes(format);
}
