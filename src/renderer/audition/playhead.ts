/** Where a sound is that plays from memory: what the clock of the audio device says, at its speed, round its loop. */

/** s; `to` is the first moment that is not in it any more. */
export interface Loop {
  from: number;
  to: number;
}

interface Course {
  /** Of the clock, s. */
  time: number;
  /** Where it is then, s. */
  at: number;
  /** Seconds of the sound in a second of the clock. */
  speed: number;
  loop: Loop | null;
}

export class Playhead {
  readonly #duration: number;
  #course: Course = { time: 0, at: 0, speed: 0, loop: null };

  /** @param duration of the sound, s */
  constructor(duration: number) {
    this.#duration = duration;
  }

  /** For the course from now on; where it is stays. */
  set loop(loop: Loop | null) {
    this.#course = { ...this.#course, loop };
  }

  /** It moves from a moment on. */
  start(course: Course): void {
    this.#course = course;
  }

  /** It stays somewhere. */
  rest(at: number): void {
    this.#course = { ...this.#course, at, speed: 0 };
  }

  /** @param time of the clock, s; before the start it waits there @returns s */
  at(time: number): number {
    const { time: began, at, speed, loop } = this.#course;
    const now = at + Math.max(0, time - began) * speed;
    if (speed === 0) return at;
    if (loop === null || now < loop.to) return Math.min(now, this.#duration);
    return loop.from + ((now - loop.from) % (loop.to - loop.from));
  }

  /** Of the clock until the end of the sound; null where it never ends. */
  secondsLeft(time: number): number | null {
    const { loop, speed, time: began } = this.#course;
    if (loop !== null || speed === 0) return null;
    return (this.#duration - this.at(time)) / speed + Math.max(0, began - time);
  }
}
