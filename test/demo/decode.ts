/** Decoding for the tests, by FFmpeg itself and not by code of ours. */
import { Decoder, Demuxer } from 'node-av/api';

export interface Decoded {
  sampleRate: number;
  /** One array a channel, −1..1. */
  channels: Float32Array[];
  metadata: Record<string, string>;
}

/** Bytes a sample and how one is read, by FFmpeg's sample format number. */
const READERS: Record<number, { bytes: number; planar: boolean; read: (plane: Buffer, at: number) => number }> = {
  1: { bytes: 2, planar: false, read: (plane, at) => plane.readInt16LE(at) / 2 ** 15 },
  2: { bytes: 4, planar: false, read: (plane, at) => plane.readInt32LE(at) / 2 ** 31 },
  3: { bytes: 4, planar: false, read: (plane, at) => plane.readFloatLE(at) },
  6: { bytes: 2, planar: true, read: (plane, at) => plane.readInt16LE(at) / 2 ** 15 },
  7: { bytes: 4, planar: true, read: (plane, at) => plane.readInt32LE(at) / 2 ** 31 },
  8: { bytes: 4, planar: true, read: (plane, at) => plane.readFloatLE(at) },
};

export async function decode(path: string): Promise<Decoded> {
  await using input = await Demuxer.open(path);
  const stream = input.audio();
  if (!stream) throw new Error(`${path}: no audio stream`);
  using decoder = await Decoder.create(stream);
  const parts: Float32Array[][] = [];
  let sampleRate = 0;
  for await (const frame of decoder.frames(input.packets(stream.index))) {
    if (!frame) break;
    const reader = READERS[frame.format as number];
    if (!reader || !frame.data) throw new Error(`${path}: sample format ${String(frame.format)}`);
    const { nbSamples, data } = frame;
    const count = frame.channelLayout.nbChannels;
    sampleRate = frame.sampleRate;
    const { bytes, planar, read } = reader;
    const part = Array.from({ length: count }, () => new Float32Array(nbSamples));
    for (const [c, samples] of part.entries()) {
      const plane = data[planar ? c : 0]!;
      for (let n = 0; n < nbSamples; n++) samples[n] = read(plane, (planar ? n : n * count + c) * bytes);
    }
    parts.push(part);
    frame.free();
  }
  const tags = [input.getFormatContext().metadata, stream.metadata].map((dictionary) => dictionary?.getAll() ?? {});
  const channels = (parts[0] ?? []).map((_, c) => {
    const out = new Float32Array(parts.reduce((sum, part) => sum + part[c]!.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part[c]!, at);
      at += part[c]!.length;
    }
    return out;
  });
  return { sampleRate, channels, metadata: { ...tags[1], ...tags[0] } };
}
