/** Plays one file at a time, at once: the next few have been loaded before anybody asks. */
import type { Audition } from '../audition/audition.svelte.ts';
import type { DecodedSound } from '../audition/decoded-sound.ts';
import { PlayedPart } from '../audition/played-part.ts';
import { isAltered, type Shape, type Sound, type Span } from '../audition/sound.ts';
import { MOST_STREAMS, Sounds } from '../audition/sounds.ts';
import type { Host } from '../client/host.ts';
import { isLoop, loopOf, loopSpan, nextLoop, type Loop } from '../strip/loop.ts';
import { fade, stopFading } from './fade.ts';
import type { Notices } from './notices.svelte.ts';

/** Nearly every sound begins before this; only then is it worth saying. */
const WAITING_AFTER_MS = 400;
const LOOP_KEY = 'earmark.loop';

export type { Span };

export class Player {
  readonly #notices: Notices;
  readonly #selection: () => Span | null;
  readonly #audition: Audition;
  readonly #sounds: Sounds;
  #fileId = $state<number | null>(null);
  #title = '';
  #playing = $state(false);
  #position = $state(0);
  #duration = $state(0);
  #hit = $state.raw<Span | null>(null);
  #looping = $state(false);
  #chosenLoop = $state<Loop>(keptLoop());
  readonly #part: PlayedPart;
  /** What plays ends with it. */
  #once: Span | null = null;
  #waiting = $state(false);
  #waitingSoon: ReturnType<typeof setTimeout> | undefined;
  #volume = $state(1);
  /** Asked to play and not stopped since. */
  #wanted: number | null = null;
  /** Counts what was asked to be played. */
  #asked = 0;
  /** The file that is being decoded while its stream plays. */
  #decoding: number | null = null;
  #frame = 0;

