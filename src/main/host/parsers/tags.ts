/** Parsers of the calls about vocabularies and tags. What a vocabulary must be, vocabulary.ts says: here only its shape. */
import { z } from 'zod';
import type { TagCalls } from '../../../shared/calls/tags.ts';
import type { VocabularyCalls, VocabularyContent } from '../../../shared/calls/vocabularies.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { isAbsoluteFolder } from '../../search/folder-filter.ts';
import { absolutePath } from './search.ts';

/** More than any library has: what is longer is a mistake. */
const MAX_FILES = 2_000_000;
const MAX_ROWS = 1000;

const id = z.number().int().positive();
const nothing = z.null();
const name = z.string().max(200);
const probability = z.number().min(0).max(1);
const vocabularyId = z.string().max(64);

const scope = z.strictObject({
  tagId: id.exactOptional(),
  vocabularyId: vocabularyId.exactOptional(),
  minProbability: probability.exactOptional(),
  folder: z.string().max(32_768).refine(isAbsoluteFolder, 'a whole path is needed, such as /Sounds/Doors').exactOptional(), // prettier-ignore
  name: name.exactOptional(),
});
const acceptedScope = scope.extend({ minProbability: probability });
const state = z.enum(['suggested', 'accepted', 'rejected']);
const order = z.enum(['sure', 'doubtful', 'name']);
const scoring = z.strictObject({
  vocabularyIds: z.array(vocabularyId).max(1000),
  folders: z.array(absolutePath),
  again: z.boolean(),
});
const files = z.strictObject({ scope, state, order });
const ofFiles = z.strictObject({ fileIds: z.array(id).max(MAX_ROWS), minProbability: probability });
const fileAndTag = z.strictObject({ fileId: id, tagId: id });
const windows = z.strictObject({ fileId: id, vocabularyId, minProbability: probability });
const label = z.strictObject({ vocabularyId, labelId: z.string().max(200) });
const decision = z.strictObject({ fileId: id, tagId: id, accepted: z.boolean().nullable() });
const decisions = z.strictObject({ decisions: z.array(decision).max(MAX_FILES) });
const step = z.strictObject({ stepId: id.nullable() });
const newTag = z.strictObject({ name, fileIds: z.array(id).max(MAX_FILES) });
const useTaught = z.strictObject({ tagId: id, inUse: z.boolean() });
const source = z.strictObject({ path: absolutePath });
const target = z.strictObject({ path: absolutePath, replace: z.boolean() });
const exportOf = target.extend({ id: vocabularyId });

export const tagParsers: Pick<Parsers, keyof TagCalls | keyof VocabularyCalls> = {
  'vocabulary.list': (input) => nothing.parse(input),
  'vocabulary.get': (input) => vocabularyId.parse(input),
  'vocabulary.save': (input) => z.looseObject({ id: z.string() }).parse(input) as unknown as VocabularyContent,
  'vocabulary.remove': (input) => vocabularyId.parse(input),
  'vocabulary.import': (input) => source.parse(input),
  'vocabulary.export': (input) => exportOf.parse(input),
  'tag.score': (input) => scoring.parse(input),
  'tag.wait': (input) => id.parse(input),
  'tag.list': (input) => scope.parse(input),
  'tag.files': (input) => files.parse(input),
  'tag.ofFiles': (input) => ofFiles.parse(input),
  'tag.why': (input) => fileAndTag.parse(input),
  'tag.windows': (input) => windows.parse(input),
  'tag.ofLabel': (input) => label.parse(input),
  'tag.decide': (input) => decisions.parse(input),
  'tag.forecast': (input) => scope.parse(input),
  'tag.acceptAll': (input) => acceptedScope.parse(input),
  'tag.undo': (input) => step.parse(input),
  'tag.make': (input) => newTag.parse(input),
  'tag.taught': (input) => nothing.parse(input),
  'tag.useTaught': (input) => useTaught.parse(input),
  'tag.exportTaught': (input) => target.parse(input),
  'tag.importTaught': (input) => source.parse(input),
};
