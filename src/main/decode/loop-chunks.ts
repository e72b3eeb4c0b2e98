/**
 * What WAVE files of loops and of samplers say in binary chunks: `acid` (Sonic Foundry's, as libsndfile and Reaper read
 * it) and `smpl` (Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1994 supplement).
 */
import { noteName } from '../../shared/music.ts';

interface LoopTag {
  /** `acid:Tempo`, `acid:RootNote`, `acid:Kind`, `smpl:UnityNote` */
  nativeId: string;
  value: string;
}

const ACID_BYTES = 24;
const ONE_SHOT = 0x01;
const ROOT_IS_SET = 0x02;
const STRETCHED = 0x04;
const SMPL_BYTES = 36;
/** Middle C is what programs write that do not know: it says nothing. */
const DEFAULT_NOTE = 60;
const HIGHEST_NOTE = 127;

/** Flags, root note, two unknown values, beats, meter, tempo; little-endian. @returns none for a damaged chunk */
export function readAcid(acid: Buffer): LoopTag[] {
  if (acid.length < ACID_BYTES) return [];
  const flags = acid.readUInt32LE(0);
  const root = acid.readUInt16LE(4);
  const beats = acid.readUInt32LE(12);
  const tempo = acid.readFloatLE(20);
  const isOneShot = (flags & ONE_SHOT) !== 0;
  const tags: LoopTag[] = [];
  if (!isOneShot && tempo > 0 && tempo < 1000) tags.push({ nativeId: 'acid:Tempo', value: String(Number(tempo.toFixed(3))) }); // prettier-ignore
  if ((flags & ROOT_IS_SET) !== 0 && root > 0 && root <= HIGHEST_NOTE) tags.push({ nativeId: 'acid:RootNote', value: noteName(root) }); // prettier-ignore
  if (isOneShot) tags.push({ nativeId: 'acid:Kind', value: 'one-shot' });
  else if ((flags & STRETCHED) !== 0 && beats > 0) tags.push({ nativeId: 'acid:Kind', value: 'loop' });
  return tags;
}

/** Manufacturer, product, sample period, unity note and its fraction, …; little-endian. */
export function readSmpl(smpl: Buffer): LoopTag[] {
  if (smpl.length < SMPL_BYTES) return [];
  const note = smpl.readUInt32LE(12);
  if (note === DEFAULT_NOTE || note === 0 || note > HIGHEST_NOTE) return [];
  return [{ nativeId: 'smpl:UnityNote', value: noteName(note) }];
}
