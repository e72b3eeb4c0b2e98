/**
 * The way out for sounds whose level, pitch or direction is changed: one AudioContext. It is made when it is first
 * needed; what plays as it is never comes here.
 */
import type { StretchNode } from 'signalsmith-stretch';
import limiterUrl from './limiter-worklet.ts?worker&url';
import { makeStretch } from './stretch.ts';

/** A context keeps the audio device busy; between two sounds of a list it stays. */
const REST_AFTER_MS = 5_000;

export class Output {
  #context: AudioContext | null = null;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** What plays through it. One sound fades out while the next one begins. */
  readonly #playing = new Set<object>();
  /** It was told to suspend, which takes a moment. */
  #isAsleep = false;
  #entry: GainNode | null = null;
  #limited: Promise<void> | null = null;
  readonly #stretches = new Map<'memory' | 'stream', Promise<StretchNode>>();

  get context(): AudioContext {
    return (this.#context ??= new AudioContext());
  }

  /** Where sounds go to. */
  get entry(): AudioNode {
    return (this.#entry ??= this.context.createGain());
  }

  /** What is auditioned may have been raised, or stretched: the last thing before the loudspeakers. */
  #limit(): Promise<void> {
    const making = (this.#limited ??= this.context.audioWorklet.addModule(limiterUrl).then(() => {
      const limiter = new AudioWorkletNode(this.context, 'earmark-limiter', { channelCount: 2, channelCountMode: 'explicit', outputChannelCount: [2] }); // prettier-ignore
      this.entry.connect(limiter).connect(this.context.destination);
    }));
    making.catch(() => (this.#limited = null)); // asked for again the next time
    return making;
  }

  /** To be called before a sound plays. @throws DOMException NotAllowedError before the user has touched the page */
  async wake(sound: object): Promise<void> {
    clearTimeout(this.#resting);
    this.#playing.add(sound);
    const { context } = this;
    await this.#limit();
    if (context.state === 'running' && !this.#isAsleep) return;
    this.#isAsleep = false;
    // It would wait for a touch for ever, and then all that was asked for meanwhile would sound.
    const resumed = await Promise.race([
      context.resume().then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(navigator.userActivation.hasBeenActive), 1_000)),
    ]);
    if (resumed) return;
    this.rest(sound);
    throw new DOMException('the page was not touched yet', 'NotAllowedError');
  }

  /** A sound does not play any more. */
  rest(sound: object): void {
    clearTimeout(this.#resting);
    this.#playing.delete(sound);
    if (this.#playing.size > 0) return;
    this.#resting = setTimeout(() => {
      this.#isAsleep = true;
      void this.#context?.suspend();
    }, REST_AFTER_MS);
  }

  /**
   * The node that changes speed and pitch: one for what plays from memory, one for what streams through it. Loaded when
   * it is first asked for.
   */
  stretch(of: 'memory' | 'stream'): Promise<StretchNode> {
    const known = this.#stretches.get(of);
    if (known) return known;
    const made = makeStretch(this.context);
    this.#stretches.set(of, made);
    made.catch(() => this.#stretches.delete(of)); // asked for again the next time
    return made;
  }
}
