/**
 * A small real catalogue whose sounds are known by construction: embeddings are mixtures of concepts, one axis each,
 * and words are embedded by the same axes. The index is the exact answer, computed from the catalogue.
 */
import type { WindowRow } from '../../src/main/catalogue/stores/windows.ts';
import { cosineSimilarity, normalised } from '../../src/main/vectors/normalise.ts';
import type { Relevance } from '../../src/main/search/relevance.ts';
import { ownLevels, TAKE_FROM_WINDOWS } from '../../src/main/index/own-levels.ts';
import { Search, type SearchDeps } from '../../src/main/search/search.ts';
import type { WindowMatches, WindowSearch } from '../../src/main/search/window-search.ts';
import type { AudioFormat, NativeTag } from '../../src/shared/types.ts';
import { temporaryCatalogue } from '../kit/catalogue.ts';
import { NO_SAMPLE_FACTS } from '../kit/figures.ts';

const DIM = 64;
const CONCEPTS = ['dog', 'rain', 'thunder', 'door', 'engine', 'bell', 'wind', 'birds', 'piano', 'footsteps', 'nothing'];
export type Mixture = Record<string, number>;

/** cos 0.6 → 0.5, 0.8 → 0.98, 0.4 → 0.02 */
export const CURVE: Relevance = { text: { slope: 20, intercept: -12 }, audio: { slope: 20, intercept: -12 } };

export interface Sound {
  /** Below the root. */
  path: string;
  root?: string;
  /** One mixture of concepts per 5-s window; none: a silent file. */
  windows: Mixture[];
  tags?: string[];
  contentId?: string;
  format?: AudioFormat;
  durationSeconds?: number;
  channels?: number;
  sampleRate?: number;
}

/** The direction of a mixture of concepts, plus a little of its own in the remaining dimensions. */
export function embeddingOf(mixture: Mixture, seed = 0): Float32Array {
  const values = new Float32Array(DIM);
  for (const [concept, amount] of Object.entries(mixture)) values[axisOf(concept)]! += amount;
  let state = seed * 2_654_435_761 + 1;
  for (let i = CONCEPTS.length; i < DIM && seed > 0; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    values[i] = (state / 2 ** 32 - 0.5) * 0.2;
  }
  return normalised(values)!;
}

function axisOf(concept: string): number {
  const axis = CONCEPTS.indexOf(concept);
  return axis === -1 ? CONCEPTS.indexOf('nothing') : axis;
}

/** Words as the fake model embeds them: the concepts among them; rain and thunder are related. */
export function embedText(text: string): Float32Array {
  const mixture: Mixture = {};
  for (const word of text.toLowerCase().split(/[^a-z]+/)) if (CONCEPTS.includes(word)) mixture[word] = 1;
  if (mixture['thunder'] && !mixture['rain']) mixture['rain'] = 0.4;
  if (Object.keys(mixture).length === 0) mixture['nothing'] = 1;
  return embeddingOf(mixture);
}

/** `seconds`: length of its windows. */
type SecondOptions = Partial<SearchDeps> & { seconds?: number };

export class SoundLibrary {
  readonly #temporary = temporaryCatalogue({ dim: DIM });
  readonly catalogue = this.#temporary.catalogue;
  readonly spaceId = this.#temporary.spaceId;
  readonly #ids = new Map<string, number>();
  /** k of every question the index was asked. */
  readonly asked: number[] = [];
  #seed = 0;

  /** Past the stores. */
  get db() {
    return this.#temporary.db;
  }

  add(...sounds: Sound[]): this {
    for (const sound of sounds) this.#add(sound);
    return this;
  }

  #add({ path, root = '/sounds', windows, tags = [], ...facts }: Sound): void {
    const { files, roots } = this.catalogue;
    const fileId = files.insertPending({ rootId: roots.add(root).id, relativePath: path, size: 1, mtimeMs: 1 });
    files.storeAnalysed({
      fileId,
      spaceId: this.spaceId,
      facts: {
        contentId: facts.contentId ?? `content of ${path}`,
        format: facts.format ?? 'wav',
        codec: null,
        durationSeconds: facts.durationSeconds ?? Math.max(1, windows.length * 5),
        sampleRate: facts.sampleRate ?? 48_000,
        channels: facts.channels ?? 2,
        bitDepth: 16,
        ...NO_SAMPLE_FACTS,
        peakDb: -1,
        clippedSamples: 0,
        loudnessLufs: -20,
        waveform: null,
        warnings: [],
      },
      tags: tags.map((value): NativeTag => ({ nativeId: 'TCON', field: 'genre', value })),
      windows: windows.map((mixture, at) => ({
        startSeconds: at * 5,
        seconds: 5,
        embedding: embeddingOf(mixture, ++this.#seed),
      })),
    });
    this.#ids.set(path, fileId);
  }

