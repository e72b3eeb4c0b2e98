/** What is used of signalsmith-stretch 1.3.2, which comes without types. */
declare module 'signalsmith-stretch' {
  /** Times are seconds: `output` of the context, the others of the buffers. */
  export interface StretchSchedule {
    active?: boolean;
    output?: number;
    input?: number;
    rate?: number;
    semitones?: number;
    /** The same value for both: no loop. */
    loopStart?: number;
    loopEnd?: number;
  }

  export interface StretchNode extends AudioWorkletNode {
    /** Replaces what was to happen later than now. */
    schedule(change: StretchSchedule): Promise<unknown>;
    /** One array a channel, at the rate of the context; behind the buffers it has. */
    addBuffers(channels: Float32Array[], transfer?: Transferable[]): Promise<number>;
    dropBuffers(): Promise<unknown>;
    /** Of input and output together, s. */
    latency(): Promise<number>;
  }

  interface CreateStretch {
    (context: BaseAudioContext, options: AudioWorkletNodeOptions): Promise<StretchNode>;
    /** Where the audio thread loads this module from. */
    moduleUrl?: string;
  }
  const createStretch: CreateStretch;
  export default createStretch;
}

declare module 'signalsmith-stretch?url' {
  const url: string;
  export default url;
}
