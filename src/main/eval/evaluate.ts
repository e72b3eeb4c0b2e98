/** One evaluation: table → clips → embeddings → figures. */
import { basename } from 'node:path';
import type { EvalFigures, EvalProgress, EvalReport, EvalRequest } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import { spaceOf, type ModelPack, type RelevanceCurve } from '../packs/pack.ts';
import { multiLabelFigures, singleLabelFigures, type LabelledClip } from './classify.ts';
import { openDataset, type Dataset } from './dataset.ts';
import { embedClips, type ClipEmbeddings, type Listeners } from './embed-clips.ts';
import { embedLabels, promptVariants, type TextReader } from './embed-prompts.ts';
import { openEmbeddingCache } from './embedding-cache.ts';
import type { NoteOutcome, OutcomeLog } from './compare/outcomes.ts';
import { retrievalFigures, type Caption } from './retrieve.ts';

export interface EvalDeps extends Listeners {
  pack: ModelPack;
  /** Where the cache of embeddings lives. */
  dataFolder: string;
  /** Told what a user should know, one sentence at a time. */
  notice: (message: string) => void;
}

/**
 * @param report called whenever there is progress
 * @param log gets what the figures of the first variant are means of
 * @returns when aborted, too: then without figures; what was embedded is kept for the next run
 * @throws UserError when the data set cannot be used (openDataset), when none of its clips can be analysed, when the
 *   model does not run here, when the cache cannot be written
 */
export async function evaluate(
  request: EvalRequest,
  deps: EvalDeps,
  signal: AbortSignal,
  report: (progress: EvalProgress) => void,
  log?: OutcomeLog,
): Promise<EvalReport> {
  const startMs = performance.now();
  const { pack } = deps;
  const dataset = await openDataset(request);
  const alone = dataset.layout === 'captions' ? 'only' : 'also';
  const variants = promptVariants(request.prompts, pack.promptTemplate, alone);
  const cache = openEmbeddingCache(deps.dataFolder, pack, deps.target, deps.notice);
  try {
    const embedded = await embedClips(dataset.clips, cache, deps, signal, report);
    const reader: TextReader = { cache, supervisor: deps.supervisor, signal, report };
    const figures = signal.aborted
      ? null
      : await figuresUnlessStopped(dataset, embedded, { variants, log }, reader, pack.relevance?.text ?? null);
    const { weightHash } = spaceOf(pack);
    return {
      layout: dataset.layout,
      layoutRecognised: request.layout === 'auto',
      csv: dataset.csv,
      audioFolder: dataset.audioFolder,
      fold: request.fold ?? null,
      model: { id: pack.id, weightHash, dim: pack.dim },
      clipsNamed: dataset.clips.length + dataset.missing.length,
      clips: embedded.analysed + embedded.fromCache,
      leftOut: [...dataset.missing, ...embedded.failed],
      analysed: embedded.analysed,
      fromCache: embedded.fromCache,
      audioSeconds: embedded.audioSeconds,
      seconds: (performance.now() - startMs) / 1000,
      cancelled: figures === null,
      figures,
      comparison: null,
    };
  } finally {
    cache.close();
  }
}

interface Wanted {
  variants: string[][];
  log: OutcomeLog | undefined;
}

async function figuresUnlessStopped(
  dataset: Dataset,
  embedded: ClipEmbeddings,
  wanted: Wanted,
  reader: TextReader,
  curve: RelevanceCurve | null,
): Promise<EvalFigures | null> {
  if (embedded.analysed + embedded.fromCache === 0) {
    const [first] = embedded.failed;
    throw new UserError('undecodable-audio', `None of the ${dataset.clips.length} clips of “${basename(dataset.csv)}” can be analysed. ${first?.message ?? ''}`); // prettier-ignore
  }
  try {
    return dataset.layout === 'captions'
      ? await retrieval(dataset, embedded, wanted, reader, curve)
      : await classification(dataset, embedded, wanted, reader);
  } catch (error) {
    if (!reader.signal.aborted) throw error;
    return null;
  }
}

async function classification(
  { layout, classes, examples }: Dataset,
  { embeddings }: ClipEmbeddings,
  { variants, log }: Wanted,
  reader: TextReader,
): Promise<EvalFigures> {
  const indexOf = new Map(classes.map((label, c) => [label, c]));
  const places: number[] = [];
  const clips: LabelledClip[] = examples.flatMap(({ clip, labels, fold }) => {
    const embedding = clip === null ? null : embeddings[clip];
    if (!embedding) return [];
    places.push(clip!);
    return [{ embedding, classes: labels.map((label) => indexOf.get(label)!), fold }];
  });
  let note = log?.noting(places);
  const figuresOf = async <T>(
    make: (clips: LabelledClip[], prompts: string[], labels: string[], texts: Float32Array[], signal: AbortSignal, note?: NoteOutcome) => Promise<T>, // prettier-ignore
  ): Promise<T[]> => {
    const all: T[] = [];
    for (const prompts of variants) {
      const texts = await embedLabels(classes, prompts, reader);
      all.push(await make(clips, prompts, classes, texts, reader.signal, note));
      note = undefined;
    }
    return all;
  };
  if (layout !== 'fsd50k') {
    return { kind: 'single-label', classes: classes.length, variants: await figuresOf(singleLabelFigures) };
  }
  const classesWithClips = new Set(clips.flatMap((clip) => clip.classes)).size;
  return { kind: 'multi-label', classes: classes.length, classesWithClips, variants: await figuresOf(multiLabelFigures) }; // prettier-ignore
}

async function retrieval(
  { clips, examples }: Dataset,
  { embeddings }: ClipEmbeddings,
  { variants, log }: Wanted,
  reader: TextReader,
  curve: RelevanceCurve | null,
): Promise<EvalFigures> {
  const labels = new Map(examples.map(({ clip, labels: [label] }) => [clip, label ?? null]));
  const newIndex = new Map<number, number>();
  const candidates = clips.flatMap((_, clip) => {
    const embedding = embeddings[clip];
    if (!embedding) return [];
    newIndex.set(clip, newIndex.size);
    return [{ embedding, label: labels.get(clip) ?? null }];
  });
  const texts: string[] = [];
  const textIndex = new Map<string, number>();
  const indexOf = (caption: string): number => {
    const known = textIndex.get(caption);
    if (known !== undefined) return known;
    textIndex.set(caption, texts.length);
    return texts.push(caption) - 1;
  };
  const captions = examples.flatMap((example): Caption[] => {
    const clip = example.clip === null ? null : newIndex.get(example.clip);
    if (clip === undefined) return []; // the clip was left out, and its captions with it
    const label = example.labels[0] ?? null;
    return example.captions.map((caption) => ({ text: indexOf(caption), clip, label }));
  });
  if (captions.length === 0) throw new UserError('bad-input', 'The table has no captions for the clips found.');
  const all = [];
  let note = log?.noting([...newIndex.keys()]);
  for (const prompts of variants) {
    const textEmbeddings = await embedLabels(texts, prompts, reader);
    const task = { clips: candidates, captions, textEmbeddings, curve };
    all.push(await retrievalFigures(task, prompts, reader.signal, note));
    note = undefined;
  }
  return { kind: 'retrieval', variants: all };
}
