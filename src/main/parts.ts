/** The engine's parts, each made when it is first needed and closed together: a command pays only for what it uses. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cataloguePath, openCatalogue, type Catalogue } from './catalogue/open.ts';
import { acquireWriterLock } from './catalogue/writer-lock.ts';
import { DecoderPool } from './decode/decoder-pool.ts';
import type { ListeningTarget } from './embed/listen.ts';
import { EncoderSupervisor } from './embed/supervisor.ts';
import { VectorIndex } from './index/vector-index.ts';
import { findPack } from './models/installed.ts';
import { queryTexts } from './models/prompt.ts';
import { spaceOf, type ModelPack } from './models/pack.ts';
import { queryEncoder } from './search/query-embedding.ts';
import { Search } from './search/search.ts';
import { UserError } from '../shared/errors.ts';

/** Up to so many windows the index is built within about a second. */
const REBUILT_AT_CLOSE = 5000;
/** Longer files are listened to up to here: 10 h at 5-s windows. */
const MAX_WINDOWS_PER_FILE = 7200;

export interface EngineOptions {
  /** Where the catalogue lives; absolute; made when missing. */
  dataFolder: string;
  /** Pack id or folder; the shipped starter model when absent. */
  model?: string;
  /** foreground: all cores (command line). background: at most half of them, at low priority (app). */
  load: 'foreground' | 'background';
}

export class Parts {
  readonly options: EngineOptions;
  readonly #notice: (message: string) => void;
  #catalogue: Catalogue | null = null;
  #pool: DecoderPool | null = null;
  #pack: Promise<ModelPack> | null = null;
  #supervisor: Promise<EncoderSupervisor> | null = null;
  #index: Promise<VectorIndex> | null = null;
  #search: Promise<Search> | null = null;

  /** @param notice told what a user should know, one sentence at a time */
  constructor(options: EngineOptions, notice: (message: string) => void) {
    this.options = options;
    this.#notice = notice;
  }

  /** @throws what {@link openCatalogue} throws */
  catalogue(): Catalogue {
    this.#catalogue ??= openCatalogue(this.options.dataFolder);
    return this.#catalogue;
  }

  /** The catalogue if there is one already; nothing is made. */
  existingCatalogue(): Catalogue | null {
    if (this.#catalogue) return this.#catalogue;
    return statSync(cataloguePath(this.options.dataFolder), { throwIfNoEntry: false }) ? this.catalogue() : null;
  }

  /** @throws UserError model-missing, model-damaged */
  pack(): Promise<ModelPack> {
    this.#pack ??= findPack({ dataFolder: this.options.dataFolder }, this.options.model);
    return this.#pack;
  }

  async spaceId(): Promise<number> {
    return this.catalogue().windows.ensureSpace(spaceOf(await this.pack()));
  }

  async target(): Promise<ListeningTarget> {
    const { sampleRate, windowSeconds, hopSeconds } = (await this.pack()).audio;
    return { sampleRate, windowSeconds, hopSeconds, maxWindows: MAX_WINDOWS_PER_FILE };
  }

  pool(): DecoderPool {
    this.#pool ??= new DecoderPool({ size: this.#cores().decoders, lowPriority: this.options.load === 'background' });
    return this.#pool;
  }

  supervisor(): Promise<EncoderSupervisor> {
    this.#supervisor ??= this.pack().then((pack) => {
      const options = {
        encoders: this.#cores().encoders,
        threadsPerEncoder: 1,
        lowPriority: this.options.load === 'background',
      };
      return new EncoderSupervisor(pack, options, this.#notice);
    });
    return this.#supervisor;
  }

  index(): Promise<VectorIndex> {
    this.#index ??= this.#openIndex();
    this.#index.catch(() => (this.#index = null));
    return this.#index;
  }

  /** @throws UserError nothing-indexed when there is no catalogue */
  search(): Promise<Search> {
    this.#search ??= this.#openSearch();
    this.#search.catch(() => (this.#search = null));
    return this.#search;
  }

  async close(): Promise<void> {
    await this.#leaveIndexWhole();
    await Promise.allSettled(
      [
        this.#pool?.close() ?? null,
        this.#supervisor?.then((supervisor) => supervisor.close()) ?? null,
        this.#index?.then((index) => index.close()) ?? null,
      ].filter((closing) => closing !== null),
    );
    this.#catalogue?.close();
  }

  /** A search that found a damaged index has answered without it; it leaves a good one behind where that is quick. */
  async #leaveIndexWhole(): Promise<void> {
    const index = await this.#index?.catch(() => null);
    if (!index || index.behind === 0 || index.behind > REBUILT_AT_CLOSE) return;
    try {
      // Whoever holds the lock is indexing, and saves the index itself.
      const release = await acquireWriterLock(this.options.dataFolder);
      try {
        await index.sync();
      } finally {
        release();
      }
    } catch {
      // Nothing is lost: the next start finds the index as this one found it, and says so.
    }
  }

  async #openIndex(): Promise<VectorIndex> {
    const spaceId = await this.spaceId();
    const { dim } = await this.pack();
    return VectorIndex.open({ dataFolder: this.options.dataFolder, spaceId, dim, notice: this.#notice });
  }

  async #openSearch(): Promise<Search> {
    const catalogue = this.existingCatalogue();
    if (!catalogue) {
      throw new UserError('nothing-indexed', 'Nothing has been listened to yet. Index a folder first.');
    }
    const pack = await this.pack();
    const supervisor = await this.supervisor();
    return new Search({
      db: catalogue.db,
      spaceId: await this.spaceId(),
      model: pack.id,
      relevance: pack.relevance,
      index: await this.index(),
      encodeTexts: queryEncoder(
        (text) => queryTexts(text, pack),
        (texts) => supervisor.asking((encoder) => encoder.embedTexts(texts)),
      ),
    });
  }

  /**
   * One decoder for each encoder. Decoding mp3 costs more than the starter model does, yet a second decoder on two
   * cores brought nothing (measured): all cores are busy as it is. A heavier model needs decoders even less.
   */
  #cores(): { decoders: number; encoders: number } {
    const cores =
      this.options.load === 'foreground' ? availableParallelism() : Math.max(1, Math.floor(availableParallelism() / 2));
    const encoders = Math.max(1, Math.ceil(cores / 2));
    return { encoders, decoders: Math.max(1, cores - encoders) };
  }
}
