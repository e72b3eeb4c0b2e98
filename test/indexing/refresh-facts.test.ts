/** A newer version of an analysis reaches the files whose facts are older, and nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { analysisStore } from '../../src/main/catalogue/stores/analysis.ts';
import type { KindVersion } from '../../src/main/catalogue/stores/analysis-versions.ts';
import type { Catalogue } from '../../src/main/catalogue/open.ts';
import type { AnalyseRequest } from '../../src/main/decode/report.ts';
import { refreshFacts } from '../../src/main/indexing/refresh-facts.ts';
import type { JobContext } from '../../src/main/jobs/runner.ts';
import { ANALYSES, type AnalysisKind } from '../../src/shared/analysis.ts';
import { UserError } from '../../src/shared/errors.ts';
import type { LibraryJobProgress } from '../../src/shared/types.ts';
import { addAnalysed, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

const TARGET = { sampleRate: 48_000, windowSeconds: 10, hopSeconds: 5, maxWindows: 100 };
const NAMES = ['a.wav', 'b.wav', 'c.wav'];

let temporary: TemporaryCatalogue;
let rootId: number;
let ids: number[];
let analysed: AnalyseRequest[];
let tagsRead: string[];
let reports: Partial<LibraryJobProgress>[];
let stop: AbortController;
let summary: Parameters<typeof refreshFacts>[3];

beforeEach(() => {
  temporary = temporaryCatalogue();
  rootId = temporary.catalogue.roots.add('/sounds').id;
  ids = NAMES.map((name, at) => addAnalysed(temporary, rootId, name, at));
  [analysed, tagsRead, reports] = [[], [], []];
  stop = new AbortController();
  summary = { refreshed: 0, warnings: [] };
});
afterEach(() => temporary.remove());

/** The catalogue of a program that has a newer version of these kinds. */
function withNewer(...kinds: AnalysisKind[]): Catalogue {
  const { catalogue, db } = temporary;
  const versions: KindVersion[] = ANALYSES.map(({ kind, needs, version }) => ({
    kind,
    needs,
    version: version + (kinds.includes(kind) ? 1 : 0),
  }));
  return { ...catalogue, analysis: analysisStore(db, versions) };
}

/** @param before called before each file is analysed; what it throws is what the decoder says */
function refresh(catalogue: Catalogue, before: (path: string) => void = () => {}): Promise<void> {
  const context: JobContext = {
    id: 1,
    signal: stop.signal,
    whileNotPaused: () => Promise.resolve(),
    report: (change) => void reports.push(change),
    elapsedSeconds: () => 1,
  };
  const pool = {
    size: 1,
    analyse(request: AnalyseRequest) {
      before(request.path);
      analysed.push(request);
      const facts = { loudnessLufs: -11.5, loudnessRange: 6, peakDb: -Infinity };
      return Promise.resolve({ contentId: `content of ${request.path.split('/').at(-1)!}`, facts });
    },
    tags({ path }: { path: string }) {
      tagsRead.push(path);
      return Promise.resolve([{ nativeId: 'TCON', field: 'genre', value: 'Foley' }]);
    },
  };
  const scopes = [{ root: catalogue.roots.byId(rootId)!, below: '' }];
  return refreshFacts(context, scopes, { catalogue, pool, target: TARGET, onChanged: () => {} }, summary);
}

const loudness = () => ids.map((id) => temporary.catalogue.files.byId(id)!.loudnessLufs);
/** New ones have new ids. */
const windows = () => temporary.catalogue.windows.ids(temporary.spaceId);

test('a newer version: each file once, for the stale kind alone; embeddings stay; then there is nothing to do', async () => {
  const before = windows();
  const catalogue = withNewer('loudness');
  expect(catalogue.analysis.count()).toEqual({ pending: 3, kinds: ['loudness'], failed: 0 });
  await refresh(catalogue);
  expect(analysed.map(({ kinds }) => kinds)).toEqual([['loudness'], ['loudness'], ['loudness']]);
  expect(tagsRead).toEqual([]);
  expect(loudness()).toEqual([-11.5, -11.5, -11.5]);
  expect(temporary.catalogue.files.byId(ids[0]!)!.peakDb).toBe(-3.5); // not asked for
  expect(windows()).toEqual(before);
  expect(reports[0]).toMatchObject({ stage: 'refreshing', done: 0, total: 3, kinds: ['loudness'] });
  expect(reports.at(-1)).toMatchObject({ done: 3, failed: 0 });
  expect(summary).toEqual({ refreshed: 3, warnings: [] });
  expect(catalogue.analysis.count()).toEqual({ pending: 0, kinds: [], failed: 0 });
  await refresh(catalogue);
  expect(analysed).toHaveLength(3);
});

