/** What belongs to one model: pack, encoders, index, search. Another model in use means another of these. */
import type { Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import type { EmbeddingTarget } from '../embed/embed-files.ts';
import { QuerySounds } from '../embed/query-sound.ts';
import { choosePlan, blocklist } from '../embed/provider-choice.ts';
import { EncoderSupervisor, type PlanSource } from '../embed/supervisor.ts';
import { VectorIndex } from '../index/vector-index.ts';
import { findPack } from '../packs/installed.ts';
import { queryTexts } from '../packs/prompt.ts';
import { loadTokenizer } from '../packs/tokenizer.ts';
import { readWords } from '../packs/words.ts';
import { spaceOf, type ModelPack } from '../packs/pack.ts';
import { Replaceable } from '../async/replaceable.ts';
import { knownWords, learntWords } from '../search/known-words.ts';
import { queryEncoder } from '../search/query-embedding.ts';
import { Search } from '../search/search.ts';
import { soundWords } from '../search/sound-words.ts';
import { ucsCodes } from '../text/ucs-codes.ts';
import { readVocabularies } from '../tag/installed.ts';
import { UserError } from '../../shared/errors.ts';

/** Up to so many windows the index is built within about a second. */
const REBUILT_AT_CLOSE = 5000;
/** Longer files are embedded up to here: 10 h at 5-s windows. */
const MAX_WINDOWS_PER_FILE = 7200;

export interface LoadedModelDeps {
  dataFolder: string;
  catalogue: () => Catalogue;
  existingCatalogue: () => Catalogue | null;
  /** Asked whenever encoders are started. */
  load: () => { encoders: number; lowPriority: boolean };
  notice: (message: string) => void;
}

/** Each part is made when it is first needed. */
export class LoadedModel {
  /** As {@link findPack} is asked for it. */
  readonly wanted: string | undefined;
  /** For the session: what a search was asked by once is asked by again with each word that is added. */
  readonly querySounds = new QuerySounds();
  readonly #deps: LoadedModelDeps;
  #pack: Promise<ModelPack> | null = null;
  #supervisors: Promise<Replaceable<EncoderSupervisor>> | null = null;
  #index: Promise<VectorIndex> | null = null;
  #search: Promise<Search> | null = null;

  /** @param wanted what {@link findPack} is asked for; the starter model if absent */
  constructor(wanted: string | undefined, deps: LoadedModelDeps) {
    this.wanted = wanted;
    this.#deps = deps;
  }

  /** @throws UserError model-missing, model-damaged; the next call tries again */
  pack(): Promise<ModelPack> {
    this.#pack ??= findPack({ dataFolder: this.#deps.dataFolder }, this.wanted);
    this.#pack.catch(() => (this.#pack = null));
    return this.#pack;
  }

  async spaceId(): Promise<number> {
    return this.#deps.catalogue().windows.ensureSpace(spaceOf(await this.pack()));
  }

  async target(): Promise<EmbeddingTarget> {
    const { sampleRate, windowSeconds, hopSeconds } = (await this.pack()).audio;
    return { sampleRate, windowSeconds, hopSeconds, maxWindows: MAX_WINDOWS_PER_FILE };
  }

  /** With as many encoders as the load says when it is made; callers that use it later must hold it. */
  supervisors(): Promise<Replaceable<EncoderSupervisor>> {
    this.#supervisors ??= this.pack().then((pack) => {
      const make = () => {
        const load = this.#deps.load();
        const { dataFolder, notice } = this.#deps;
        const plans: PlanSource = {
          choose: () => choosePlan(pack, { dataFolder, encoders: load.encoders }),
          blocklist: (provider, why) => blocklist(pack, dataFolder, provider, why),
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
      // The index job holds the lock, and saves the index itself.
      const release = await acquireWriterLock(this.#deps.dataFolder, { work: 'save' });
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
    const { dataFolder, notice } = this.#deps;
    const spaceId = await this.spaceId();
    const { dim } = await this.pack();
    return VectorIndex.open({ dataFolder, spaceId, dim, notice });
  }

  async #openSearch(): Promise<Search> {
    const catalogue = this.#deps.existingCatalogue();
    if (!catalogue) {
      throw new UserError('nothing-indexed', 'No files analysed yet. Index a folder first.');
    }
    const pack = await this.pack();
    const supervisors = await this.supervisors();
    // What is wrong with one of them is said where vocabularies are listed.
    const { found } = await readVocabularies({ dataFolder: this.#deps.dataFolder });
    const labels = found.flatMap(({ vocabulary }) => vocabulary.labels);
    const tokenize = await loadTokenizer(pack);
    const special = tokenize('').ids.length;
    const isLearnt = learntWords(await readWords(pack));
    return new Search({
      catalogue,
      spaceId: await this.spaceId(),
      model: pack.id,
      relevance: pack.relevance,
      isKnown: knownWords((word) => (tokenize(word).ids.length - special) / Array.from(word).length, isLearnt),
      codes: ucsCodes(labels.flatMap(({ ucs }) => ucs ?? [])),
      soundWords: soundWords(labels, isLearnt),
      index: await this.index(),
      encodeTexts: queryEncoder(
        (text) => queryTexts(text, pack),
        (texts) => supervisors.use((supervisor) => supervisor.asking((encoder) => encoder.embedTexts(texts))),
      ),
    });
  }
}
