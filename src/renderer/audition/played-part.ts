/** Which match or selection plays, whose own loudness counts: what playback began with or repeats, until it is left. */
import type { Span } from './sound.ts';

/** A stream turns back in a loop a moment behind its end, and may begin a moment before its start, s. */
const EDGE_SECONDS = 0.05;

export class PlayedPart {
  readonly #tell: (part: Span | null) => void;
  #part: Span | null = null;

  /** @param tell when it is another one */
  constructor(tell: (part: Span | null) => void) {
    this.#tell = tell;
  }

  /** Playback begins. @param position s @param loop what is repeated @param begins whether it is where a part begins */
  begin(position: number, loop: Span | null, parts: readonly (Span | null)[], begins: (part: Span) => boolean): void {
    const begun = parts.find((part) => part !== null && begins(part));
    if (begun == null) this.moved(position, loop);
    else this.#set(begun);
  }

  /** @param position s @param loop what is repeated */
  moved(position: number, loop: Span | null): void {
    if (loop !== null && isIn(position, loop, EDGE_SECONDS)) this.#set(loop);
    // What follows may be far louder: not a moment longer.
    else if (this.#part !== null && !isIn(position, this.#part, 0)) this.#set(null);
  }

  /** Another file is in the player. */
  forget(): void {
    this.#set(null);
  }

  #set(part: Span | null): void {
    if (part?.startSeconds === this.#part?.startSeconds && part?.endSeconds === this.#part?.endSeconds) return;
    this.#part = part;
    this.#tell(part);
  }
}

function isIn(position: number, { startSeconds, endSeconds }: Span, behind: number): boolean {
  return position >= startSeconds - EDGE_SECONDS && position <= endSeconds + behind;
}
