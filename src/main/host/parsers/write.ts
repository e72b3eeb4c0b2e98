/** Parsers of the calls about write-back, exports and names. */
import { z } from 'zod';
import { EXPORT_FORMATS, WRITE_FIELDS, type WriteCalls } from '../../../shared/calls/write.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { outputToken } from './outputs.ts';
import { absolutePath } from './search.ts';

/** More than any library has: what is longer is a mistake. */
const MAX_FILES = 2_000_000;
const MAX_PAGE = 500;

const id = z.number().int().positive();
const fileIds = z.array(id).max(MAX_FILES);
const nothing = z.null();
const profileId = z.string().min(1).max(64);

const rule = z.strictObject({
  field: z.enum(WRITE_FIELDS),
  mode: z.enum(['fill', 'append', 'replace']),
  vocabularyIds: z.array(z.string().max(64)).max(1000),
});
const profile = z.strictObject({
  id: profileId,
  name: z.string().max(200),
  shipped: z.boolean(),
  rules: z.array(rule).max(100),
  keepTime: z.boolean(),
});
const page = { offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(MAX_PAGE) };
const planRequest = z.strictObject({
  profileId,
  fileIds,
  folders: z.array(absolutePath),
  tempoAndKey: z.boolean().exactOptional(),
});
const planFiles = z.strictObject({
  planId: id,
  state: z.enum(['change', 'same', 'refused']).nullable(),
  ...page,
});
const start = z.strictObject({ planId: id, leaveOut: fileIds });
const runFiles = z.strictObject({
  runId: id,
  outcome: z.enum(['written', 'undone', 'skipped', 'failed', 'not-restored']).nullable(),
  ...page,
});
const undo = z.strictObject({ runId: id.nullable(), fileIds });
const files = z.strictObject({ fileIds });
const exported = z.strictObject({
  fileIds,
  format: z.enum(EXPORT_FORMATS),
  output: outputToken,
  relativePaths: z.boolean().exactOptional(),
  byteOrderMark: z.boolean().exactOptional(),
});
const namePart = z.string().max(60).exactOptional();
const renamed = files.extend({ creatorId: namePart, sourceId: namePart });

export const writeParsers: Pick<Parsers, keyof WriteCalls> = {
  'write.profiles': nothing,
  'write.saveProfile': profile,
  'write.removeProfile': profileId,
  'write.plan': planRequest,
  'write.planFiles': planFiles,
  'write.start': start,
  'write.runs': nothing,
  'write.runFiles': runFiles,
  'write.undo': undo,
  'write.sidecars': files,
  'export.files': exported,
  'rename.propose': renamed,
  'rename.start': renamed,
};
