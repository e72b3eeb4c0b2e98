/** A catalogue of made-up analysed files: clusters of embeddings, in a folder of its own. */
import type { MapSummary } from '../../src/shared/calls/map.ts';
import type { AudioFormat } from '../../src/shared/types.ts';
import { summaryOf } from '../../src/shared/jobs.ts';
import { VectorIndex } from '../../src/main/index/vector-index.ts';
import { JobRunner, type JobContext } from '../../src/main/jobs/runner.ts';
import { runMapJob, type MapJobDeps } from '../../src/main/map/map-job.ts';
import { loadMap, type SavedMap } from '../../src/main/map/map-file.ts';
import { facts, temporaryCatalogue } from '../kit/catalogue.ts';
import { normalised } from '../index/clustered.ts';
import { uniform } from '../kit/uniform.ts';

export const DIM = 24;
export const CLUSTERS = 5;

export interface NewSound {
  cluster: number;
  /** @default cluster-<cluster>/<number>.wav */
  path?: string;
  format?: AudioFormat;
  tags?: string[];
  embedding?: Float32Array;
}

export class EmbeddedLibrary {
  readonly #temporary = temporaryCatalogue({ dim: DIM });
  readonly folder = this.#temporary.folder;
  readonly catalogue = this.#temporary.catalogue;
  readonly spaceId = this.#temporary.spaceId;
  readonly rootId = this.catalogue.roots.add('/sounds').id;
  /** Of each file, by its id. */
  readonly embeddings = new Map<number, Float32Array>();
  readonly clusterOf = new Map<number, number>();
  readonly pids: number[] = [];
  readonly #random = uniform(11);
  readonly #middles = Array.from({ length: CLUSTERS }, () => normalised(this.#gaussians()));
  #index: VectorIndex | null = null;

  /** Two windows a file, a little apart from each other. @returns ids */
  add(sounds: readonly NewSound[], rootId = this.rootId): number[] {
    return this.catalogue.transaction(() => sounds.map((sound) => this.#addOne(sound, rootId)));
  }

  /** So many of each cluster, by turns. */
  addEach(many: number): number[] {
    return this.add(Array.from({ length: many * CLUSTERS }, (_, i) => ({ cluster: i % CLUSTERS })));
  }

  /** A sound of this cluster. */
  near(cluster: number): Float32Array {
    const noise = this.#gaussians();
    return normalised(this.#middles[cluster]!.map((value, i) => value + (0.5 * noise[i]!) / Math.sqrt(DIM)));
  }

  deps(): MapJobDeps {
    const { folder, catalogue, spaceId } = this;
    return {
      dataFolder: folder,
      catalogue,
      spaceId,
      dim: DIM,
      lowPriority: false,
      openIndex: async () => {
        this.#index ??= await VectorIndex.open({ dataFolder: folder, spaceId, dim: DIM });
        await this.#index.sync();
        return this.#index;
      },
      started: (pid) => this.pids.push(pid),
    };
  }

  /** `waits`: whether it is held back, as a paused job is between two steps. */
  job(anew = false) {
    const [stages, shares]: [string[], number[]] = [[], []];
    let waiting = 0;
    const runner = new JobRunner<'map'>({
      records: () => this.catalogue.jobs,
      send: (progress) => {
        if (progress.kind !== 'map') return;
        const { stage, done, total } = progress;
        stages.push(stage);
        if (total !== null && total > 0) shares.push(done / total);
      },
      busy: 'one map at a time',
      first: {
        ...{ stage: 'comparing', done: 0, total: null, failed: 0, audioSeconds: 0 },
        ...{ realTimeFactor: null, etaSeconds: null, currentPath: null },
      },
    });
    const work = (context: JobContext) => {
      const whileNotPaused = async () => {
        waiting++;
        await context.whileNotPaused().finally(() => waiting--);
      };
      return runMapJob({ ...context, whileNotPaused }, anew, this.deps());
    };
    return { runner, id: runner.start('map', { anew }, work), stages, shares, waits: () => waiting > 0 };
  }

  async make(anew = false): Promise<MapSummary> {
    const { runner, id } = this.job(anew);
    return summaryOf(await runner.wait(id), 'map');
  }

  /** The saved map. @throws Error when there is none that can be used */
  async map(): Promise<SavedMap> {
    const map = await loadMap(this.folder, this.spaceId);
    if (map === null || map === 'damaged') throw new Error(`no map: ${String(map)}`);
    return map;
  }

  async end(): Promise<void> {
    await this.#index?.close();
    this.#temporary.remove();
  }

  #addOne({ cluster, path, format = 'wav', tags = [], embedding }: NewSound, rootId: number): number {
    const { files } = this.catalogue;
    const number = this.embeddings.size;
    const relativePath = path ?? `cluster-${cluster}/${number}.${format}`;
    const fileId = files.insertPending({ rootId, relativePath, size: 1000 + number, mtimeMs: 5 });
    const middle = embedding ?? this.near(cluster);
    const noise = this.#gaussians();
    const beside = (sign: number) => normalised(middle.map((value, i) => value + sign * 0.02 * noise[i]!));
    const both = embedding ? [embedding] : [beside(1), beside(-1)];
    files.storeAnalysed({
      fileId,
      spaceId: this.spaceId,
      facts: { ...facts(`content ${number}`), format },
      tags: tags.map((value) => ({ nativeId: 'KEYWORDS', field: 'keywords', value })),
      windows: both.map((one, i) => ({ startSeconds: 5 * i, seconds: 5, embedding: one })),
    });
    this.embeddings.set(fileId, middle);
    this.clusterOf.set(fileId, cluster);
    return fileId;
  }

  #gaussians(): Float32Array {
    const one = () => Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return Float32Array.from({ length: DIM }, one);
  }
}

/** x, y of a file on a map. @throws Error when it is not on it */
export function placeOf(map: SavedMap, fileId: number): [x: number, y: number] {
  const row = map.fileIds.indexOf(fileId);
  if (row === -1) throw new Error(`file ${fileId} is not on the map`);
  return [map.places[2 * row]!, map.places[2 * row + 1]!];
}