  /** @param selection what is selected in the file that plays, s @param audition how it is to sound */
  constructor(host: Host, notices: Notices, selection: () => Span | null, audition: Audition) {
    this.#notices = notices;
    this.#selection = selection;
    this.#audition = audition;
    this.#part = new PlayedPart((part) => audition.playPart(part));
    const ifCurrent =
      <T extends unknown[]>(then: (sound: Sound, ...rest: T) => void) =>
      (sound: Sound, ...rest: T) => {
        if (sound === this.#current) then(sound, ...rest);
      };
    this.#sounds = new Sounds(host, {
      started: ifCurrent((sound) => this.#started(sound)),
      stopped: ifCurrent((sound) => this.#stopped(sound)),
      ended: ifCurrent((sound) => {
        // A part that reaches to the end of its file.
        if (this.#looping) void this.play(this.#startOf(this.#loopSpan));
        else this.#stopped(sound);
      }),
      // In a hidden window nothing is drawn, but a loop continues.
      moved: ifCurrent((sound) => this.#follow(sound)),
      measured: ifCurrent((_, seconds: number) => {
        this.#duration = seconds;
      }),
      renewed: ({ fileId }) => {
        if (fileId === this.#fileId && this.#wanted === fileId) void this.play(this.#position);
      },
      failed: (fileId) => this.#failed(fileId),
    });
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
  /** The match in the file; null when it was not found by a search. */
  get hit(): Span | null {
    return this.#hit;
  }
  /** Stays on from file to file. */
  get looping(): boolean {
    return this.#looping;
  }
  /** What is repeated, or would be: as chosen, or what this file has instead. */
  get loop(): Loop {
    return loopOf(this.#chosenLoop, { match: this.#hit, selection: this.#selection() });
  }
  /** The part that is repeated now. */
  get #repeated(): Span | null {
    return this.#looping ? this.#loopSpan : null;
  }
  get #loopSpan(): Span | null {
    return loopSpan(this.#chosenLoop, { match: this.#hit, selection: this.#selection() });
  }

  /** @param volume 0..1 */
  setVolume(volume: number): void {
    this.#volume = volume;
    this.#sounds.setVolume(volume);
  }

  /**
   * Puts a file into the player without a sound.
   * @param file its title is for the sentence that says it cannot be played; durationSeconds as catalogued
   */
  load(file: { fileId: number; title: string; durationSeconds: number }, hit: Span | null): void {
    if (file.fileId !== this.#fileId) {
      if (this.#current) void this.#pause(this.#current);
      this.#once = null;
      this.#part.forget();
      this.#fileId = file.fileId;
      this.#playing = false;
      this.#wanted = null;
      this.#waiting = false;
      this.#audition.begin(file.fileId);
    }
    this.#title = file.title;
    this.#duration = file.durationSeconds;
    this.#hit = hit;
    this.#position = this.#startOf(hit);
    this.#sounds.stream(file.fileId);
    this.#loopSound();
  }

  /** Another search found the file elsewhere, or not at all. Playback continues, and so does a loop, of the new match then. */
  setHit(hit: Span | null): void {
    this.#hit = hit;
    this.#loopSound();
  }

  /** The refined place of the match. Playback continues; the next start, and a loop, use it. */
  refine(fileId: number, { startSeconds, endSeconds }: Span): void {
    if (fileId !== this.#fileId || this.#hit === null) return;
    const atStart = this.#position === this.#startOf(this.#hit);
    this.#hit = { startSeconds, endSeconds };
    if (!this.#playing && this.#wanted === null && atStart) this.#position = this.#startOf(this.#hit);
  }

  /** @param from s; the hit's beginning, or the file's, if left out */
  async play(from: number = this.#startOf(this.#hit)): Promise<void> {
    const fileId = this.#fileId;
    if (fileId === null) return;
    const asked = ++this.#asked;
    this.#once = null;
    this.#position = from;
    this.#part.begin(from, this.#repeated, [this.#selection(), this.#hit], (part) => this.#startOf(part) === from);
    this.#wanted = fileId;
    clearTimeout(this.#waitingSoon);
    this.#waitingSoon = setTimeout(() => {
      this.#waiting = this.#wanted !== null && !this.#playing;
    }, WAITING_AFTER_MS);
    if (isAltered(this.#shape) && this.#audition.decodable !== null && !this.#inMemory) {
      if (this.#current) void this.#pause(this.#current);
      const decoded = await this.#decode(fileId);
      if (asked !== this.#asked || this.#wanted !== fileId) return;
      if (decoded !== null) this.#sounds.keep(decoded);
    }
    const sound = this.#inMemory ?? this.#sounds.stream(fileId);
    sound.shape(this.#shape);
    this.#loopSound();
    this.#jump(sound, this.#position);
    try {
      await sound.play();
      if (sound.volume !== this.#volume) await fade(sound, () => this.#volume);
    } catch (error) {
      // AbortError: another file was asked for before this one began. NotSupportedError: the element's own error
      // event deals with it.
      if (error instanceof DOMException && ['AbortError', 'NotSupportedError'].includes(error.name)) return;
      if (error instanceof DOMException && error.name === 'NotAllowedError') {
        this.#notices.say('The browser blocks playback until you click or press a key. Press Space to play.');
        return;
      }
      this.#notices.fail(error);
    }
  }

  /** Once, and stops at its end, ready to play it again; where something loops, that takes over. */
  playSpan(span: Span): void {
    void this.play(this.#startOf(span));
    this.#once = this.#looping ? null : span;
  }

  /** To the end of the file. @param span from its beginning, backwards from its end; null: of the file */
  playFrom(span: Span | null): void {
    void this.play(this.#startOf(span));
  }

  stop(): void {
    this.#wanted = null;
    this.#asked++;
    this.#waiting = false;
    if (this.#current) void this.#pause(this.#current);
  }

  playOrStop(): void {
    if (this.#playing) this.stop();
    else void this.play(this.#toGo > 0.05 ? this.#position : undefined);
  }

  /** @param seconds where to; the ends of the file are the limits */
  seek(seconds: number): void {
    const to = Math.max(0, Math.min(seconds, this.#duration));
    this.#position = to;
    this.#part.begin(to, this.#repeated, [this.#selection(), this.#hit], (part) => this.#startOf(part) === to);
    if (!this.#current) return;
    this.#jump(this.#current, to);
    void fade(this.#current, () => this.#volume);
  }

  /** Repeats what was chosen, from its beginning where something else plays. */
  toggleLoop(): void {
    if (this.#fileId === null) return;
    this.#looping = !this.#looping;
    this.#loopSound();
    if (this.#looping) this.#playLoop();
  }

  /** Match, selection, file; remembered. */
  chooseNextLoop(): void {
    this.#chosenLoop = nextLoop(this.#chosenLoop);
    localStorage.setItem(LOOP_KEY, this.#chosenLoop);
    this.#loopSound();
    if (this.#looping && this.#playing) this.#playLoop();
  }

  #playLoop(): void {
    const { startSeconds, endSeconds } = this.#loopSpan ?? { startSeconds: 0, endSeconds: Infinity };
    const inside = this.#position >= startSeconds && this.#position < endSeconds;
    this.#once = null;
    if (!(inside && this.#playing)) void this.play(this.#startOf(this.#loopSpan));
  }

  /** Another shape: what plays changes at once, and goes on in memory where a stream cannot do it. */
  reshape(): void {
    const sound = this.#current;
    if (sound === undefined) return;
    if (!this.#playing && this.#wanted === null) return; // it is given one when it plays
    if (this.#inMemory || !isAltered(this.#shape) || this.#audition.decodable === null) sound.shape(this.#shape);
    void this.#intoMemory();
  }

  get #shape(): Shape {
    return this.#audition.shape;
  }
  get #inMemory(): Sound | null {
    return this.#fileId === null ? null : this.#sounds.inMemory(this.#fileId);
  }

  /** s; where a part of the file begins as it plays now, or all of it. */
  #startOf(span: Span | null): number {
    if (this.#shape.reversed) return span?.endSeconds ?? this.#duration;
    return span?.startSeconds ?? 0;
  }
  /** s of the file, to its end as it plays now. */
  get #toGo(): number {
    return this.#shape.reversed ? this.#position : this.#duration - this.#position;
  }

  /** In memory a sound repeats itself, without a gap; a part of a stream is repeated by {@link #follow}. */
  #loopSound(): void {
    this.#current?.loop(this.#looping ? (this.#repeated ?? 'file') : null);
    if (this.#looping) void this.#intoMemory();
  }

  /** @returns the file as samples; null where it cannot be there, or another file is in the player by now */
  async #decode(fileId: number): Promise<DecodedSound | null> {
    const row = this.#audition.decodable;
    const sound = row === null ? null : await this.#notices.attempt(() => this.#sounds.decode(row));
    if (this.#fileId !== fileId || sound === undefined) return null;
    if (sound === null && row !== null) this.#audition.onlyStreams(fileId);
    return sound;
  }

  /** From the stream to memory, which loops without a gap and can be altered. What plays goes on. */
  async #intoMemory(): Promise<void> {
    const fileId = this.#fileId;
    const stream = this.#current;
    if (fileId === null || stream === undefined || this.#inMemory || !this.#playing) return;
    if (!this.#looping && !isAltered(this.#shape)) return;
    if (this.#audition.decodable === null || this.#decoding === fileId) return;
    this.#decoding = fileId;
    const sound = await this.#decode(fileId);
    this.#decoding = null;
    if (this.#current !== stream || stream.paused) return; // what plays next is given its shape then
    if (sound === null) {
      stream.shape(this.#shape);
      return;
    }
    this.#sounds.keep(sound);
    sound.shape(this.#shape);
    sound.loop(this.#looping ? (this.#repeated ?? 'file') : null);
    sound.volume = 0;
    sound.currentTime = stream.currentTime;
    await this.#notices.attempt(() => sound.play());
    await Promise.all([fade(sound, () => this.#volume), this.#pause(stream)]);
  }

  /** Loads files that may be played next. */
  prefetch(fileIds: readonly number[]): void {
    for (const id of fileIds.slice(0, MOST_STREAMS - 1).reverse()) this.#sounds.stream(id);
    if (this.#fileId !== null) this.#sounds.stream(this.#fileId);
  }

  async #pause(sound: Sound): Promise<void> {
    if (sound.paused) return;
    // Not if it was asked to play again meanwhile.
    if (await fade(sound, () => 0)) sound.pause();
  }

  /** The beginning of a file is as its maker wants it, hard or soft; only its middle is faded into, by who plays it. */
  #jump(sound: Sound, seconds: number): void {
    stopFading(sound);
    sound.volume = seconds > 0 ? 0 : this.#volume;
    sound.currentTime = seconds;
  }

  get #current(): Sound | undefined {
    return this.#fileId === null ? undefined : this.#sounds.of(this.#fileId);
  }

  #started(sound: Sound): void {
    this.#playing = true;
    this.#waiting = false;
    cancelAnimationFrame(this.#frame);
    const draw = () => {
      if (sound !== this.#current || sound.paused) return;
      this.#follow(sound);
      this.#frame = requestAnimationFrame(draw);
    };
    this.#frame = requestAnimationFrame(draw);
  }

  #stopped(sound: Sound): void {
    this.#playing = false;
    this.#wanted = null;
    this.#position = sound.currentTime;
  }

  #follow(sound: Sound): void {
    const { currentTime } = sound;
    const isBehind = ({ startSeconds, endSeconds }: Span) =>
      this.#shape.reversed ? currentTime <= startSeconds : currentTime >= endSeconds;
    if (this.#once !== null && isBehind(this.#once)) {
      void this.#endOnce(sound, this.#once);
      return;
    }
    const span = this.#repeated;
    if (this.#looping) this.#loopSound(); // something may have been selected meanwhile
    if (span !== null && !sound.loopsParts && isBehind(span)) {
      this.#jump(sound, span.startSeconds);
      void fade(sound, () => this.#volume);
    }
    if (sound.paused) return;
    this.#position = sound.currentTime;
    this.#part.moved(this.#position, this.#repeated);
  }

  async #endOnce(sound: Sound, span: Span): Promise<void> {
    this.#once = null;
    this.#wanted = null;
    await this.#pause(sound);
    if (sound === this.#current && sound.paused) this.seek(this.#startOf(span));
  }

  /** A file that was only being made ready may fail in silence: it is asked for again when it is its turn. */
  #failed(fileId: number): void {
    if (fileId !== this.#fileId) return;
    this.#playing = false;
    this.#wanted = null;
    this.#waiting = false;
    this.#notices.say(`“${this.#title}” cannot be played: the file is offline or damaged.`);
  }
}

function keptLoop(): Loop {
  const name = localStorage.getItem(LOOP_KEY);
  return isLoop(name) ? name : 'match';
}
