/** Peaks of the file in the player, tile by tile: asked for when they are drawn, the newest wishes first, and kept. */
import type { Client } from '../../shared/contract.ts';
import { BoundedCache } from '../list/bounded-cache.ts';
import { TILE_PARTS } from '../strip/columns.ts';

/** A tile of stereo takes 16 KiB. */
const KEPT = 1_000;
const AT_ONCE = 4;
/** Gathers what one frame wants. */
const GATHER_MS = 8;
/** Walking through files by key asks for none of them. */
const REST_MS = 120;

interface Tile {
  key: string;
  fileId: number;
  samplesEach: number;
  index: number;
}

export class LanePeaks {
  readonly #client: Client;
  readonly #tiles = new BoundedCache<string, Float32Array>(KEPT);
  /** In the order of asking, the newest last. */
  readonly #wanted = new Map<string, Tile>();
  readonly #coming = new Set<string>();
  /** Not requested again: the player reports an unreadable file, the frame a lost engine. */
  readonly #failed = new Set<string>();
  #fileId: number | null = null;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #version = $state(0);

  constructor(client: Client) {
    this.#client = client;
  }

  /** Changes when tiles have come: who draws them reads it. */
  get version(): number {
    return this.#version;
  }

  /** Without asking for it. */
  known(fileId: number, samplesEach: number, index: number): Float32Array | null {
    return this.#tiles.get(keyOf(fileId, samplesEach, index)) ?? null;
  }

  /** null while it is on its way */
  tile(fileId: number, samplesEach: number, index: number): Float32Array | null {
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

  /** Waits for it. @throws what the engine says */
  async fetch(fileId: number, samplesEach: number, index: number): Promise<Float32Array | null> {
    const known = this.known(fileId, samplesEach, index);
    if (known !== null) return known;
    return this.#ask({ key: keyOf(fileId, samplesEach, index), fileId, samplesEach, index });
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
      void this.#ask(tile)
        .catch(() => void this.#failed.add(tile.key))
        .then(() => {
          this.#coming.delete(tile.key);
          this.#version++;
          this.#bring();
        });
    }
  }

  async #ask({ key, fileId, samplesEach, index }: Tile): Promise<Float32Array | null> {
    const startSample = index * TILE_PARTS * samplesEach;
    const peaks = await this.#client.call('file.peaks', { fileId, startSample, samplesEach, parts: TILE_PARTS });
    if (peaks === null) return null;
    const parts = decoded(peaks.data);
    this.#tiles.set(key, parts);
    return parts;
  }
}

function keyOf(fileId: number, samplesEach: number, index: number): string {
  return `${fileId}/${samplesEach}/${index}`;
}

function decoded(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)).buffer);
}