test('only stale files; a file is decoded once for all its kinds, and its tags are read without decoding, first', async () => {
  const catalogue = withNewer('loudness', 'levels', 'tags');
  catalogue.analysis.markAll(ids[1]!);
  const order: string[] = [];
  await refresh(catalogue, (path) => order.push(`${tagsRead.length} tags before ${path}`));
  expect(reports.at(-1)).toMatchObject({ done: 2 });
  expect(reports[0]).toMatchObject({ total: 2, kinds: ['tags', 'loudness', 'levels'] });
  expect(summary.refreshed).toBe(2);
  expect(order).toEqual(['2 tags before /sounds/a.wav', '2 tags before /sounds/c.wav']);
  expect(analysed.map(({ kinds }) => kinds)).toEqual(Array(2).fill(['loudness', 'levels']));
  expect(loudness()).toEqual([-11.5, -20.25, -11.5]);
  expect(temporary.catalogue.files.byId(ids[0]!)!.peakDb).toBeNull(); // −Infinity
  expect(temporary.catalogue.tags.of(ids[2]!)).toEqual([{ nativeId: 'TCON', field: 'genre', value: 'Foley' }]);
});

test('cancelled: what is done is done, and the next job does the rest', async () => {
  const catalogue = withNewer('loudness');
  const cancelled = refresh(catalogue, () => {
    if (analysed.length === 1) stop.abort(new Error('cancelled'));
    stop.signal.throwIfAborted();
  });
  await expect(cancelled).rejects.toThrow('cancelled');
  expect(catalogue.analysis.count().pending).toBe(3 - loudness().filter((value) => value === -11.5).length);
  const first = analysed.splice(0).map(({ path }) => path);
  expect(first).toEqual(['/sounds/a.wav']);
  stop = new AbortController();
  await refresh(catalogue);
  expect(loudness()).toEqual([-11.5, -11.5, -11.5]);
});

test('a file that fails keeps its facts and is not tried again before a newer version', async () => {
  const catalogue = withNewer('loudness');
  let tries = 0;
  const failing = (path: string) => {
    if (!path.endsWith('b.wav')) return;
    tries++;
    throw new UserError('undecodable-audio', 'Broken.');
  };
  await refresh(catalogue, failing);
  const message = 'Broken. The file keeps its previous loudness.';
  expect(summary).toEqual({ refreshed: 2, warnings: [{ path: '/sounds/b.wav', code: 'outdated-facts', message }] });
  expect(reports.at(-1)).toMatchObject({ done: 3, failed: 1 });
  await refresh(catalogue, failing);
  expect(tries).toBe(1);
  expect(summary.warnings).toHaveLength(1);
  expect(loudness()).toEqual([-11.5, -20.25, -11.5]);
  expect(temporary.catalogue.files.byId(ids[1]!)!.state).toBe('ready');
  expect(catalogue.analysis.count()).toEqual({ pending: 0, kinds: [], failed: 1 });
  await refresh(withNewer('loudness', 'loudness', 'levels'), failing); // asks for levels now
  expect(tries).toBe(2);
});

test('temporary failures are tried again by the next job; offline files are left for later', async () => {
  const catalogue = withNewer('loudness');
  catalogue.files.setOffline([ids[2]!]);
  await refresh(catalogue, (path) => {
    if (path.endsWith('a.wav')) throw new UserError('no-permission', 'No.');
    if (path.endsWith('b.wav')) throw new UserError('vanished', 'Gone.');
  });
  expect(loudness()).toEqual([-20.25, -20.25, -20.25]);
  expect(catalogue.analysis.count().pending).toBe(3);
  expect(summary.warnings.map(({ path, message }) => [path, message])).toEqual([
    ['/sounds/a.wav', 'No. The file keeps its previous loudness.'],
    ['/sounds/b.wav', 'Gone. The file keeps its previous loudness.'],
  ]);
  expect(temporary.catalogue.files.byId(ids[1]!)!.offline).toBe(true);
  catalogue.files.setOnline(ids);
  await refresh(catalogue);
  expect(loudness()).toEqual([-11.5, -11.5, -11.5]);
});

test('different audio at the same path gets no facts of the old one', async () => {
  const catalogue = withNewer('loudness');
  temporary.db.prepare("UPDATE file SET content_id = 'other' WHERE id = ?").run(ids[0]!);
  await refresh(catalogue);
  expect(loudness()[0]).toBe(-20.25);
  expect(catalogue.analysis.count()).toEqual({ pending: 0, kinds: [], failed: 1 });
  expect(summary.warnings[0]!.message).toBe(
    'The audio of “a.wav” has changed since it was analysed. Rescan its folder. The file keeps its previous loudness.',
  );
});

test('a copy takes over facts and how old they are', () => {
  const { files } = temporary.catalogue;
  const copy = files.insertPending({ rootId, relativePath: 'copy.wav', size: 1000, mtimeMs: 6 });
  expect(files.copyAnalysed(ids[0]!, copy, temporary.spaceId)).toBe(true);
  expect(temporary.catalogue.analysis.count()).toEqual({ pending: 0, kinds: [], failed: 0 });
  expect(files.byId(copy)!.loudnessLufs).toBe(-20.25);
  const newer = withNewer('loudness');
  expect(newer.analysis.staleFile(copy, 'samples')).toMatchObject({ kinds: ['loudness'] });
});
