/** A sound that plays from memory: backwards, one channel of it, at any speed and pitch, and in loops without a gap. */
import { glide } from './levels.ts';
import type { Output } from './output.ts';
import { Playhead, type Loop } from './playhead.ts';
import { AS_IT_IS, type Shape, type Sound, type SoundListener, type Span } from './sound.ts';
import { StretchedVoice, UnstretchedVoice, type Voice } from './voices.ts';

/** So fast the volume follows: too short for a fade, too long for a click, s. */
const GLIDE_SECONDS = 0.002;
const MOVED_EVERY_MS = 100;

export class DecodedSound implements Sound {
  readonly fileId: number;
  readonly loopsParts = true;
  readonly #output: Output;
  readonly #listener: SoundListener;
  readonly #decoded: AudioBuffer;
  readonly #level: GainNode;
  readonly #fader: GainNode;
  #shape = AS_IT_IS;
  /** The samples in the order in which they play, and what they were made for. */
  #samples: { buffer: AudioBuffer; reversed: boolean; channel: number | null };
  #voice: Voice | null = null;
  /** Everything of it in seconds of `#samples`: reversed where the sound is. */
  #playhead: Playhead;
  #loop: Span | 'file' | null = null;
  #volume = 1;
  #ending: ReturnType<typeof setTimeout> | undefined;
  #moving: ReturnType<typeof setInterval> | undefined;

  constructor(fileId: number, decoded: AudioBuffer, output: Output, listener: SoundListener) {
    const { context } = output;
    this.fileId = fileId;
    this.#decoded = decoded;
    this.#samples = { buffer: decoded, reversed: false, channel: null };
    this.#output = output;
    this.#listener = listener;
    this.#level = context.createGain();
    this.#fader = context.createGain();
    this.#level.connect(this.#fader).connect(output.entry);
    this.#playhead = new Playhead(decoded.duration);
  }

  get paused(): boolean {
    return this.#voice === null;
  }
  get channels(): number {
    return this.#decoded.numberOfChannels;
  }

