/** On the audio thread: the limiter at the end of everything that is auditioned. */
import { Limiter } from './limiter.ts';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
/** Of the context, Hz. */
declare const sampleRate: number;

class LimiterProcessor extends AudioWorkletProcessor {
  readonly #limiter = new Limiter(sampleRate, 2);

  /** @returns true: there is more to come, also after silence */
  process([input]: readonly (readonly Float32Array[])[], [output]: readonly (readonly Float32Array[])[]): boolean {
    this.#limiter.process(input ?? [], output ?? []);
    return true;
  }
}

registerProcessor('earmark-limiter', LimiterProcessor);
