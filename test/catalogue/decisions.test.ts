/** What was decided about tags, in the catalogue: passed on with the file, never lost to what is derived. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { axis, facts, matching, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let opened: TemporaryCatalogue;
let rootId: number;
let tagIds: Int32Array;

beforeEach(() => {
  opened = temporaryCatalogue();
  rootId = opened.catalogue.roots.add(opened.folder).id;
  tagIds = opened.catalogue.tagRows.ensure('v', [
    { id: 'door', name: 'door' },
    { id: 'rain', name: 'rain' },
  ]);
});
afterEach(() => opened.remove());

/** Adds an analysed file; the sound decides its content id. */
function addFile(relativePath: string, sound: string): number {
  const { catalogue, spaceId } = opened;
  const fileId = catalogue.files.insertPending({ rootId, relativePath, size: 10, mtimeMs: 1 });
  const windows = [{ startSeconds: 0, seconds: 1, embedding: axis(0) }];
  catalogue.files.storeAnalysed({ fileId, spaceId, facts: facts(sound), tags: [], windows });
  return fileId;
}
function suggest(fileId: number, tagId: number, probability: number): void {
  const found = [{ tagId, probability, startSeconds: 0, endSeconds: 1 }];
  opened.catalogue.transaction(() => opened.catalogue.suggestions.replace(fileId, opened.spaceId, 'v', 'h', found));
}
const tagsOf = (fileId: number) =>
  opened.catalogue.suggestions.ofFiles([fileId], opened.spaceId, 0).map(({ name, state, probability }) => [name, state, probability]); // prettier-ignore
const due = () => opened.db.prepare('SELECT count(*) FROM scored').pluck().get();

test('new audio in a file removes its suggestions, and keeps its decisions', () => {
  const fileId = addFile('a.wav', 'one');
  suggest(fileId, tagIds[1]!, 0.7);
  opened.catalogue.decisions.decide([{ fileId, tagId: tagIds[0]!, accepted: true }], opened.spaceId);
  expect(tagsOf(fileId)).toEqual([['door', 'accepted', null], ['rain', 'suggested', 0.7]]); // prettier-ignore
  expect(due()).toBe(1);
  addFile('a.wav', 'two');
  expect(tagsOf(fileId)).toEqual([['door', 'accepted', null]]);
  expect(due()).toBe(0);
});

test('new tags in a file make its suggestions out of date; they stay until they are made anew', () => {
  const fileId = addFile('a.wav', 'one');
  suggest(fileId, tagIds[1]!, 0.7);
  opened.catalogue.files.updateTags(fileId, [{ nativeId: 'TIT2', field: 'title', value: 'rain' }], {
    size: 11,
    mtimeMs: 2,
  });
  expect([tagsOf(fileId), due()]).toEqual([[['rain', 'suggested', 0.7]], 0]);
});

test('a row that gives way to a moved file passes its decisions on, and undo still finds them', () => {
  const { catalogue, spaceId } = opened;
  const moved = addFile('a.wav', 'one');
  const there = catalogue.files.insertPending({ rootId, relativePath: 'b.wav', size: 10, mtimeMs: 1 });
  const { stepId } = catalogue.decisions.decide([{ fileId: there, tagId: tagIds[0]!, accepted: false }], spaceId);
  catalogue.files.moveTo(moved, { rootId, relativePath: 'b.wav', size: 10, mtimeMs: 1 });
  expect(tagsOf(moved)).toEqual([['door', 'rejected', null]]);
  expect(catalogue.decisions.undo(stepId)).toMatchObject({ restored: 1 });
  expect(tagsOf(moved)).toEqual([]);
});

test('a renamed tag is found by its new name', () => {
  const { catalogue, spaceId } = opened;
  const fileId = addFile('a.wav', 'one');
  catalogue.decisions.decide([{ fileId, tagId: tagIds[0]!, accepted: true }], spaceId);
  const found = (word: string) => matching(catalogue, `tags : ${word}`);
  expect(catalogue.decisions.writeSomeWords()).toBe(false);
  expect(found('door')).toEqual([fileId]);
  catalogue.tagRows.ensure('v', [{ id: 'door', name: 'gate' }]);
  catalogue.decisions.writeSomeWords();
  expect([found('door'), found('gate')]).toEqual([[], [fileId]]);
});

test('accepting in bulk: what was suggested is stored, found and reported for each file, and undone as one step', () => {
  const { catalogue, spaceId } = opened;
  const [door, rain] = tagIds as unknown as [number, number];
  // More than are written at a time; one of them has its words from both tags, another from its own tag as well.
  const files = Array.from({ length: 60 }, (_, i) => addFile(`${i}.wav`, String(i)));
  for (const fileId of files) suggest(fileId, door, 0.75);
  catalogue.decisions.decide([{ fileId: files[0]!, tagId: rain, accepted: true }], spaceId);
  catalogue.files.updateTags(files[1]!, [{ nativeId: 'TIT2', field: 'title', value: 'gate' }], {
    size: 11,
    mtimeMs: 2,
  });
  const writeWords = () => {
    let batches = 1;
    while (catalogue.decisions.writeSomeWords()) batches++;
    return batches;
  };
  writeWords();
  const found = (word: string) => matching(catalogue, `tags : ${word}`).sort((a, b) => a - b);
  const { revision } = catalogue.changes.since(0, 1e6);

  const accepted = catalogue.decisions.acceptAll(catalogue.suggestions.suggested({ minProbability: 0.5 }, spaceId));
  expect(accepted).toMatchObject({ changed: 60, tagIds: [door] });
  expect(accepted.forecast).toEqual({ suggestions: 60, files: 60, expectedWrong: 15 });
  expect(tagsOf(files[59]!)).toEqual([['door', 'accepted', 0.75]]);
  const { ids } = catalogue.changes.since(revision, 1e6);
  expect([ids.get('tag'), ids.get('decision')?.sort((a, b) => a - b)]).toEqual([[door], files]);
  expect(writeWords()).toBe(2);
  expect([found('door'), found('rain'), found('gate')]).toEqual([files, [files[0]], [files[1]]]);

  expect(catalogue.decisions.undo(null)).toEqual({ restored: 60, tagIds: [door] });
  writeWords();
  expect([found('door'), found('rain'), found('gate')]).toEqual([[], [files[0]], [files[1]]]);
  expect(tagsOf(files[59]!)).toEqual([['door', 'suggested', 0.75]]);
});

test('counts leave out decided suggestions and hidden roots', () => {
  const { catalogue, spaceId } = opened;
  const [first, second] = [addFile('a.wav', 'one'), addFile('b.wav', 'two')];
  suggest(first, tagIds[1]!, 0.7);
  suggest(second, tagIds[1]!, 0.3);
  const suggested = (minProbability: number, name?: string) =>
    catalogue.suggestions.counts({ minProbability, ...(name === undefined ? {} : { name }) }, spaceId)[0]?.suggested ??
    0;
  expect([suggested(0), suggested(0.5), suggested(0, 'b.w')]).toEqual([2, 1, 1]);
  catalogue.decisions.decide([{ fileId: second, tagId: tagIds[1]!, accepted: true }], spaceId);
  expect([suggested(0), suggested(0.5), suggested(0, 'b.w')]).toEqual([1, 1, 0]);
  catalogue.roots.hide(rootId);
  expect(catalogue.suggestions.counts({}, spaceId)).toEqual([]);
});