  id(path: string): number {
    return this.#ids.get(path)!;
  }

  search(deps: Partial<SearchDeps> = {}): Search {
    return new Search({
      catalogue: this.catalogue,
      spaceId: this.spaceId,
      model: 'tiny',
      index: this.index(),
      encodeTexts: (texts) => Promise.resolve(texts.map(embedText)),
      relevance: CURVE,
      ...deps,
    });
  }

  /** A second model over the same files: its space, and what it has analysed. */
  second(analysed: Readonly<Record<string, Mixture[]>>, { seconds = 5, ...deps }: SecondOptions = {}): Search {
    const { windows } = this.catalogue;
    const spaceId = windows.ensureSpace({ modelId: 'second', weightHash: 'second', preprocessing: 1, dim: DIM });
    for (const [path, mixtures] of Object.entries(analysed)) {
      const own = mixtures.map((mixture, at) => ({
        startSeconds: at * seconds,
        seconds,
        embedding: embeddingOf(mixture),
      }));
      windows.insert(this.id(path), spaceId, own);
    }
    return this.search({ spaceId, model: 'second', index: this.index(spaceId), ...deps });
  }

  index(spaceId = this.spaceId): WindowSearch {
    const { db } = this;
    const { windows } = this.catalogue;
    const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
    let known = { changes: '', rows: [] as (WindowRow & { fileId: number })[] };
    const rows = () => {
      const now = `${String(db.pragma('data_version', { simple: true }))} ${changes.get()!}`; // of the catalogue, of `db`
      if (known.changes !== now) {
        const fileIds = db
          .prepare<[number], number>('SELECT DISTINCT file_id FROM window WHERE space_id = ?')
          .pluck()
          .all(spaceId);
        known = {
          changes: now,
          rows: fileIds.flatMap((fileId) => windows.ofFile(fileId, spaceId).map((row) => ({ ...row, fileId }))),
        };
      }
      return known.rows;
    };
    const answer = (embedding: Float32Array, fileIds?: Float64Array) =>
      rows()
        .filter(({ fileId }) => !fileIds || fileIds.includes(fileId))
        .map((row) => ({ ...row, cosine: cosineSimilarity(embedding, row.embedding) }))
        .sort((a, b) => b.cosine - a.cosine);
    const matches = (found: ReturnType<typeof answer>): WindowMatches => ({
      windowIds: Float64Array.from(found, ({ id }) => id),
      fileIds: Float64Array.from(found, ({ fileId }) => fileId),
      startSeconds: Float64Array.from(found, ({ startSeconds }) => startSeconds),
      seconds: Float64Array.from(found, ({ seconds }) => seconds),
      cosines: Float32Array.from(found, ({ cosine }) => cosine),
    });
    return {
      search: (embedding, k, fileIds) => {
        this.asked.push(k);
        return Promise.resolve(matches(answer(embedding, fileIds).slice(0, k)));
      },
      scoreFiles: (embedding, fileIds) => {
        const best = new Map<number, ReturnType<typeof answer>[number]>();
        for (const row of answer(embedding, fileIds)) if (!best.has(row.fileId)) best.set(row.fileId, row);
        return Promise.resolve(matches([...best.values()]));
      },
      levels: (embedding, fileIds) => {
        const own = Map.groupBy(answer(embedding, fileIds), ({ fileId }) => fileId);
        return Promise.resolve(
          [...own]
            .filter(([, windows]) => windows.length >= TAKE_FROM_WINDOWS)
            .map(([fileId, windows]) => ({ fileId, ...ownLevels(Float32Array.from(windows, ({ cosine }) => cosine)) })),
        );
      },
      background: (embedding) => {
        const cosines = answer(embedding).map(({ cosine }) => cosine);
        const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
        const variance = cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / cosines.length;
        return Promise.resolve({ mean, sd: Math.sqrt(variance) });
      },
    };
  }

  close(): void {
    this.#temporary.remove();
  }
}

/** Sounds that are none of what is asked for. */
export function backdrop(count: number): Sound[] {
  const others = ['engine', 'bell', 'wind', 'birds', 'piano'];
  return Array.from({ length: count }, (_, at) => ({
    path: `misc/take ${String(at).padStart(3, '0')}.wav`,
    windows: [{ [others[at % others.length]!]: 1, [others[(at * 3 + 1) % others.length]!]: 0.4 }],
  }));
}
