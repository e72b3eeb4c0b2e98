/** Parsers of the calls about vocabularies and tags. What a vocabulary must be, vocabulary.ts says: here only its shape. */
import { z } from 'zod';
import type { TagCalls } from '../../../shared/calls/tags.ts';
import type { VocabularyCalls, VocabularyContent } from '../../../shared/calls/vocabularies.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { isAbsoluteFolder } from '../../catalogue/queries/folder-filter.ts';
import { outputToken } from './outputs.ts';
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
  folder: z.string().max(32_768).refine(isAbsoluteFolder, 'must be a full path, such as /Sounds/Doors').exactOptional(), // prettier-ignore
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
const taughtOutput = z.strictObject({ output: outputToken });
const vocabularyOutput = taughtOutput.extend({ id: vocabularyId });

export const tagParsers: Pick<Parsers, keyof TagCalls | keyof VocabularyCalls> = {
  'vocabulary.list': nothing,
  'vocabulary.get': vocabularyId,
  'vocabulary.save': z.looseObject({ id: z.string() }) as unknown as z.ZodType<VocabularyContent>,
  'vocabulary.remove': vocabularyId,
  'vocabulary.import': source,
  'vocabulary.export': vocabularyOutput,
  'tag.score': scoring,
  'tag.list': scope,
  'tag.files': files,
  'tag.ofFiles': ofFiles,
  'tag.why': fileAndTag,
  'tag.windows': windows,
  'tag.ofLabel': label,
  'tag.decide': decisions,
  'tag.forecast': scope,
  'tag.acceptAll': acceptedScope,
  'tag.undo': step,
  'tag.make': newTag,
  'tag.taught': nothing,
  'tag.useTaught': useTaught,
  'tag.exportTaught': taughtOutput,
  'tag.importTaught': source,
};
