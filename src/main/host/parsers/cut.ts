/** Parser of the call that cuts pieces. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { FRAME_RATES, LIST_FORMATS, LONGEST_NAME, PIECE_FORMATS, type CutCalls } from '../../../shared/calls/cut.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { outputToken } from './outputs.ts';
import { seconds } from '../../../shared/query/search-checks.ts';
import { absolutePath, searchQuery } from './search.ts';

const MOST_PIECES = 100_000;
const MOST_FOLDERS = 1000;
const LONGEST_PADDING_SECONDS = 3600;

/** Where it leads must not hang on where this process was started. */
const sourcePath = absolutePath.refine(isAbsolute, 'must be a full path');
const range = z.strictObject({ path: sourcePath, startSeconds: seconds, endSeconds: seconds.nullable() });
const from = z.union([
  z.strictObject({ pieces: z.array(range).min(1).max(MOST_PIECES) }),
  z.strictObject({
    query: searchQuery,
    folders: z.array(sourcePath).max(MOST_FOLDERS),
    paddingSeconds: seconds.max(LONGEST_PADDING_SECONDS),
  }),
]);
const request = z.strictObject({
  from,
  output: outputToken,
  format: z.enum(PIECE_FORMATS),
  name: z.string().min(1).max(LONGEST_NAME),
});

const listRequest = z.strictObject({
  from,
  output: outputToken,
  format: z.enum(LIST_FORMATS),
  framesPerSecond: z.literal([...FRAME_RATES]).exactOptional(),
  byteOrderMark: z.boolean().exactOptional(),
});

const piece = z.strictObject({ path: sourcePath, startSeconds: seconds, endSeconds: seconds });

export const cutParsers: Pick<Parsers, keyof CutCalls> = {
  'cut.start': request,
  'cut.list': listRequest,
  'piece.make': piece,
};
