/** What the engine works with, each piece made when it is first needed and closed together: a command pays only for what it uses. */
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import { cataloguePath } from '../catalogue/connection.ts';
import { openCatalogue, type Catalogue } from '../catalogue/open.ts';
import { DecoderPool } from '../decode/decoder-pool.ts';
import type { EmbeddingTarget } from '../embed/embed-files.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import { LoadedModel, type LoadedModelDeps } from './loaded-model.ts';
import { DEFAULT_PACK } from '../packs/installed.ts';
import type { ModelPack } from '../packs/pack.ts';
import { Replaceable } from '../async/replaceable.ts';
import { systemTimers, type Timers } from '../async/timers.ts';
import type { Search } from '../search/search.ts';
import { readSettings } from '../catalogue/setting-values.ts';
import { UserError } from '../../shared/errors.ts';

export interface EngineOptions {
  /** Where the catalogue lives; absolute; made when missing. */
  dataFolder: string;
  /** Pack id or folder; when absent the one that was set last, at first the shipped starter model. */
  model?: string;
  /** foreground: all cores (command line). background: as the settings say, at first half of them at low priority (app). */
  load: LoadKind;
  /** Looks out for changes in the roots, and looks through them once at the start. @default false */
  watchRoots?: boolean;
  /** Sends events for what other processes change in the catalogue, too, and follows the library's studio. @default false */
  followOthers?: boolean;
  /** Seconds since a person last used the machine; without it the setting `onlyWhenIdle` does nothing. */
  idle?: () => Promise<number>;
  /** For what waits until the user has come to rest. @default the system's */
  timers?: Timers;
}

/** How much of the machine an analysis may take. */
interface Load {
  decoders: number;
  encoders: number;
  lowPriority: boolean;
}

export class EngineResources implements CatalogueAccess {
  readonly dataFolder: string;
  readonly load: LoadKind;
  readonly idle: EngineOptions['idle'];
  readonly timers: Timers;
  readonly #notice: (message: string) => void;
  readonly #models: Replaceable<LoadedModel>;
  readonly #pools: Replaceable<DecoderPool>;
  /** Searched with beside the model in use; its parts are loaded when they are first needed. */
  readonly #seconds: Replaceable<LoadedModel>;
  #second: string | undefined;
  readonly #modelDeps: LoadedModelDeps;
  /** For this start of the program, whatever the settings say. */
  readonly #isModelGiven: boolean;
  #wanted: string | undefined;
  /** undefined: as the settings say. */
  #wantedNext: string | null | undefined;
  /** Settles when the job that analyses with the next model has ended, its processes included. */
  #nextAtWork: Promise<unknown> = Promise.resolve();
  #catalogue: Catalogue | null = null;
  #whyReadOnly: UserError | null = null;
  /** Of the file that was opened. */
  #identity: string | null = null;
  /** What the pool and the encoders that run now were made for. */
  #load: Load | null = null;

