/** What the catalogue chooses of kind, tempo, key and root note is what shared/facts.ts chooses. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chosenFacts, FACT_NAMES, FACT_SOURCES, FACTS, type FactName } from '../../src/shared/facts.ts';
import { addAnalysed, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
let fileId: number;
beforeEach(() => {
  temporary = temporaryCatalogue();
  const { id } = temporary.catalogue.roots.add('/sounds');
  fileId = addAnalysed(temporary, id, 'Break_99bpm_Am.wav');
});
afterEach(() => temporary.remove());

const VALUES: Readonly<Record<FactName, readonly (number | null)[]>> = {
  kind: [null, -1, 0, 1, 2, 3],
  bpm: [null, -1, 90, 126.5],
  key: [null, -1, 0, 21],
  root: [null, -1, 48, 60.2, 61],
};

test('for many combinations of what the sources say', () => {
  let state = 7;
  const next = <T>(of: readonly T[]): T => of[(state = (state * 48_271) % 2_147_483_647) % of.length]!;
  const read = temporary.db.prepare<[number], Record<FactName, number | null>>(`SELECT ${FACT_NAMES.join(', ')} FROM file WHERE id = ?`); // prettier-ignore
  const columns = FACT_NAMES.flatMap((fact) => FACT_SOURCES.map((source) => [fact, source] as const));
  const write = temporary.db.prepare(`UPDATE file SET ${columns.map(([fact, source]) => `${fact}_${source} = ?`).join(', ')} WHERE id = ${fileId}`); // prettier-ignore
  for (let round = 0; round < 500; round++) {
    write.run(columns.map(([fact]) => next(VALUES[fact])));
    const sources = temporary.catalogue.statedFacts.sources(fileId);
    const facts = chosenFacts(sources);
    const inSql = read.get(fileId)!;
    for (const fact of FACT_NAMES) {
      const word = inSql[fact] === null ? null : FACTS[fact].word(inSql[fact]);
      expect(word, `${fact} of ${JSON.stringify(sources)}`).toBe(facts[fact]?.value ?? null);
    }
  }
});

test('names and tags are read again when they change; a correction stays', () => {
  const { files, statedFacts } = temporary.catalogue;
  expect(statedFacts.of(fileId)).toMatchObject({ bpm: { value: 99, from: 'name' }, key: { value: 'Am', from: 'name' } });
  files.refreshTags(fileId, [{ nativeId: 'TBPM', field: 'bpm', value: '100' }]);
  expect(statedFacts.of(fileId).bpm).toEqual({ value: 100, confidence: 0.95, from: 'file' });
  statedFacts.decide([fileId], 'bpm', 198);
  files.moveTo(fileId, { rootId: 1, relativePath: 'Break_Em.wav', size: 1, mtimeMs: 1 });
  files.refreshTags(fileId, []);
  expect(statedFacts.of(fileId)).toMatchObject({ bpm: { value: 198, from: 'you' }, key: { value: 'Em' } });
  statedFacts.decide([fileId], 'bpm', null);
  expect(statedFacts.of(fileId).bpm).toBeNull();
}); // prettier-ignore

test('lists are walked in the order of an index', () => {
  const plan = temporary.db.prepare<[], { detail: string }>("EXPLAIN QUERY PLAN SELECT file.id FROM file INDEXED BY file_by_bpm WHERE file.state IN ('ready', 'pending') AND file.duration_s IS NOT NULL ORDER BY file.bpm ASC NULLS LAST").all(); // prettier-ignore
  expect(plan.map(({ detail }) => detail)[0]).toContain('file_by_bpm');
  expect(temporary.catalogue.fileLists.list({}, 'bpm', false)).toEqual([fileId]);
});
