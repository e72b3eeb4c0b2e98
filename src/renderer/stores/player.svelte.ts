/** Plays one file at a time, at once: the next few have been loaded before anybody asks. */
import type { Host } from '../client/host.ts';
import { fade, stopFading } from './fade.ts';
import type { Notices } from './notices.svelte.ts';

/** The one that plays and the next three. */
const ELEMENTS = 4;
/** Nearly every sound begins before this; only then is it worth saying. */
const WAITING_AFTER_MS = 400;

/** A place in a file, s. */
export interface Span {
  startSeconds: number;
  endSeconds: number;
}

export class Player {
  readonly #host: Host;
  readonly #notices: Notices;
  /** By file id, the one used last at the end. */
  readonly #elements = new Map<number, HTMLAudioElement>();
  /** Files that this browser could not play as they are: an odd codec behind a common name. */
  readonly #asWav = new Set<number>();
  #fileId = $state<number | null>(null);
  #title = '';
  #playing = $state(false);
  #position = $state(0);
  #duration = $state(0);
  #hit = $state.raw<Span | null>(null);
  #looping = $state(false);
  #waiting = $state(false);
  #waitingSoon: ReturnType<typeof setTimeout> | undefined;
  #volume = $state(1);
  /** Asked to play and not stopped since. */
  #wanted: number | null = null;
  #frame = 0;

  constructor(host: Host, notices: Notices) {
    this.#host = host;
    this.#notices = notices;
  }

  get fileId(): number | null {
    return this.#fileId;
  }
  /** It should sound by now and does not yet: the host makes a copy that can be played, or the disk is slow. */
  get waiting(): boolean {
    return this.#waiting;
  }
  get playing(): boolean {
    return this.#playing;
  }
  /** s */
  get position(): number {
    return this.#position;
  }
  /** s; what the catalogue says until the file itself is known */
  get duration(): number {
    return this.#duration;
  }
  /** Where in the file the hit is; null when it was not found by a search. */
  get hit(): Span | null {
    return this.#hit;
  }
  get looping(): boolean {
    return this.#looping;
  }

