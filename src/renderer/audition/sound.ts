/** What the player asks of a sound, whether it streams from the host or plays from memory. */
import type { Loop } from '../strip/loop.ts';

/** A place in a file, s. */
export interface Span {
  startSeconds: number;
  endSeconds: number;
}

/** How a file is to sound. */
export interface Shape {
  /** dB */
  gainDb: number;
  /** Share of the file's own speed, 0.25..4; pitch stays. */
  speed: number;
  /** −24..24; speed stays. */
  semitones: number;
  /** From its end to its beginning. */
  reversed: boolean;
  /** The only channel to be played, on both sides; null: all. */
  channel: number | null;
}

export const AS_IT_IS: Shape = { gainDb: 0, speed: 1, semitones: 0, reversed: false, channel: null };

/** A shape that a stream can have, too. */
export function streams({ reversed, channel }: Shape): boolean {
  return !reversed && channel === null;
}

/** Whether more than its level is changed. */
export function isAltered(shape: Shape): boolean {
  return shape.speed !== 1 || shape.semitones !== 0 || !streams(shape);
}

/** Told what happens to a sound. */
export interface SoundListener {
  started: (sound: Sound) => void;
  /** It was paused. */
  stopped: (sound: Sound) => void;
  ended: (sound: Sound) => void;
  /** From time to time while it plays, in a hidden window as well. */
  moved: (sound: Sound) => void;
}

export interface Sound {
  readonly fileId: number;
  readonly paused: boolean;
  /** Where it is in the file, s, whatever its speed and direction; to set it jumps there. */
  currentTime: number;
  /** 0..1 */
  volume: number;
  /** Whether it repeats a part without help, and without a gap. */
  readonly loopsParts: boolean;
  /** @param span what is repeated; 'file' for all of it; null for nothing */
  loop(span: Span | Extract<Loop, 'file'> | null): void;
  shape(shape: Shape): void;
  /** @throws DOMException NotAllowedError before the user has touched the page; AbortError, NotSupportedError as media elements do */
  play(): Promise<void>;
  pause(): void;
  /** Gives memory and connection back; it cannot be played again. */
  release(): void;
}
