/** From a synthesised take to a finished recording: level, room tone, one or two channels. */
import { highPass } from './synthesis/filters.ts';
import { pinkNoise } from './synthesis/noise.ts';
import { Random } from './synthesis/random.ts';
import { stereoReverb } from './synthesis/reverb.ts';
import { fade, mix, normalise, peakOf, scale, trimTail, type RenderContext } from './synthesis/signal.ts';
import type { DemoFormat } from './encode.ts';

/** One file of the demo library. */
export interface DemoSound {
  /** File name with its extension. */
  readonly name: string;
  /** Folder inside the library, parts joined by '/'; '' is the library itself. */
  readonly folder: string;
  readonly format: DemoFormat;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** 16, 24, 32 (float), or null where the format has no such thing. */
  readonly bitDepth: 16 | 24 | 32 | null;
  /** What one hears, in a sentence. Not written into the file. */
  readonly description: string;
  /** FFmpeg's generic keys (title, artist, album, genre); empty for most, as in real libraries. */
  readonly tags: Readonly<Record<string, string>>;
  /** The samples: one Float32Array a channel, equally long, within −1..1; the same on every call. */
  render(): Float32Array[];
}

export type Take = (context: RenderContext) => Float32Array;

export interface Recipe {
  file: string;
  folder: string;
  take: Take;
  description: string;
  /** Default 48 000. */
  sampleRate?: number;
  /** Of wav, aiff and flac; default 16. */
  bitDepth?: 16 | 24 | 32;
  /**
   * Mono if absent. "room": one source in the middle of a room. "wide": two takes that share nothing but their kind,
   * as two microphones in the rain.
   */
  stereo?: 'room' | 'wide';
  /** Peak of the finished file, dBFS; default −3. */
  peakDb?: number;
  /** Level of the room tone, dBFS; default −66. null for sounds that never saw a microphone. */
  roomToneDb?: number | null;
  tags?: Record<string, string>;
}

/** @throws TypeError for a file name whose extension is no format of ours: a mistake in the table */
export function demoSound(recipe: Recipe): DemoSound {
  const { file, folder, take, description, sampleRate = 48_000, bitDepth = 16, stereo, tags = {} } = recipe;
  const format = formatOf(file);
  const lossless = format === 'wav' || format === 'aiff' || format === 'flac';
  return {
    name: file,
    folder,
    format,
    sampleRate,
    channels: stereo === undefined ? 1 : 2,
    bitDepth: lossless ? bitDepth : null,
    description,
    tags,
    render: () => finish(recipe, { sampleRate, random: new Random(file) }, take),
  };
}

function formatOf(file: string): DemoFormat {
  const extension = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  switch (extension) {
    case 'wav':
    case 'flac':
    case 'mp3':
    case 'ogg':
    case 'opus':
    case 'm4a':
    case 'aiff':
      return extension;
    case 'aif':
      return 'aiff';
    default:
      throw new TypeError(`no demo format for ${file}`);
  }
}

function finish({ stereo, peakDb = -3, roomToneDb = -66 }: Recipe, context: RenderContext, take: Take): Float32Array[] {
  const mono = trimTail(normalise(take(context)), 0.0015);
  const channels = spread(mono, stereo, context, take);
  const finished = channels.map((channel, index) => {
    // Microphones pass no direct current, and some of the takes have a little.
    const quiet = fade(context, highPass(context, channel, 20), 0.002, 0.01);
    if (roomToneDb === null) return quiet;
    // Room tone has its own seed, so that changing it leaves the take alone.
    const own = { ...context, random: context.random.fork(`room tone ${index}`) };
    const tone = highPass(own, pinkNoise(own, channel.length / context.sampleRate), 60);
    return mix(quiet, [tone.subarray(0, channel.length), 4 * 10 ** ((roomToneDb - peakDb) / 20)]);
  });
  const gain = 10 ** (peakDb / 20) / Math.max(...finished.map(peakOf));
  return finished.map((channel) => scale(channel, gain));
}

function spread(mono: Float32Array, stereo: Recipe['stereo'], context: RenderContext, take: Take): Float32Array[] {
  switch (stereo) {
    case undefined:
      return [mono];
    case 'room':
      return stereoReverb(context, mono, { t60: 0.35, wet: 0.12 });
    case 'wide': {
      const other = trimTail(normalise(take({ ...context, random: context.random.fork('second microphone') })), 0.0015);
      const length = Math.min(mono.length, other.length);
      // A little of each in the other, as air lets through.
      return [
        mix([mono.slice(0, length), 0.9], [other.slice(0, length), 0.25]),
        mix([mono.slice(0, length), 0.25], [other.slice(0, length), 0.9]),
      ];
    }
  }
}
