/** One graph on one execution provider, in a process of its own: a driver that crashes costs its own rows only. */
import type { InferenceSession } from 'onnxruntime-node';
import { OUTPUT } from '../src/main/embed/graph-check.ts';
import { openOn, type Provider } from '../src/main/embed/providers.ts';
import { serveParent } from '../src/main/process/child.ts';

// A type, not an interface: it has to fit the index signature of Methods.
export type ProviderMethods = {
  /** @throws what onnxruntime throws */
  open: { input: { provider: Provider; path: string; threads: number; windowSamples: number }; output: null };
  /** @returns ms, run by run; the one that warms up is not among them */
  run: { input: { batch: number }; output: number[] };
};

/** So many runs of one batch size, or so long; at least one. */
const MOST_RUNS = 10;
const ENOUGH_MS = 3000;

let opened: { session: InferenceSession; ort: typeof import('onnxruntime-node'); windowSamples: number } | null = null;

serveParent<ProviderMethods>({
  open: async ({ provider, path, threads, windowSamples }) => {
    opened = { ...(await openOn(path, provider, threads)), windowSamples };
    return null;
  },
  run: async ({ batch }) => {
    if (!opened) throw new Error('the first call must be open');
    const { session, ort, windowSamples } = opened;
    const waveform = new ort.Tensor('float32', noise(batch * windowSamples), [batch, windowSamples]);
    const times: number[] = [];
    let spentMs = 0;
    for (let run = -1; run < 1 || (run < MOST_RUNS && spentMs < ENOUGH_MS); run++) {
      const began = performance.now();
      const outputs: InferenceSession.OnnxValueMapType = await session.run({ waveform });
      const ms = performance.now() - began;
      if (!(outputs[OUTPUT]?.data instanceof Float32Array)) throw new Error('the graph gave no embeddings');
      if (run < 0) continue;
      times.push(ms);
      spentMs += ms;
    }
    return times;
  },
});

/** −0.25..0.25, always the same. */
function noise(length: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 33 - 0.25;
  });
}
