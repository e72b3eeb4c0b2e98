/** Sounds that searches were asked about and that are not in the catalogue: embedded once, as long as they stay as they are. */
import type { Stats } from 'node:fs';
import type { ReferenceSound } from '../../shared/types.ts';

/** A search by a few sounds asks for each of them again with every word that is added. */
const KEPT = 64;

export class KnownSounds<T> {
  /** The one used last at the end. */
  readonly #known = new Map<string, Promise<T>>();

  /** @param facts of the file as it is now @param embed for the first question; what it rejects with is not kept */
  of(sound: ReferenceSound, { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>, embed: () => Promise<T>): Promise<T> {
    const { path, startSeconds, endSeconds } = sound;
    const key = JSON.stringify([path, size, mtimeMs, startSeconds, endSeconds]);
    const known = this.#known.get(key) ?? embed();
    this.#known.delete(key);
    this.#known.set(key, known);
    known.catch(() => {
      if (this.#known.get(key) === known) this.#known.delete(key);
    });
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }
}
