/** MS CLAP 2023 in a process of its own, so that its memory can be told apart: builds graphs, or runs one of them. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from '../src/main/embed/providers.ts';
import { buildAudioGraph } from '../src/main/models/families/msclap/audio-graph.ts';
import type { Precision } from '../src/main/models/networks/precision.ts';
import { AUDIO_2023, TEXT_2023, type AudioSizes, type TextSizes } from '../src/main/models/families/msclap/sizes.ts';
import { buildTextGraph } from '../src/main/models/families/msclap/text-graph.ts';
import { serveParent } from '../src/main/process/child.ts';
import { pseudoCheckpoint, tensorShapes } from '../test/models/families/msclap/pseudo-checkpoint.ts';

/** For --quick: a model of the same structure that is done in no time. */
export const SMALL_AUDIO: AudioSizes = { ...AUDIO_2023, embed: 32, depths: [2, 2, 2, 2], heads: [1, 2, 4, 8] };
export const SMALL_TEXT: TextSizes = { ...TEXT_2023, layers: 2, width: 64, heads: 2, vocabulary: 1000 };

/** samples: float32, clip after clip. */
export type MsclapInput = { samples: Float32Array } | { ids: number[] };
export interface MsclapRun {
  ms: number;
  /** Processor time of all threads. */
  cpuMs: number;
  /** Of the first clip or text. */
  embedding: Float32Array;
  /** Of this process, so far. */
  peakBytes: number;
}

// A type, not an interface: it has to fit the index signature of Methods.
export type MsclapMethods = {
  build: {
    input: { folder: string; fileName: string; encoder: 'audio' | 'text'; precision: Precision; small: boolean };
    output: { bytes: number; peakBytes: number };
  };
  open: { input: { path: string; threads: number }; output: null };
  run: { input: MsclapInput; output: MsclapRun };
};

let opened: { session: InferenceSession; ort: typeof import('onnxruntime-node') } | null = null;

serveParent<MsclapMethods>({
  build: async ({ folder, fileName, encoder, precision, small }) => {
    const [audio, text] = small ? [SMALL_AUDIO, SMALL_TEXT] : [AUDIO_2023, TEXT_2023];
    const tensors = pseudoCheckpoint(tensorShapes(audio, text));
    const { bytes } =
      encoder === 'audio'
        ? await buildAudioGraph(tensors, folder, { fileName, precision, sizes: audio })
        : await buildTextGraph(tensors, folder, { fileName, precision, sizes: text });
    return { bytes, peakBytes: peakBytes() };
  },
  open: async ({ path, threads }) => {
    opened = await openSession(path, { provider: 'cpu', threads });
    return null;
  },
  run: async (input) => {
    if (!opened) throw new Error('the first call must be open');
    const { session, ort } = opened;
    const feeds: Record<string, Tensor> =
      'samples' in input
        ? { waveform: new ort.Tensor('float32', input.samples, [input.samples.length / AUDIO_2023.samples, AUDIO_2023.samples]) } // prettier-ignore
        : { input_ids: new ort.Tensor('int64', BigInt64Array.from(input.ids, BigInt), [1, input.ids.length]) };
    const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
    const outputs = await session.run(feeds);
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpuBefore);
    const embedding = (outputs['embedding']!.data as Float32Array).slice(0, AUDIO_2023.projection);
    return { ms, cpuMs: (user + system) / 1000, embedding, peakBytes: peakBytes() };
  },
});

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
