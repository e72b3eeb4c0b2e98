/** The calls about facts and their sources: from the catalogue where they are known, else found now. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SAMPLE_KINDS, type SampleFacts } from '../../shared/analysis.ts';
import type { FactCalls, FileFacts } from '../../shared/calls/facts.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import { chosenFacts, FACT_NAMES, FACTS, MEASURED, parseFact, type Fact, type FactName, type MeasuredName, type Sources } from '../../shared/facts.ts'; // prettier-ignore
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { FileRow } from '../catalogue/stores/files.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { isInside, toRelative } from '../scan/roots.ts';
import { statedByName, statedByTags } from '../text/stated-facts.ts';

type FactDeps = Pick<CatalogueAccess, 'catalogue' | 'existingCatalogue'> & {
  withEncoders<T>(work: (encoders: EncodersInUse<Pick<ModelAccess, 'pack'>>) => Promise<T>): Promise<T>;
};
type Found = Pick<EncodersInUse<Pick<ModelAccess, 'pack'>>, 'pool' | 'target'>;

/** @param changed called with files whose facts were corrected */
export function factCalls(deps: FactDeps, changed: (fileIds: number[]) => void): Pick<Engine, keyof FactCalls> {
  return {
    async 'fact.of'({ paths }) {
      const result: FactCalls['fact.of']['output'] = { items: [], failed: [] };
      const unknown: string[] = [];
      const known = new Map<string, FileFacts>();
      for (const path of paths) {
        const item = await knownFacts(path, deps.existingCatalogue());
        if (item) known.set(path, item);
        else unknown.push(path);
      }
      const found = new Map<string, FileFacts>();
      if (unknown.length > 0) {
        await deps.withEncoders(async (encoders) => {
          for (const path of unknown) {
            try {
              found.set(path, await factsNow(path, encoders));
            } catch (error) {
              if (!(error instanceof UserError)) throw error;
              result.failed.push({ path, code: error.code, message: error.userMessage });
            }
          }
        });
      }
      result.items = paths.flatMap((path) => known.get(path) ?? found.get(path) ?? []);
      return result;
    },
    async 'fact.set'({ fileIds, fact, value }) {
      const number = value === null ? null : parseFact(fact, value);
      if (value !== null && number === null) {
        const { name, forms } = FACTS[fact];
        throw new UserError('bad-input', `${name} “${value}” is not valid. Use ${forms}, or “none”.`);
      }
      await Promise.resolve();
      deps.catalogue().statedFacts.decide(fileIds, fact, number);
      changed(fileIds);
      return null;
    },
  };
}

/** @returns null unless the file is as it was when all of this was found */
async function knownFacts(path: string, catalogue: Catalogue | null): Promise<FileFacts | null> {
  const row = catalogue && rowOf(path, catalogue);
  if (!row || row.state !== 'ready') return null;
  const now = await stat(path).catch(() => null);
  if (now && (now.size !== row.size || now.mtimeMs !== row.mtimeMs)) return null;
  const sources = catalogue.statedFacts.sources(row.id);
  if (row.bandwidthHz === null || FACT_NAMES.some((fact) => sources[fact].sound === null)) return null;
  return { path, facts: { ...chosenFacts(sources), ...measured(row) } };
}

function rowOf(path: string, catalogue: Catalogue): FileRow | null {
  for (const root of catalogue.roots.list()) {
    if (isInside(path, root.path)) return catalogue.files.byPath(root.id, toRelative(path, root.path));
  }
  return null;
}

/** @throws UserError with a FileErrorCode when it cannot be analysed */
async function factsNow(path: string, { pool, target }: Found): Promise<FileFacts> {
  const { signal } = new AbortController();
  const { windowSeconds, hopSeconds, maxWindows } = target;
  const plan = { windowSeconds, hopSeconds, maxWindows };
  const analysed = await pool.analyse({ path, kinds: [...SAMPLE_KINDS], plan }, signal);
  if (analysed.notAudio) throw new UserError('not-audio', `“${path}” is not an audio file. Choose an audio file.`);
  const facts = analysed.facts as SampleFacts; // all kinds were asked for
  const tags = statedByTags(await pool.tags({ path }, signal));
  const name = statedByName(basename(path));
  const sound: Record<FactName, [number | null, number | null]> = {
    kind: [facts.soundKind, facts.soundKindConfidence],
    bpm: [facts.soundBpm, facts.soundBpmConfidence],
    key: [facts.soundKey, facts.soundKeyConfidence],
    root: [facts.soundRoot, facts.soundRootConfidence],
  };
  const sources = Object.fromEntries(
    FACT_NAMES.map((fact) => {
      const [value, confidence] = sound[fact];
      return [fact, { you: null, file: tags[fact], name: name[fact], sound: value, confidence }];
    }),
  ) as Record<FactName, Sources>;
  return { path, facts: { ...chosenFacts(sources), ...measured(facts) } };
}

function measured(figures: Pick<SampleFacts, (typeof MEASURED)[MeasuredName]>): Record<MeasuredName, Fact> {
  const names = Object.keys(MEASURED) as MeasuredName[];
  const fact = (value: number | null): Fact => {
    const finite = value !== null && Number.isFinite(value);
    return { value: finite ? Number(value.toFixed(2)) : null, confidence: 1, from: 'sound' };
  };
  return Object.fromEntries(names.map((name) => [name, fact(figures[MEASURED[name]])])) as Record<MeasuredName, Fact>;
}
