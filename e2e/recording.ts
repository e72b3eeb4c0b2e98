/** What really comes out of a page: everything that reaches the end of its audio graph, sample by sample. */
import type { Page } from 'playwright-core';
import { LoudnessMeter } from '../src/main/decode/analysers/loudness.ts';

declare global {
  interface Window {
    recorder: {
      /** Of the context, Hz. */
      rate: number;
      blocks: [left: Float32Array, right: Float32Array][];
      /** Whether blocks have begun to come. */
      runs: boolean;
    };
  }
}

/** On the audio thread: hands everything on, in blocks of 2048 samples. */
const PROCESSOR = `
registerProcessor('recorder', class extends AudioWorkletProcessor {
  left = new Float32Array(2048); right = new Float32Array(2048); at = 0;
  process([input]) {
    this.left.set(input[0] ?? new Float32Array(128), this.at);
    this.right.set(input[1] ?? input[0] ?? new Float32Array(128), this.at);
    this.at += 128;
    if (this.at === 2048) {
      this.port.postMessage([this.left.slice(), this.right.slice()]);
      this.at = 0;
    }
    return true;
  }
});`;

export interface Recording {
  rate: number;
  left: Float32Array;
  right: Float32Array;
}

/**
 * To be called before the page is opened: what leaves its audio graph is kept. What plays without one never comes here.
 * The page's policy is what it is, but for the recorder itself.
 */
export async function record(page: Page): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      const policy = headers['content-security-policy']!.replace("script-src 'self'", "script-src 'self' blob:");
      await route.fulfill({ response, headers: { ...headers, 'content-security-policy': policy } });
    },
  );
  await page.addInitScript((processor) => {
    window.recorder = { rate: 0, blocks: [], runs: false };
    const recorders = new Map<BaseAudioContext, Promise<AudioWorkletNode>>();
    const make = async (context: BaseAudioContext) => {
      await context.audioWorklet.addModule(URL.createObjectURL(new Blob([processor], { type: 'text/javascript' })));
      const node = new AudioWorkletNode(context, 'recorder', { outputChannelCount: [2], channelCount: 2, channelCountMode: 'explicit' }); // prettier-ignore
      node.port.onmessage = ({ data }: MessageEvent<[Float32Array, Float32Array]>) => {
        window.recorder.runs = true;
        window.recorder.blocks.push(data);
      };
      window.recorder.rate = context.sampleRate;
      connect.call(node, context.destination); // silent, and so it runs
      return node;
    };
    const connect = Object.getOwnPropertyDescriptor(AudioNode.prototype, 'connect')!.value as (
      this: AudioNode,
      to: AudioNode,
      ...rest: number[]
    ) => AudioNode;
    AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode, ...rest: number[]): AudioNode {
      if (to instanceof AudioDestinationNode) {
        const recorder = recorders.get(to.context) ?? make(to.context);
        recorders.set(to.context, recorder);
        void recorder.then((node) => connect.call(this, node));
      }
      return connect.call(this, to, ...rest);
    } as typeof AudioNode.prototype.connect;
  }, PROCESSOR);
}

/** What was kept so far is thrown away; it begins when there is something to keep. */
export async function startAnew(page: Page): Promise<void> {
  await page.evaluate(() => void (window.recorder.blocks = []));
}

/** Waits for so much. @param seconds from the last {@link startAnew} on */
export async function recorded(page: Page, seconds: number): Promise<Recording> {
  await page.waitForFunction((long) => window.recorder.blocks.length * 2048 >= long * window.recorder.rate, seconds);
  const { rate, left, right } = await page.evaluate((long) => {
    const { rate: perSecond, blocks } = window.recorder;
    const packed = (side: 0 | 1) => {
      const bytes = new Uint8Array(Math.ceil((long * perSecond) / 2048) * 8192);
      for (const [index, block] of blocks.slice(0, bytes.length / 8192).entries()) {
        bytes.set(new Uint8Array(block[side].buffer), index * 8192);
      }
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    };
    return { rate: perSecond, left: packed(0), right: packed(1) };
  }, seconds);
  const floats = (text: string) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
  return { rate, left: floats(left), right: floats(right) };
}

/**
 * The longest stretch of a steady tone without a hole: on a busy machine a stream runs dry now and then.
 * @param from what comes before is left out, s
 */
export function steady({ rate, left, right }: Recording, from: number): Recording {
  const step = Math.round(0.005 * rate);
  const levels = levelsOf(left, rate, step / rate);
  const usual = levels.toSorted((a, b) => a - b)[Math.floor(levels.length / 2)]!;
  let best: [from: number, to: number] = [0, 0];
  let start = Math.ceil((from * rate) / step);
  for (let part = start; part <= levels.length; part++) {
    if (part < levels.length && levels[part]! > 0.8 * usual) continue;
    if (part - start > best[1] - best[0]) best = [start, part];
    start = part + 1;
  }
  const [begin, end] = best.map((part) => part * step);
  return { rate, left: left.slice(begin, end), right: right.slice(begin, end) };
}

/** Of a steady tone, as two channels, LUFS. */
export function loudnessOf(recording: Recording): number | null {
  const { rate, left, right } = steady(recording, 0);
  const meter = new LoudnessMeter(rate, 2, 0x3n);
  meter.push([left, right], left.length);
  return meter.integrated();
}

/** Highest sample, 0..1 */
export function peakOf({ left, right }: Recording): number {
  let peak = 0;
  for (const plane of [left, right]) for (const sample of plane) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

/** Of a steady tone: how often it crosses zero upwards, Hz. */
export function frequencyOf(plane: Float32Array, rate: number): number {
  const crossings: number[] = [];
  for (let at = 1; at < plane.length; at++) {
    const [before, now] = [plane[at - 1]!, plane[at]!];
    if (before < 0 && now >= 0) crossings.push(at - now / (now - before));
  }
  return ((crossings.length - 1) * rate) / (crossings.at(-1)! - crossings[0]!);
}

/** Root mean squares of parts that are so long. @param seconds of a part */
export function levelsOf(plane: Float32Array, rate: number, seconds: number): number[] {
  const size = Math.round(seconds * rate);
  return Array.from({ length: Math.floor(plane.length / size) }, (_, part) => {
    let sum = 0;
    for (let at = part * size; at < (part + 1) * size; at++) sum += plane[at]! ** 2;
    return Math.sqrt(sum / size);
  });
}

/** What lies between the first and the last part that is louder than a tenth of the loudest, s. */
export function soundingSeconds(plane: Float32Array, rate: number): number {
  const step = 0.01;
  const levels = levelsOf(plane, rate, step);
  const loud = levels.flatMap((level, index) => (level > 0.1 * Math.max(...levels) ? [index] : []));
  return (loud.at(-1)! - loud[0]! + 1) * step;
}
