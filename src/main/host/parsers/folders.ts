/** What a host may send to the calls about folders of this machine. */
import { z } from 'zod';
import type { FolderCalls } from '../../../shared/calls/folders.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { absolutePath } from './search.ts';

const folderQuery = z.strictObject({
  path: absolutePath.nullable(),
  extensions: z.array(z.string().regex(/^\.[a-z0-9]{1,16}$/)).max(50),
  hidden: z.boolean(),
});

export const folderParsers: Pick<Parsers, keyof FolderCalls> = {
  'place.list': z.null(),
  'folder.list': folderQuery,
};
