/** Whether probabilities of tags mean what they say, what they are worth, and how long scoring takes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../src/main/engine/engine.ts';
import { WORD_WEIGHTS } from '../src/main/tag/word-evidence.ts';
import type { ScoreSummary } from '../src/shared/calls/tags.ts';
import { summaryOf } from '../src/shared/jobs.ts';
import { largestLibrary, type BenchContext } from './context.ts';
import { prepareLibrary } from './library.ts';
import { median, rounds, timed } from './measure.ts';
import { atLeast, atMost, rangeOf, type Row } from './table.ts';
import { CORPUS_FOLDER, corpusIsThere } from './tags/corpus-clips.ts';
import { reliabilityOf, type Reliability } from './tags/cross-validate.ts';
import { heldOut, prepareCalibrating } from './tags/held-out.ts';

/** Sounds that suggestions are accepted for in one go. */
const BULK_FROM = 0.2;
/** Accepting and taking back again. */
const DECIDING_ROUNDS = 9;

export async function tags(context: BenchContext): Promise<Row[]> {
  return [...(await reliability(context)), ...(await speed(context))];
}

async function reliability({ quick, say, workFolder }: BenchContext): Promise<Row[]> {
  if (quick || !corpusIsThere()) {
    say(quick ? 'reliability is left out of a quick run' : `reliability is left out: there are no clips with labels in ${CORPUS_FOLDER}`);
    return [];
  } // prettier-ignore
  say('embedding clips with known labels');
  const folder = join(workFolder, 'tags');
  mkdirSync(folder, { recursive: true });
  const { calibrating, labels } = await prepareCalibrating(folder);
  say('calibrating on some sources, judging on the others');
  const { judged } = heldOut(calibrating, labels, WORD_WEIGHTS);
  return Object.entries(judged).flatMap(([what, probabilities]) =>
    rowsOf(what, reliabilityOf(calibrating.clips, probabilities), calibrating.clips.length),
  );
}

function rowsOf(what: string, { bins, expectedError, levels }: Reliability, clips: number): Row[] {
  const rows: Row[] = [
    { what: `expected calibration error, ${what}`, value: expectedError, unit: '', against: atMost(0.1), note: 'of suggestions from 0.1 on; whole sources held out' }, // prettier-ignore
  ];
  for (const { from, pairs, predicted, right } of bins.slice(1)) {
    if (pairs === 0) continue;
    rows.push({
      what: `    said ${from.toFixed(1)}–${(from + 0.1).toFixed(1)}: ${(predicted / pairs).toFixed(2)}; right`,
      value: right / pairs,
      unit: '',
      note: `of ${String(pairs)} suggestions`,
    });
  }
  for (const { level, suggestions, right, clipsWith, clipsRight } of levels) {
    if (suggestions === 0) continue;
    rows.push({
      what: `    precision at ${level.toFixed(1)} and above`,
      value: right / suggestions,
      unit: '',
      ...(level === 0.8 ? { against: atLeast(0.7) } : {}),
      note: `${String(right)} of ${String(suggestions)}; ${percent(clipsWith, clips)} of clips have one, ${percent(clipsRight, clips)} a right one`,
    });
  }
  return rows;
}

/** Re-scoring a whole library from stored embeddings, and what a window asks of it. */
async function speed(context: BenchContext): Promise<Row[]> {
  const library = await prepareLibrary(context, largestLibrary(context));
  const large = library.files === 100_000;
  const at = `${library.files.toLocaleString('en-GB')} files`;
  context.say(`scoring ${at}`);
  const handle = createEngine({ dataFolder: library.dataFolder, model: context.pack.folder, load: 'foreground' });
  try {
    const { engine } = handle;
    const score = async (again: boolean, folders: string[] = []): Promise<ScoreSummary> =>
      summaryOf(await engine['job.wait'](await engine['tag.score']({ vocabularyIds: ['sfx'], folders, again })), 'tag');
    const first = await score(true, [join(library.root, '0000')]); // labels are read, the library is measured
    const before = cpuSeconds();
    let longestWait = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestWait = Math.max(longestWait, performance.now() - last);
      last = performance.now();
    }, 5);
    const again = await score(true);
    clearInterval(timer);
    const own = cpuSeconds() - before;
    const nothing = await score(false);
    const list = await timed(() => engine['tag.list']({ minProbability: BULK_FROM }));
    const below = await timed(() => engine['tag.list']({ minProbability: BULK_FROM, folder: library.root }));
    const [top] = list.value;
    const scope = { minProbability: BULK_FROM, ...(top ? { tagId: top.tagId } : {}) };
    const files = await timed(() => engine['tag.files']({ scope, state: 'suggested', order: 'sure' }));
    const ofFiles = await timed(() =>
      engine['tag.ofFiles']({ fileIds: files.value.slice(0, 100).map(({ fileId }) => fileId), minProbability: 0 }),
    );
    const forecast = await timed(() => engine['tag.forecast']({ minProbability: BULK_FROM }));
    // The first pair of calls also compiles statements and loads pages: single ones of a few ms say little.
    const decided = await rounds(DECIDING_ROUNDS, async () => ({
      accepted: await timed(() => engine['tag.acceptAll'](scope)),
      undone: await timed(() => engine['tag.undo']({ stepId: null })),
    }));
    return [
      { what: `scoring ${at} × 920 labels again`, value: again.seconds, unit: 's', ...(large ? { against: atMost(60) } : {}), note: `${again.suggestions.toLocaleString('en-GB')} suggestions; ${own.toFixed(1)} s of CPU time in the engine; reading labels and measuring the library before: ${first.seconds.toFixed(1)} s; nothing to do: ${nothing.seconds.toFixed(1)} s` }, // prettier-ignore
      { what: '    longest the engine was busy meanwhile', value: longestWait, unit: 'ms' },
      { what: `tags with what waits, ${at}`, value: list.ms, unit: 'ms', ...(large ? { against: atMost(200) } : {}) },
      { what: '    of one folder that holds them all', value: below.ms, unit: 'ms' },
      { what: '    files of the tag with most', value: files.ms, unit: 'ms', note: `${files.value.length.toLocaleString('en-GB')} files` }, // prettier-ignore
      { what: '    tags of 100 files', value: ofFiles.ms, unit: 'ms' },
      { what: '    forecast over everything', value: forecast.ms, unit: 'ms' },
      { what: '    accepting them for that tag', ...spread(decided.map(({ accepted: { ms } }) => ms)), unit: 'ms', note: `${decided[0]!.accepted.value.forecast.suggestions.toLocaleString('en-GB')} suggestions, words for search included` }, // prettier-ignore
      { what: '    taking that back', ...spread(decided.map(({ undone: { ms } }) => ms)), unit: 'ms' },
    ];
  } finally {
    await handle.close();
  }
}

function spread(values: readonly number[]): Pick<Row, 'value' | 'range'> {
  return { value: median(values), range: rangeOf(values) };
}

/** Of this process, the engine's. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function percent(part: number, of: number): string {
  return `${((100 * part) / of).toFixed(0)} %`;
}
