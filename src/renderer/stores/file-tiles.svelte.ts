/** What is drawn of the file in the player, tile by tile: asked for when it is drawn, the newest wishes first, and kept. */
import { BoundedCache } from '../list/bounded-cache.ts';

const AT_ONCE = 4;
/** Gathers what one frame wants. */
const GATHER_MS = 8;
/** Walking through files by key asks for none of them. */
const REST_MS = 120;

export interface Tile {
  fileId: number;
  /** That each of its parts stands for. */
  samplesEach: number;
  /** Among the tiles of so many samples, from the beginning of the file. */
  index: number;
}

interface Wish extends Tile {
  key: string;
}

export class FileTiles<T> {
  readonly #ask: (tile: Tile) => Promise<T | null>;
  readonly #tiles: BoundedCache<string, T>;
  /** In the order of asking, the newest last. */
  readonly #wanted = new Map<string, Wish>();
  readonly #coming = new Set<string>();
  /** Not requested again: the player reports an unreadable file, the frame a lost engine. */
  readonly #failed = new Set<string>();
  #fileId: number | null = null;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #version = $state(0);

  /** @param ask brings a tile; null when it cannot be had now @param kept tiles at most */
  constructor(ask: (tile: Tile) => Promise<T | null>, kept: number) {
    this.#ask = ask;
    this.#tiles = new BoundedCache(kept);
  }

  /** Changes when tiles have come: who draws them reads it. */
  get version(): number {
    return this.#version;
  }

  /** Without asking for it. */
  known(fileId: number, samplesEach: number, index: number): T | null {
    return this.#tiles.get(keyOf(fileId, samplesEach, index)) ?? null;
  }

  /** null while it is on its way */
  tile(fileId: number, samplesEach: number, index: number): T | null {
    const key = keyOf(fileId, samplesEach, index);
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    if (this.#failed.has(key) || this.#coming.has(key)) return null;
    if (fileId !== this.#fileId) this.#turnTo(fileId);
    this.#wanted.delete(key);
    this.#wanted.set(key, { key, fileId, samplesEach, index });
    this.#soon ??= setTimeout(() => this.#bring(), GATHER_MS);
    return null;
  }

  /** Whether it has been asked for and can still come. */
  isComing(fileId: number, samplesEach: number, index: number): boolean {
    const key = keyOf(fileId, samplesEach, index);
    return this.#wanted.has(key) || this.#coming.has(key);
  }

  /** Waits for it. @throws what the engine says */
  async fetch(fileId: number, samplesEach: number, index: number): Promise<T | null> {
    const known = this.known(fileId, samplesEach, index);
    if (known !== null) return known;
    return this.#bringOne({ key: keyOf(fileId, samplesEach, index), fileId, samplesEach, index });
  }

  /** What is wanted of the view before is not any more. */
  forgetWishes(): void {
    this.#wanted.clear();
  }

  /** Files that changed on the disk. */
  forget(): void {
    this.#tiles.clear();
    this.#failed.clear();
    this.#version++;
  }

  #turnTo(fileId: number): void {
    this.#fileId = fileId;
    this.#wanted.clear();
    this.#failed.clear();
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#bring(), REST_MS);
  }

  #bring(): void {
    this.#soon = undefined;
    const newest = [...this.#wanted.values()].reverse();
    for (const tile of newest) {
      if (this.#coming.size >= AT_ONCE) return;
      this.#wanted.delete(tile.key);
      this.#coming.add(tile.key);
      void this.#bringOne(tile)
        .catch(() => void this.#failed.add(tile.key))
        .then(() => {
          this.#coming.delete(tile.key);
          this.#version++;
          this.#bring();
        });
    }
  }

  async #bringOne({ key, ...tile }: Wish): Promise<T | null> {
    const found = await this.#ask(tile);
    if (found !== null) this.#tiles.set(key, found);
    return found;
  }
}

function keyOf(fileId: number, samplesEach: number, index: number): string {
  return `${fileId}/${samplesEach}/${index}`;
}
