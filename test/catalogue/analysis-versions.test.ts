/** Which files are stale: answered by the few states there are, then by an index, a page at a time, short files first. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { analysisStore } from '../../src/main/catalogue/stores/analysis.ts';
import { ANALYSES, type AnalysisKind } from '../../src/shared/analysis.ts';
import { addAnalysed, facts, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
let roots: number[];
beforeEach(() => {
  temporary = temporaryCatalogue();
  roots = ['/a', '/b'].map((path) => temporary.catalogue.roots.add(path).id);
});
afterEach(() => temporary.remove());

function newer(...kinds: AnalysisKind[]) {
  const raised = ANALYSES.map((entry) => ({ ...entry, version: entry.version + Number(kinds.includes(entry.kind)) }));
  return analysisStore(temporary.db, raised);
}

function addFile(root: number, name: string, durationSeconds: number): number {
  const { files } = temporary.catalogue;
  const fileId = files.insertPending({ rootId: roots[root]!, relativePath: name, size: 1, mtimeMs: 5 });
  const { spaceId } = temporary;
  files.storeAnalysed({ fileId, spaceId, facts: { ...facts(name), durationSeconds }, tags: [], windows: [] });
  return fileId;
}

/** Statements that ran on the catalogue while `work` did. */
function statements(work: (analysis: ReturnType<typeof newer>) => unknown, ...kinds: AnalysisKind[]): string[] {
  const said: string[] = [];
  const { db } = temporary;
  const spied = new Proxy(db, {
    get: (target, key) =>
      key === 'prepare'
        ? (sql: string) => {
            const statement = target.prepare(sql);
            const all = statement.all.bind(statement);
            return Object.assign(statement, {
              all: (...values: unknown[]) => {
                said.push(sql);
                return all(...values);
              },
            });
          }
        : (Reflect.get(target, key) as unknown),
  });
  const raised = ANALYSES.map((entry) => ({ ...entry, version: entry.version + Number(kinds.includes(entry.kind)) }));
  work(analysisStore(spied, raised));
  return said;
}

test('where nothing is stale, no file is asked for; where something is, an index gives a page in order', () => {
  addAnalysed(temporary, roots[0]!, 'a.wav');
  const look = (analysis: ReturnType<typeof newer>) => expect([...analysis.staleFiles('samples', roots)]);
  expect(statements(look)).toEqual(['SELECT id, versions FROM analysis_versions']);
  const [, page] = statements(look, 'loudness');
  const plan = temporary.db.prepare(`EXPLAIN QUERY PLAN ${page!}`).all({ versionsId: 1, rootId: 1, seconds: -1, fileId: 0 }); // prettier-ignore
  expect(plan).toEqual([
    expect.objectContaining({ detail: expect.stringMatching(/^SEARCH file USING INDEX file_by_versions/) as string }),
  ]);
});

test('short files first, over roots, states and pages; what is done meanwhile does not disturb the rest', () => {
  for (let at = 0; at < 1100; at++) addFile(at % 2, `${at}.wav`, 1 + ((at * 7) % 50));
  const analysis = newer('loudness', 'levels');
  for (let id = 1; id < 300; id++) analysis.markDone(id, ['levels']);
  const seconds: number[] = [];
  const kinds = new Set<string>();
  for (const file of analysis.staleFiles('samples', roots)) {
    seconds.push(temporary.catalogue.files.byId(file.fileId)!.durationSeconds!);
    kinds.add(file.kinds.join());
    analysis.markDone(file.fileId, file.kinds);
  }
  expect(seconds).toHaveLength(1100);
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(kinds).toEqual(new Set(['loudness', 'loudness,levels']));
  expect(analysis.count()).toEqual({ pending: 0, kinds: [], failed: 0 });
});

test('new audio in a file: facts and failures of the previous audio no longer count', () => {
  const id = addFile(0, 'a.wav', 1);
  const analysis = newer('loudness');
  analysis.markFailed(id, ['loudness']);
  expect(analysis.count()).toEqual({ pending: 0, kinds: [], failed: 1 });
  addFile(0, 'a.wav', 2); // by this program, which has no newer loudness
  expect(analysis.staleFile(id, 'samples')).toMatchObject({ kinds: ['loudness'] });
  temporary.catalogue.files.setFailed(id, { code: 'not-audio', message: 'No.', size: 1, mtimeMs: 6 });
  expect(analysis.staleFile(id, 'samples')).toBeNull();
  expect(analysis.count()).toEqual({ pending: 0, kinds: [], failed: 0 });
  expect(temporary.catalogue.files.byId(id)).toMatchObject({ loudnessLufs: null, peakDb: null });
});

test('files analysed alike share one state, in whatever order their kinds were done', () => {
  const ids = [addFile(0, 'a.wav', 1), addFile(0, 'b.wav', 1)];
  const analysis = newer('loudness', 'levels');
  analysis.markFailed(ids[0]!, ['levels']);
  analysis.markDone(ids[0]!, ['loudness']);
  analysis.markDone(ids[0]!, ['levels']);
  analysis.markDone(ids[1]!, ['levels', 'loudness']);
  const states = temporary.db.prepare('SELECT DISTINCT versions_id FROM file').pluck().all();
  expect(states).toHaveLength(1);
});
