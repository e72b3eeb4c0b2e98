/** Whether long takes crowd out what is asked for, and are found where they really hold it. */
import { basename } from 'node:path';
import { createEngine } from '../src/main/engine/engine.ts';
import type { SearchHit } from '../src/shared/types.ts';
import { ffmpegVersion } from './ffmpeg-peer.ts';
import type { BenchContext } from './context.ts';
import type { Row } from './table.ts';
import { CORPUS_FOLDER, corpusIsThere } from './tags/corpus-clips.ts';
import { overlap, prepareTakes, type TakesTruth } from './takes/takes-library.ts';

/** Rows looked at. */
const ROWS = 20;
/** A planted sound counts as found at its place when the place is at most so far away, s. */
const NEAR_SECONDS = 10;

export async function takes(context: BenchContext): Promise<Row[]> {
  if (context.quick || !corpusIsThere() || ffmpegVersion() === null) {
    context.say(`takes are left out: they need clips with labels in ${CORPUS_FOLDER}, ffmpeg, and time`);
    return [];
  }
  const { dataFolder, truth } = await prepareTakes(context);
  const handle = createEngine({ dataFolder, model: context.pack.folder, load: 'foreground' });
  try {
    const answers = new Map<string, SearchHit[]>();
    for (const { query } of truth.queries) {
      const { hits } = await handle.engine['search.query']({ text: query, limit: ROWS, includeUnlikely: true });
      answers.set(query, hits);
    }
    return [...wrongTakes(truth, answers), ...rightClips(truth, answers), ...plantedFound(truth, answers)];
  } finally {
    await handle.close();
  }
}

const nameOf = ({ path }: SearchHit): string => basename(path);

/** Takes among the first rows that hold nothing of the kind. */
function wrongTakes(truth: TakesTruth, answers: ReadonlyMap<string, SearchHit[]>): Row[] {
  return [1, 3, 10].flatMap((rows): Row[] => {
    const wrong = truth.queries.map(
      ({ label, query, tags }) =>
        answers.get(query)!.slice(0, rows).filter((hit) => {
          const take = truth.takes[nameOf(hit)];
          if (take === undefined || take.planted.some((planted) => planted.label === label)) return false;
          return !take.labels.includes(label) && !overlap(take.tags, tags);
        }).length,
    ); // prettier-ignore
    return [
      { what: `queries with a take without the sound in the first ${rows}`, value: share(wrong, (count) => count > 0), unit: '' },
      { what: `    such takes a query`, value: mean(wrong), unit: '' },
    ]; // prettier-ignore
  });
}

/** Short clips with the label that is asked for. */
function rightClips(truth: TakesTruth, answers: ReadonlyMap<string, SearchHit[]>): Row[] {
  const ranks = truth.queries.map(
    ({ label, query }) => answers.get(query)!.findIndex((hit) => truth.clips[nameOf(hit)]?.label === label) + 1,
  );
  return [
    { what: 'first right short clip: mean reciprocal rank', value: mean(ranks.map((rank) => (rank === 0 ? 0 : 1 / rank))), unit: '' }, // prettier-ignore
    { what: '    in the first 10', value: share(ranks, (rank) => rank > 0 && rank <= 10), unit: '' },
  ];
}

/** Takes in which the sound lies at one place. */
function plantedFound(truth: TakesTruth, answers: ReadonlyMap<string, SearchHit[]>): Row[] {
  const found = Object.entries(truth.takes).flatMap(([name, { planted }]) =>
    planted.map(({ query, startSeconds }) => {
      const hits = answers.get(query)!;
      const rank = hits.findIndex((hit) => nameOf(hit) === name) + 1;
      const near = rank > 0 && Math.abs(hits[rank - 1]!.startSeconds - startSeconds) <= NEAR_SECONDS;
      return { rank, near };
    }),
  );
  return [
    { what: 'takes with the sound at one place: in the first 10', value: share(found, ({ rank }) => rank > 0 && rank <= 10), unit: '' }, // prettier-ignore
    { what: '    at that place, in the first 20', value: share(found, ({ near }) => near), unit: '' },
    { what: '    mean reciprocal rank', value: mean(found.map(({ rank }) => (rank === 0 ? 0 : 1 / rank))), unit: '' },
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
function share<T>(values: readonly T[], fits: (value: T) => boolean): number {
  return mean(values.map((value) => Number(fits(value))));
}