  /** @param volume 0..1 */
  setVolume(volume: number): void {
    this.#volume = volume;
    for (const element of this.#elements.values()) element.volume = volume;
  }

  /**
   * Puts a file into the player without a sound.
   * @param file its title is for the sentence that says it cannot be played; durationSeconds as catalogued
   */
  load(file: { fileId: number; title: string; durationSeconds: number }, hit: Span | null): void {
    if (file.fileId !== this.#fileId) {
      if (this.#current) void this.#pause(this.#current);
      this.#loop(false);
      this.#fileId = file.fileId;
      this.#playing = false;
      this.#wanted = null;
      this.#waiting = false;
    }
    this.#title = file.title;
    this.#duration = file.durationSeconds;
    this.#hit = hit;
    this.#position = hit?.startSeconds ?? 0;
    this.#element(file.fileId);
    this.#loop(this.#looping); // of the file, where there is no hit any more
  }

  /** @param from s; the hit's beginning, or the file's, if left out */
  async play(from: number = this.#hit?.startSeconds ?? 0): Promise<void> {
    if (this.#fileId === null) return;
    const element = this.#element(this.#fileId);
    this.#jump(element, from);
    this.#position = from;
    this.#wanted = this.#fileId;
    clearTimeout(this.#waitingSoon);
    this.#waitingSoon = setTimeout(() => {
      this.#waiting = this.#wanted !== null && !this.#playing;
    }, WAITING_AFTER_MS);
    try {
      await element.play();
      if (element.volume !== this.#volume) await fade(element, () => this.#volume);
    } catch (error) {
      // AbortError: another sound was asked for before this one began. NotSupportedError: the element's own error
      // event deals with it.
      if (error instanceof DOMException && ['AbortError', 'NotSupportedError'].includes(error.name)) return;
      if (error instanceof DOMException && error.name === 'NotAllowedError') {
        this.#notices.say('The browser plays sounds only after a click or a key. Press Space to play.');
        return;
      }
      this.#notices.fail(error);
    }
  }

  stop(): void {
    this.#wanted = null;
    this.#waiting = false;
    if (this.#current) void this.#pause(this.#current);
  }

  playOrStop(): void {
    if (this.#playing) this.stop();
    else void this.play(this.#position < this.#duration - 0.05 ? this.#position : undefined);
  }

  /** @param seconds where to; the ends of the file are the limits */
  seek(seconds: number): void {
    const to = Math.max(0, Math.min(seconds, this.#duration));
    this.#position = to;
    if (!this.#current) return;
    this.#jump(this.#current, to);
    void fade(this.#current, () => this.#volume);
  }

  /** Plays the hit again and again; the whole file where there is no hit. */
  toggleLoop(): void {
    if (this.#fileId === null) return;
    this.#loop(!this.#looping);
    const { startSeconds, endSeconds } = this.#hit ?? { startSeconds: 0, endSeconds: Infinity };
    const inside = this.#position >= startSeconds && this.#position < endSeconds;
    if (this.#looping && !(inside && this.#playing)) void this.play(startSeconds);
  }

  /** A file is looped by the element itself, without a gap at its end; a part of it by {@link #follow}. */
  #loop(looping: boolean): void {
    this.#looping = looping;
    if (this.#current) this.#current.loop = looping && this.#hit === null;
  }

  /** Loads files that may be played next. */
  prefetch(fileIds: readonly number[]): void {
    for (const id of fileIds.slice(0, ELEMENTS - 1).reverse()) this.#element(id);
    if (this.#fileId !== null) this.#element(this.#fileId);
  }

  async #pause(element: HTMLAudioElement): Promise<void> {
    if (element.paused) return;
    // Not if it was asked to play again meanwhile.
    if (await fade(element, () => 0)) element.pause();
  }

  /** The beginning of a file is as its maker wants it, hard or soft; only its middle is faded into, by who plays it. */
  #jump(element: HTMLAudioElement, seconds: number): void {
    stopFading(element);
    element.volume = seconds > 0 ? 0 : this.#volume;
    element.currentTime = seconds;
  }

  get #current(): HTMLAudioElement | undefined {
    return this.#fileId === null ? undefined : this.#elements.get(this.#fileId);
  }

  /** The element of a file, made if need be; the least recently used one beyond the bound lets go of its sound. */
  #element(fileId: number): HTMLAudioElement {
    const known = this.#elements.get(fileId);
    this.#elements.delete(fileId);
    const element = known ?? this.#make(fileId);
    this.#elements.set(fileId, element);
    if (this.#elements.size > ELEMENTS) {
      const [oldest, unused] = this.#elements.entries().next().value!;
      this.#elements.delete(oldest);
      release(unused);
    }
    return element;
  }

  #make(fileId: number): HTMLAudioElement {
    const element = new Audio();
    element.preload = 'auto';
    element.volume = this.#volume;
    element.src = this.#host.audioUrl(fileId, this.#asWav.has(fileId));
    const ifCurrent = (then: () => void) => () => {
      if (this.#fileId === fileId) then();
    };
    element.addEventListener(
      'playing',
      ifCurrent(() => this.#started(element)),
    );
    element.addEventListener(
      'pause',
      ifCurrent(() => this.#stopped(element)),
    );
    element.addEventListener(
      'ended',
      ifCurrent(() => {
        // A hit that reaches to the end of its file.
        if (this.#looping) void this.play(this.#hit?.startSeconds ?? 0);
        else this.#stopped(element);
      }),
    );
    // In a hidden window nothing is drawn, but a loop goes on.
    element.addEventListener(
      'timeupdate',
      ifCurrent(() => this.#follow(element)),
    );
    element.addEventListener(
      'durationchange',
      ifCurrent(() => {
        if (Number.isFinite(element.duration)) this.#duration = element.duration;
      }),
    );
    element.addEventListener('error', () => {
      if (this.#host.hasExpired?.(element.src)) this.#loadAgain(fileId, element);
      else if (!this.#asWav.has(fileId)) this.#tryAsWav(fileId, element);
      else this.#failed(fileId);
    });
    return element;
  }

  #started(element: HTMLAudioElement): void {
    this.#playing = true;
    this.#waiting = false;
    cancelAnimationFrame(this.#frame);
    const draw = () => {
      if (element !== this.#current || element.paused) return;
      this.#follow(element);
      this.#frame = requestAnimationFrame(draw);
    };
    this.#frame = requestAnimationFrame(draw);
  }

  #stopped(element: HTMLAudioElement): void {
    this.#playing = false;
    this.#wanted = null;
    this.#position = element.currentTime;
  }

  #follow(element: HTMLAudioElement): void {
    if (this.#looping && this.#hit !== null && element.currentTime >= this.#hit.endSeconds) {
      this.#jump(element, this.#hit.startSeconds);
      void fade(element, () => this.#volume);
    }
    if (!element.paused) this.#position = element.currentTime;
  }

  #tryAsWav(fileId: number, element: HTMLAudioElement): void {
    this.#asWav.add(fileId);
    this.#loadAgain(fileId, element);
  }

  /** From a new address, and on from where it was: the old one has expired or leads to what cannot be played. */
  #loadAgain(fileId: number, element: HTMLAudioElement): void {
    const wasWanted = fileId === this.#fileId && this.#wanted === fileId;
    element.src = this.#host.audioUrl(fileId, this.#asWav.has(fileId));
    if (wasWanted) void this.play(this.#position);
  }

  /** A file that was only being made ready may fail in silence: it is asked for again when it is its turn. */
  #failed(fileId: number): void {
    this.#elements.delete(fileId);
    this.#asWav.delete(fileId);
    if (fileId !== this.#fileId) return;
    this.#playing = false;
    this.#wanted = null;
    this.#waiting = false;
    this.#notices.say(`“${this.#title}” cannot be played: it is not there now, or is damaged.`);
  }
}

function release(element: HTMLAudioElement): void {
  element.pause();
  element.removeAttribute('src');
  element.load(); // gives the memory and the connection back
}
