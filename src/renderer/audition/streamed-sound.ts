/** A sound that the browser streams, by an <audio> element: any length, at once. */
import type { StretchNode } from 'signalsmith-stretch';
import { amplitudeOf, glide } from './levels.ts';
import type { Output } from './output.ts';
import { AS_IT_IS, type Shape, type Sound, type SoundListener, type Span } from './sound.ts';

interface Graph {
  source: MediaElementAudioSourceNode;
  level: GainNode;
}

export class StreamedSound implements Sound {
  readonly fileId: number;
  readonly loopsParts = false;
  readonly element = new Audio();
  readonly #output: Output;
  #shape = AS_IT_IS;
  /** The element plays into the graph for good as soon as its level or pitch was changed once. */
  #graph: Graph | null = null;
  #stretch: StretchNode | null = null;

  constructor(fileId: number, output: Output, listener: SoundListener) {
    this.fileId = fileId;
    this.#output = output;
    this.element.preload = 'auto';
    this.element.addEventListener('playing', () => listener.started(this));
    this.element.addEventListener('pause', () => listener.stopped(this));
    this.element.addEventListener('ended', () => {
      this.#output.rest(this);
      listener.ended(this);
    });
    this.element.addEventListener('timeupdate', () => listener.moved(this));
  }

  get paused(): boolean {
    return this.element.paused;
  }
  get currentTime(): number {
    return this.element.currentTime;
  }
  set currentTime(seconds: number) {
    this.element.currentTime = seconds;
  }
  get volume(): number {
    return this.element.volume;
  }
  set volume(volume: number) {
    this.element.volume = volume;
  }

  /** A part of a file is repeated by who follows where it is. */
  loop(span: Span | 'file' | null): void {
    this.element.loop = span === 'file';
  }

  shape(shape: Shape): void {
    this.#shape = shape;
    this.element.playbackRate = shape.speed; // a browser keeps the pitch
    if (this.#graph !== null) this.#applyTo(this.#graph);
    else if (!this.element.paused && this.#needsGraph) void this.#intoGraph();
  }

  async play(): Promise<void> {
    if (this.#needsGraph || this.#graph !== null) {
      await this.#output.wake(this);
      await this.#intoGraph();
    }
    await this.element.play();
  }

  pause(): void {
    this.element.pause();
    this.#output.rest(this);
  }

  release(): void {
    this.pause();
    this.#graph?.source.disconnect();
    this.#graph?.level.disconnect();
    this.element.removeAttribute('src');
    this.element.load(); // gives the memory and the connection back
  }

  get #needsGraph(): boolean {
    return this.#shape.gainDb !== 0 || this.#shape.semitones !== 0;
  }

  async #intoGraph(): Promise<void> {
    const { context } = this.#output;
    const stretch = this.#shape.semitones === 0 ? null : await this.#output.stretch('stream');
    if (this.#graph === null) {
      const level = context.createGain();
      level.gain.value = amplitudeOf(this.#shape.gainDb);
      level.connect(this.#output.entry);
      this.#graph = { source: context.createMediaElementSource(this.element), level };
      await this.#output.wake(this);
    }
    this.#connect(this.#graph, stretch);
  }

  #connect({ source, level }: Graph, stretch: StretchNode | null): void {
    this.#stretch = stretch;
    source.disconnect();
    if (stretch === null) {
      source.connect(level);
      return;
    }
    stretch.disconnect(); // from what streamed before
    source.connect(stretch).connect(level);
    void stretch.schedule({ active: true, semitones: this.#shape.semitones });
  }

  #applyTo({ level }: Graph): void {
    const { gainDb, semitones } = this.#shape;
    glide(level.gain, gainDb, this.#output.context, this.element.paused);
    if ((semitones !== 0) !== (this.#stretch !== null)) void this.#intoGraph();
    else void this.#stretch?.schedule({ active: true, semitones });
  }
}
