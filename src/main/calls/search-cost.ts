/** What it costs on this machine to search with a second model: measured by searching, not estimated. */
import type { SearchCost } from '../../shared/calls/models.ts';
import { median } from '../../shared/median.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import { indexBytes } from '../index/index-folder.ts';
import type { ModelPack } from '../packs/pack.ts';
import { besideNotIndexed, isInUse } from '../search/notices.ts';
import { NO_REFERENCES } from '../search/reference-windows.ts';
import type { Beside, Search } from '../search/search.ts';

interface CostModel {
  search(): Promise<Search>;
  index(): Promise<VectorIndex>;
  spaceId(): Promise<number>;
  pack(): Promise<ModelPack>;
}

export interface SearchCostDeps extends Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'> {
  searching<T>(work: (search: Search) => Promise<T>): Promise<T>;
  /** Loads it anew: what has been loaded before would cost nothing. */
  withOtherModel<T>(wanted: string, work: (encoders: EncodersInUse<CostModel>) => Promise<T>): Promise<T>;
}

const LOADING = 'rain';
/** What people type. */
const MEASURED = ['a dog barking', 'church bell far away', 'footsteps on gravel', 'explosion', 'metal scraping on concrete']; // prettier-ignore

/** @throws UserError model-missing, model-damaged, nothing-indexed, bad-input for the model in use */
export function searchCost(id: string, deps: SearchCostDeps): Promise<SearchCost> {
  return deps.searching((first) =>
    deps.withOtherModel(id, async ({ model, supervisor }) => {
      const pack = await model.pack();
      if (pack.id === first.model) throw isInUse(pack.id);
      const catalogue = deps.existingCatalogue()!; // nothing could be searched without
      const spaceId = await model.spaceId();
      const { files, analysed: analysedFiles } = catalogue.totals.coverage(spaceId, 0);
      if (analysedFiles === 0) throw besideNotIndexed(pack.id);
      await ask(first, LOADING);
      const loadMs = await timed(async () => ask(await model.search(), LOADING));
      const beside = { search: await model.search(), references: NO_REFERENCES };
      const alone: number[] = [];
      const both: number[] = [];
      for (const text of MEASURED) {
        alone.push(await timed(() => ask(first, text)));
        both.push(await timed(() => ask(first, text, beside)));
      }
      const index = await model.index();
      const encoderBytes = await supervisor.asking((encoder) => encoder.memory());
      const stored = catalogue.spaces.analysedByModel().find(({ modelId }) => modelId === pack.id);
      return {
        id: pack.id,
        loadSeconds: loadMs / 1000,
        memoryBytes: encoderBytes + (await index.memory()),
        aloneMs: median(alone),
        bothMs: median(both),
        diskBytes: (stored?.bytes ?? 0) + indexBytes(deps.dataFolder, spaceId),
        analysedFiles,
        files,
      };
    }),
  );
}

async function ask(search: Search, text: string, beside: Beside | null = null): Promise<void> {
  await search.run({ text }, NO_REFERENCES, undefined, beside);
}

/** @returns ms */
async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