  /** @param notice called with what a user should know, one sentence at a time */
  constructor(options: EngineOptions, notice: (message: string) => void) {
    this.dataFolder = options.dataFolder;
    this.load = options.load;
    this.idle = options.idle;
    this.timers = options.timers ?? systemTimers;
    this.#notice = notice;
    this.#isModelGiven = options.model !== undefined;
    this.#wanted = options.model;
    // Who names a model wants that one, and nothing of a move between two others.
    this.#wantedNext = options.model === undefined ? undefined : null;
    this.#modelDeps = {
      dataFolder: options.dataFolder,
      catalogue: () => this.catalogue(),
      existingCatalogue: () => this.existingCatalogue(),
      load: () => this.#loadInUse(),
      notice,
    };
    this.#models = new Replaceable(() => new LoadedModel(this.wantedModel, this.#modelDeps));
    this.#seconds = new Replaceable(() => new LoadedModel(this.#second, this.#modelDeps));
    this.#pools = new Replaceable(() => {
      const { decoders, lowPriority } = this.#loadInUse();
      return new DecoderPool({ size: decoders, lowPriority });
    });
  }

  /**
   * Where it cannot be written it can still be read: searches keep working, and each change fails with the reason.
   * @throws what {@link openCatalogue} throws
   */
  catalogue(): Catalogue {
    if (this.#catalogue) this.checkThere();
    else {
      this.#catalogue = this.#openCatalogue();
      this.#identity = identityOf(this.#catalogue.path);
    }
    return this.#catalogue;
  }

  /** The catalogue if there is one already; nothing is made. */
  existingCatalogue(): Catalogue | null {
    if (this.#catalogue) return this.catalogue();
    return statSync(cataloguePath(this.dataFolder), { throwIfNoEntry: false }) ? this.catalogue() : null;
  }

  /** The catalogue if somebody has asked for it already. */
  get openCatalogue(): Catalogue | null {
    return this.#catalogue;
  }

  /** Why the catalogue can only be read; null when it can be written, or was not needed yet. */
  get whyReadOnly(): UserError | null {
    return this.#whyReadOnly;
  }

  /** Pack id, folder name or folder of the model in use, found or not. */
  get wantedModel(): string {
    return this.#wanted ?? this.#setting('model') ?? DEFAULT_PACK;
  }

  /** Pack id of the model that the library moves to; null when it does not. */
  get nextModel(): string | null {
    const next = this.#wantedNext === undefined ? this.#setting('nextModel') : this.#wantedNext;
    return next === this.wantedModel ? null : next;
  }

  /** Pack id of the setting `alsoModel`; null when it is none, or the one in use. */
  get alsoModel(): string | null {
    if (this.#isModelGiven) return null; // who names a model wants that one
    const also = this.#setting('alsoModel');
    return also === this.wantedModel ? null : also;
  }

  /** @param wanted a pack that is there; null ends the move */
  moveTo(wanted: string | null): void {
    this.#wantedNext = wanted;
  }

  /**
   * Another model from now on, and no move. Who is at work with the old one ends that first; then its processes end.
   * @param wanted a pack that is there
   */
  useModel(wanted: string): void {
    this.#wanted = wanted;
    this.#wantedNext = null;
    this.#models.replace();
  }

  /** @throws UserError model-missing, model-damaged */
  pack(): Promise<ModelPack> {
    return this.#models.get().pack();
  }

  /** See {@link LoadedModel.trouble}; of the model in use. */
  async modelTrouble(): Promise<string | null> {
    return this.#models.made ? this.#models.get().trouble() : null;
  }

  spaceId(): Promise<number> {
    return this.#models.get().spaceId();
  }

  target(): Promise<EmbeddingTarget> {
    return this.#models.get().target();
  }

  /** For one question; an analysis takes {@link withEncoders}. */
  pool(): DecoderPool {
    return this.#pools.get();
  }

  /** Holds the decoders while the work runs. */
  withDecoders<T>(work: (pool: DecoderPool) => Promise<T>): Promise<T> {
    return this.#pools.use(work);
  }

  /** For one question, as {@link pool}. */
  async supervisor(): Promise<EncoderSupervisor> {
    return (await this.#models.get().supervisors()).get();
  }

  index(): Promise<VectorIndex> {
    return this.#models.get().index();
  }

  /** Holds the model in use while the work runs, whatever becomes of the setting. */
  withModel<T>(work: (model: LoadedModel) => Promise<T>): Promise<T> {
    return this.#models.use(work);
  }

  /** @throws UserError nothing-indexed when there is no catalogue */
  searching<T>(work: (search: Search) => Promise<T>): Promise<T> {
    return this.withModel(async (model) => work(await model.search()));
  }

  /** Holds model, decoders and encoders while the work runs. @throws UserError model-missing, model-damaged */
  async withEncoders<T>(work: (encoders: EncodersInUse<LoadedModel>) => Promise<T>): Promise<T> {
    return this.withModel((model) => this.#withEncodersOf(model, work));
  }

  /**
   * As {@link withEncoders}, with the model that is searched with as well. It stays loaded for the next question, as the
   * one in use does: its encoder for as long as somebody asks, its index until the engine ends or another one is asked.
   * @param wanted pack id, folder name or folder
   * @throws UserError model-missing, model-damaged
   */
  withSecondModel<T>(wanted: string, work: (encoders: EncodersInUse<LoadedModel>) => Promise<T>): Promise<T> {
    if (this.#second !== wanted) this.#seconds.replace();
    this.#second = wanted;
    return this.#seconds.use((model) => this.#withEncodersOf(model, work));
  }

  /** What the second model has analysed may be another now, or it is no more: the next question opens it anew. */
  reopenSecondModel(): void {
    this.#seconds.replace();
  }

  async #withEncodersOf<T>(model: LoadedModel, work: (encoders: EncodersInUse<LoadedModel>) => Promise<T>): Promise<T> {
    const supervisors = await model.supervisors();
    const target = await model.target();
    return this.#pools.use((pool) => supervisors.use((supervisor) => work({ model, pool, supervisor, target })));
  }

  /**
   * As {@link withEncoders}, with another model. Its processes are there for this work alone: idle ones of a second
   * model would only hold memory.
   * @param wanted pack id, folder name or folder
   * @throws UserError model-missing, model-damaged
   */
  withOtherModel<T>(wanted: string, work: (encoders: EncodersInUse<LoadedModel>) => Promise<T>): Promise<T> {
    const model = new LoadedModel(wanted, this.#modelDeps);
    return this.#withEncodersOf(model, work).finally(() => model.close());
  }

  /** As {@link withOtherModel}, with the one that the library moves to. */
  async withNextEncoders<T>(work: (encoders: EncodersInUse<LoadedModel>) => Promise<T>): Promise<T> {
    const atWork = this.withOtherModel(this.nextModel ?? this.wantedModel, work);
    this.#nextAtWork = atWork.catch(() => {}); // its caller gets the error
    return atWork;
  }

  /** Resolves when no process of the next model runs. */
  nextAtRest(): Promise<unknown> {
    return this.#nextAtWork;
  }

  /** What another process has set: the model in use, unless the program was started with one, and how much of the machine. */
  async takeUpSettings(): Promise<void> {
    if (!this.#isModelGiven) {
      this.#wanted = undefined;
      this.#wantedNext = undefined;
      if (this.#models.made && this.#models.get().wanted !== this.wantedModel) this.#models.replace();
    }
    await this.takeUpLoad();
  }

  /** What the settings say of cores and priority holds for what begins now. */
  async takeUpLoad(): Promise<void> {
    if (this.#load === null || JSON.stringify(this.#load) === JSON.stringify(this.#loadWanted())) return;
    this.#load = null;
    this.#pools.replace();
    if (this.#models.made) (await this.#models.get().supervisors()).replace();
    this.#seconds.replace();
  }

  /** Encoders of a model; see {@link #loadWanted}. */
  get encoders(): number {
    return this.#loadInUse().encoders;
  }

  /** Whether work gives way to other programs. */
  get lowPriority(): boolean {
    return this.#loadInUse().lowPriority;
  }

  async close(): Promise<void> {
    await this.#nextAtWork;
    await Promise.all([this.#models.close(), this.#seconds.close(), this.#pools.close()]);
    this.#catalogue?.close();
  }

  /** Tells the user. */
  notice(message: string): void {
    this.#notice(message);
  }

  /**
   * SQLite keeps reading and writing a file whose folder was removed, and all of it would be lost without a word.
   * @throws UserError catalogue-unwritable
   */
  checkThere(): void {
    const { dataFolder } = this;
    if (identityOf(cataloguePath(dataFolder)) === this.#identity) return;
    const sentence = `The data folder “${dataFolder}” was removed or replaced while Earmark was running, so changes cannot be saved. Restore it, or restart Earmark.`;
    throw new UserError('catalogue-unwritable', sentence);
  }

  #openCatalogue(): Catalogue {
    const { dataFolder } = this;
    try {
      return openCatalogue(dataFolder);
    } catch (error) {
      const cannotWrite = error instanceof UserError && ['catalogue-unwritable', 'disk-full'].includes(error.code);
      if (!cannotWrite || !existsSync(cataloguePath(dataFolder))) throw error;
      const catalogue = openToRead(dataFolder, error);
      this.#whyReadOnly = whyReadOnly(error, catalogue.path);
      return catalogue;
    }
  }

  #setting(name: 'model' | 'nextModel' | 'alsoModel'): string | null {
    try {
      return readSettings(this.existingCatalogue())[name];
    } catch {
      return null; // calls that need the catalogue report what is wrong with it; a model can be checked without
    }
  }

  #loadInUse(): Load {
    this.#load ??= this.#loadWanted();
    return this.#load;
  }

  /**
   * One decoder for each encoder. Decoding mp3 costs more than the starter model does, yet a second decoder on two
   * cores brought nothing (measured): all cores are busy as it is. A heavier model needs decoders even less.
   */
  #loadWanted(): Load {
    const { backgroundCores: cores, lowPriority } =
      this.load === 'foreground'
        ? { backgroundCores: availableParallelism(), lowPriority: false }
        : readSettings(this.existingCatalogue());
    const encoders = Math.max(1, Math.ceil(cores / 2));
    return { encoders, decoders: Math.max(1, cores - encoders), lowPriority };
  }
}

/** @throws `why` when it cannot be read either */
function openToRead(dataFolder: string, why: unknown): Catalogue {
  try {
    return openCatalogue(dataFolder, { readonly: true });
  } catch (error) {
    throw error instanceof UserError && error.code === 'disk-full' ? error : why;
  }
}

/** A catalogue opened read-only stays so until the engine ends: after freeing space or granting permission, restart it. */
function whyReadOnly({ code, cause }: UserError, path: string): UserError {
  const sentence =
    code === 'disk-full'
      ? `The disk of the catalogue “${path}” is full. Free some space and restart Earmark.`
      : `The catalogue “${path}” cannot be written. Check the permissions of its folder and restart Earmark, or choose another data folder.`;
  return new UserError(code, sentence, cause);
}

/** null when it is not there */
function identityOf(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false, bigint: true });
  return facts ? `${facts.dev}:${facts.ino}` : null;
}
