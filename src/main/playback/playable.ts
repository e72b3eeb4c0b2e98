/** Which files the browsers play as they are. Everything else gets a WAV copy. */
import type { AudioFormat } from '../../shared/types.ts';

/** What the catalogue knows; null before a file has been analysed. */
export interface SoundFacts {
  format: AudioFormat | null;
  /** FFmpeg's name. */
  codec: string | null;
  channels: number | null;
}

interface Playable {
  mimeType: string;
  codecs: ReadonlySet<string>;
}

/**
 * Container → what may be in it. Left out on purpose: 64-bit and big-endian PCM, ADPCM and MP3 in WAV, MP2, Speex in
 * Ogg, ALAC and AC-3 in MP4: some browser does not play them.
 */
const PLAYABLE: Partial<Record<AudioFormat, Playable>> = {
  wav: { mimeType: 'audio/wav', codecs: new Set(['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_s32le', 'pcm_f32le']) },
  mp3: { mimeType: 'audio/mpeg', codecs: new Set(['mp3', 'mp3float']) },
  flac: { mimeType: 'audio/flac', codecs: new Set(['flac']) },
  ogg: { mimeType: 'audio/ogg', codecs: new Set(['vorbis', 'flac']) },
  opus: { mimeType: 'audio/ogg; codecs=opus', codecs: new Set(['opus']) },
  m4a: { mimeType: 'audio/mp4', codecs: new Set(['aac', 'mp3', 'mp3float']) },
  aac: { mimeType: 'audio/aac', codecs: new Set(['aac']) },
};

/**
 * @returns the type to send the file itself with; null when it has to be decoded. More than two channels are always
 *   decoded: browsers differ in whether and how they fold them.
 */
export function playableType({ format, codec, channels }: SoundFacts): string | null {
  const playable = format === null ? undefined : PLAYABLE[format];
  if (!playable || codec === null || channels === null || channels > 2) return null;
  return playable.codecs.has(codec) ? playable.mimeType : null;
}
