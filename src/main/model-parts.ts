/** What belongs to one model: pack, encoders, index, search. Another model in use means another set of these. */
import type { Catalogue } from './catalogue/open.ts';
import { acquireWriterLock } from './catalogue/writer-lock.ts';
import type { ListeningTarget } from './embed/listen.ts';
import { choosePlan, distrust } from './embed/provider-choice.ts';
import { EncoderSupervisor, type PlanSource } from './embed/supervisor.ts';
import { VectorIndex } from './index/vector-index.ts';
import { findPack } from './models/installed.ts';
import { queryTexts } from './models/prompt.ts';
import { loadTokenizer } from './models/tokenizer.ts';
import { spaceOf, type ModelPack } from './models/pack.ts';
import { Replaceable } from './replaceable.ts';
import { queryEncoder } from './search/query-embedding.ts';
import { Search } from './search/search.ts';
import { soundWords } from './search/sound-words.ts';
import { ucsCodes } from './search/ucs-codes.ts';
import { readVocabularies } from './tag/installed.ts';
import { UserError } from '../shared/errors.ts';

/** Up to so many windows the index is built within about a second. */
const REBUILT_AT_CLOSE = 5000;
/** Longer files are listened to up to here: 10 h at 5-s windows. */
const MAX_WINDOWS_PER_FILE = 7200;

/** What the set stands on. */
export interface ModelGround {
  dataFolder: string;
  catalogue: () => Catalogue;
  existingCatalogue: () => Catalogue | null;
  /** Asked whenever encoders are started. */
  load: () => { encoders: number; lowPriority: boolean };
  notice: (message: string) => void;
}

/** Each part is made when it is first needed. */
export class ModelParts {
  readonly #wanted: string | undefined;
  readonly #ground: ModelGround;
  #pack: Promise<ModelPack> | null = null;
  #supervisors: Promise<Replaceable<EncoderSupervisor>> | null = null;
  #index: Promise<VectorIndex> | null = null;
  #search: Promise<Search> | null = null;

  /** @param wanted what {@link findPack} is asked for; the starter model if absent */
  constructor(wanted: string | undefined, ground: ModelGround) {
    this.#wanted = wanted;
    this.#ground = ground;
  }

  /** @throws UserError model-missing, model-damaged; the next one who asks makes it look again */
  pack(): Promise<ModelPack> {
    this.#pack ??= findPack({ dataFolder: this.#ground.dataFolder }, this.#wanted);
    this.#pack.catch(() => (this.#pack = null));
    return this.#pack;
  }

  async spaceId(): Promise<number> {
    return this.#ground.catalogue().windows.ensureSpace(spaceOf(await this.pack()));
  }

  async target(): Promise<ListeningTarget> {
    const { sampleRate, windowSeconds, hopSeconds } = (await this.pack()).audio;
    return { sampleRate, windowSeconds, hopSeconds, maxWindows: MAX_WINDOWS_PER_FILE };
  }

  /** With as many encoders as the load says when it is made; whoever comes back to it later must hold it. */
  supervisors(): Promise<Replaceable<EncoderSupervisor>> {
    this.#supervisors ??= this.pack().then((pack) => {
      const make = () => {
        const load = this.#ground.load();
        const { dataFolder, notice } = this.#ground;
        const plans: PlanSource = {
          choose: () => choosePlan(pack, { dataFolder, encoders: load.encoders }),
          distrust: (provider, why) => distrust(pack, dataFolder, provider, why),
        };
        return new EncoderSupervisor(pack, { ...load, threadsPerEncoder: 1, plans }, notice);
      };
      return new Replaceable(make);
    });
    this.#supervisors.catch(() => (this.#supervisors = null));
    return this.#supervisors;
  }

  /** Why the process that runs it does not, a sentence; null when nothing is known. Nothing is started. */
  async trouble(): Promise<string | null> {
    const supervisors = await this.#supervisors?.catch(() => null);
    return supervisors?.made ? supervisors.get().trouble : null;
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

  /** Search first (it asks the others), then the index, then the processes that run the model. */
  async close(): Promise<void> {
    this.#search = null;
    const index = await this.#index?.catch(() => null);
    if (index) {
      await this.#leaveWhole(index);
      await index.close();
    }
    const supervisors = await this.#supervisors?.catch(() => null);
    await supervisors?.close();
  }

  /** A search that found a damaged index has answered without it; it leaves a good one behind where that is quick. */
  async #leaveWhole(index: VectorIndex): Promise<void> {
    if (index.behind === 0 || index.behind > REBUILT_AT_CLOSE) return;
    try {
      // Whoever indexes holds the lock, and saves the index itself.
      const release = await acquireWriterLock(this.#ground.dataFolder, { work: 'save' });
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
    const { dataFolder, notice } = this.#ground;
    const spaceId = await this.spaceId();
    const { dim } = await this.pack();
    return VectorIndex.open({ dataFolder, spaceId, dim, notice });
  }

  async #openSearch(): Promise<Search> {
    const catalogue = this.#ground.existingCatalogue();
    if (!catalogue) {
      throw new UserError('nothing-indexed', 'Nothing has been listened to yet. Index a folder first.');
    }
    const pack = await this.pack();
    const supervisors = await this.supervisors();
    // What is wrong with one of them is said where vocabularies are listed.
    const { found } = await readVocabularies({ dataFolder: this.#ground.dataFolder });
    const labels = found.flatMap(({ vocabulary }) => vocabulary.labels);
    const tokenize = await loadTokenizer(pack);
    const special = tokenize('').ids.length;
    return new Search({
      db: catalogue.db,
      spaceId: await this.spaceId(),
      model: pack.id,
      relevance: pack.relevance,
      piecesPerLetter: (word) => (tokenize(word).ids.length - special) / Array.from(word).length,
      codes: ucsCodes(labels.flatMap(({ ucs }) => ucs ?? [])),
      soundWords: soundWords(labels),
      index: await this.index(),
      encodeTexts: queryEncoder(
        (text) => queryTexts(text, pack),
        (texts) => supervisors.use((supervisor) => supervisor.asking((encoder) => encoder.embedTexts(texts))),
      ),
    });
  }
}
