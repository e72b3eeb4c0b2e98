/** What turns samples in memory into sound. */
import type { StretchNode } from 'signalsmith-stretch';
import type { Loop } from './playhead.ts';

/** A sound that begins or ends in its middle is faded so long, s. */
const FADE_SECONDS = 0.008;

export interface Voice {
  /** Without a click. */
  stop(): void;
}

/** To the sample, as the browser does it. */
export class UnstretchedVoice implements Voice {
  readonly #source: AudioBufferSourceNode;
  readonly #fader: GainNode;

  /** @param at s, where it begins, at once */
  constructor(context: AudioContext, buffer: AudioBuffer, at: number, loop: Loop | null, out: AudioNode) {
    this.#fader = context.createGain();
    this.#source = context.createBufferSource();
    this.#source.buffer = buffer;
    if (loop !== null) {
      this.#source.loop = true;
      this.#source.loopStart = loop.from;
      this.#source.loopEnd = loop.to;
    }
    this.#source.connect(this.#fader).connect(out);
    this.#source.onended = () => this.#fader.disconnect();
    this.#source.start(0, at);
  }

  stop(): void {
    const { currentTime } = this.#source.context;
    this.#fader.gain.setTargetAtTime(0, currentTime, FADE_SECONDS / 4);
    this.#source.stop(currentTime + FADE_SECONDS);
  }
}

export interface Stretched {
  /** Where it is at a time of the context's clock, s. */
  at: (time: number) => number;
  loop: Loop | null;
  speed: number;
  semitones: number;
}

/** By Signalsmith Stretch. There is one node for all sounds, which plays what was last given to it. */
export class StretchedVoice implements Voice {
  readonly buffer: AudioBuffer;
  readonly #node: Promise<StretchNode>;
  readonly #out: AudioNode;
  #stopped = false;
  static #playing: StretchedVoice | null = null;

  /** @param out where to */
  constructor(node: Promise<StretchNode>, buffer: AudioBuffer, out: AudioNode) {
    this.#node = node;
    this.buffer = buffer;
    this.#out = out;
  }

  /** Goes on as described. @returns from when that can be heard, by the clock of the context, s; null when it was stopped before */
  async begin({ at, loop, speed, semitones }: Stretched): Promise<number | null> {
    const node = await this.#node;
    // So long ahead the node has to know, or the beginning is soft: the half of its latency that is of its output.
    const lead = (await node.latency()) / 2;
    if (this.#stopped) return null;
    if (StretchedVoice.#playing !== this) this.#takeOver(node);
    const output = node.context.currentTime + lead;
    const { from, to } = loop ?? { from: 0, to: 0 };
    const input = at(output);
    void node.schedule({ active: true, output, input, rate: speed, semitones, loopStart: from, loopEnd: to });
    return output;
  }

  stop(): void {
    this.#stopped = true;
    if (StretchedVoice.#playing !== this) return;
    StretchedVoice.#playing = null;
    void this.#node.then((node) => {
      if (StretchedVoice.#playing !== null) return;
      void node.schedule({ active: false, output: node.context.currentTime });
      node.disconnect();
    });
  }

  #takeOver(node: StretchNode): void {
    StretchedVoice.#playing = this;
    const channels = Array.from({ length: this.buffer.numberOfChannels }, (_, channel) => this.buffer.getChannelData(channel).slice()); // prettier-ignore
    node.disconnect();
    node.connect(this.#out);
    void node.dropBuffers();
    void node.addBuffers(channels, channels.map(({ buffer }) => buffer)); // prettier-ignore
  }
}