  get currentTime(): number {
    const { context } = this.#output;
    // What is computed now is heard later.
    return this.#inFile(this.#playhead.at(context.currentTime - (context.outputLatency || 0)));
  }
  set currentTime(seconds: number) {
    const within = Math.max(0, Math.min(seconds, this.#decoded.duration));
    if (this.#voice === null) this.#playhead.rest(this.#inFile(within));
    else this.#start(this.#inFile(within));
  }

  get volume(): number {
    return this.#volume;
  }
  set volume(volume: number) {
    this.#volume = volume;
    const { gain } = this.#fader;
    const { currentTime } = this.#output.context;
    gain.cancelScheduledValues(currentTime);
    if (this.paused) gain.setValueAtTime(volume, currentTime);
    else gain.setTargetAtTime(volume, currentTime, GLIDE_SECONDS);
  }

  loop(span: Span | 'file' | null): void {
    if (sameLoop(span, this.#loop)) return;
    this.#loop = span;
    this.#playhead.loop = this.#loopInSamples;
    if (this.#voice !== null) this.#start(null);
  }

  shape(shape: Shape): void {
    const { context } = this.#output;
    const inFile = this.#inFile(this.#playhead.at(context.currentTime));
    const before = this.#shape;
    this.#shape = shape;
    glide(this.#level.gain, shape.gainDb, context, this.paused);
    const { speed, semitones, reversed, channel } = shape;
    if (reversed !== this.#samples.reversed || channel !== this.#samples.channel) {
      this.#samples = { buffer: ordered(this.#decoded, shape, context), reversed, channel };
      this.#playhead.loop = this.#loopInSamples;
      this.currentTime = inFile;
    } else if ((speed !== before.speed || semitones !== before.semitones) && this.#voice !== null) this.#start(null);
  }

  async play(): Promise<void> {
    await this.#output.wake(this);
    if (this.#isStretched) await this.#output.stretch('memory');
    if (this.#voice !== null) return;
    const at = this.#playhead.at(0);
    this.#start(at >= this.#decoded.duration ? 0 : at);
    this.#moving = setInterval(() => this.#listener.moved(this), MOVED_EVERY_MS);
    this.#listener.started(this);
  }

  pause(): void {
    if (this.#voice === null) return;
    this.#playhead.rest(this.#playhead.at(this.#output.context.currentTime));
    this.#silence();
    this.#output.rest(this);
    this.#listener.stopped(this);
  }

  release(): void {
    this.#silence();
    this.#output.rest(this);
    this.#level.disconnect();
    this.#fader.disconnect();
  }

  get #isStretched(): boolean {
    return this.#shape.speed !== 1 || this.#shape.semitones !== 0;
  }

  get #loopInSamples(): Loop | null {
    if (this.#loop === null) return null;
    if (this.#loop === 'file') return { from: 0, to: this.#decoded.duration };
    const { startSeconds, endSeconds } = this.#loop;
    const [a, b] = [this.#inFile(startSeconds), this.#inFile(Math.min(endSeconds, this.#decoded.duration))];
    return { from: Math.min(a, b), to: Math.max(a, b) };
  }

  /** From a place in the file to one in the samples, or back. */
  #inFile(seconds: number): number {
    return this.#samples.reversed ? this.#decoded.duration - seconds : seconds;
  }

  /** @param from s in the samples; null: it goes on, otherwise than before */
  #start(from: number | null): void {
    const { context } = this.#output;
    const loop = this.#loopInSamples;
    // Behind the end of a loop there is only its beginning.
    const at = (seconds: number) => (loop !== null && seconds >= loop.to ? loop.from : seconds);
    if (this.#isStretched) {
      void this.#stretch(from === null ? null : at(from), loop);
      return;
    }
    const now = at(from ?? this.#playhead.at(context.currentTime));
    this.#voice?.stop();
    this.#voice = new UnstretchedVoice(context, this.#samples.buffer, now, loop, this.#level);
    this.#playhead.start({ time: context.currentTime, at: now, speed: 1, loop });
    this.#endInTime();
  }

  async #stretch(from: number | null, loop: Loop | null): Promise<void> {
    const { speed, semitones } = this.#shape;
    const { buffer } = this.#samples;
    const goesOn = this.#voice instanceof StretchedVoice && this.#voice.buffer === buffer;
    if (!goesOn) this.#voice?.stop();
    const voice = goesOn ? (this.#voice as StretchedVoice) : new StretchedVoice(this.#output.stretch('memory'), buffer, this.#level); // prettier-ignore
    this.#voice = voice;
    const start = from ?? (goesOn ? null : this.#playhead.at(this.#output.context.currentTime));
    if (start !== null) this.#playhead.rest(start);
    const time = await voice.begin({ at: (then) => start ?? this.#playhead.at(then), loop, speed, semitones });
    if (time === null || this.#voice !== voice) return;
    this.#playhead.start({ time, at: start ?? this.#playhead.at(time), speed, loop });
    this.#endInTime();
  }

  #endInTime(): void {
    clearTimeout(this.#ending);
    const left = this.#playhead.secondsLeft(this.#output.context.currentTime);
    if (left === null) return;
    this.#ending = setTimeout(() => {
      if (this.#voice === null) return;
      const still = this.#playhead.secondsLeft(this.#output.context.currentTime) ?? 0;
      if (still > 0.005) {
        this.#endInTime(); // the context was held up
        return;
      }
      this.#playhead.rest(this.#decoded.duration);
      this.#silence();
      this.#output.rest(this);
      this.#listener.ended(this);
    }, left * 1000);
  }

  #silence(): void {
    clearTimeout(this.#ending);
    clearInterval(this.#moving);
    this.#voice?.stop();
    this.#voice = null;
  }
}

function sameLoop(a: Span | 'file' | null, b: Span | 'file' | null): boolean {
  if (a === null || b === null || a === 'file' || b === 'file') return a === b;
  return a.startSeconds === b.startSeconds && a.endSeconds === b.endSeconds;
}

/** The samples of one channel, or of all, in the order in which they play. */
function ordered(decoded: AudioBuffer, { reversed, channel }: Shape, context: AudioContext): AudioBuffer {
  if (!reversed && channel === null) return decoded;
  const { numberOfChannels, length, sampleRate } = decoded;
  const wanted = channel === null ? Array.from({ length: numberOfChannels }, (_, index) => index) : [channel];
  const buffer = context.createBuffer(wanted.length, length, sampleRate);
  for (const [index, from] of wanted.entries()) {
    buffer.copyToChannel(decoded.getChannelData(Math.min(from, numberOfChannels - 1)), index);
    if (reversed) buffer.getChannelData(index).reverse();
  }
  return buffer;
}
