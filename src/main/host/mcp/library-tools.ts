/** Tools that say what is in the library: its state, its collections and their files. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Client } from '../../../shared/contract.ts';
import { addTool, MAX_RESULTS, READS, type ToolContext } from './tool.ts';

const MAX_COLLECTIONS = 500;
const DEFAULT_FILES = 50;

export const collectionId = z.number().int().positive().describe('id of a collection, as list_collections has it');

export function addLibraryTools(server: McpServer, context: ToolContext): void {
  const { client } = context;
  addTool(server, context, 'library_status', {
    title: 'Status of the library',
    description:
      'Folders of the library, how many files they hold, how many are analysed, the model in use, what this server may do.',
    input: {},
    hints: READS,
    run: async () => ({ ...(await libraryStatus(client)), allowed: ['read', ...context.allow] }),
  });

  addTool(server, context, 'list_collections', {
    title: 'List collections',
    description: `Collections with their ids and numbers of files, ${MAX_COLLECTIONS} at most.`,
    input: {},
    hints: READS,
    run: () => collections(client),
  });

  addTool(server, context, 'collection_files', {
    title: 'Files of a collection',
    description: 'Files of one collection by name, in pages.',
    input: {
      collectionId,
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(MAX_RESULTS).default(DEFAULT_FILES),
    },
    hints: READS,
    run: async ({ collectionId, offset, limit }) => {
      const ids = await client.call('file.list', { of: { collectionId }, order: 'name', descending: false });
      const rows = await client.call('file.rows', ids.slice(offset, offset + limit));
      const files = rows.map(({ fileId, path, durationSeconds, format, offline }) => ({ fileId, path, durationSeconds, format, offline })); // prettier-ignore
      return { total: ids.length, files };
    },
  });
}

export async function libraryStatus(client: Client) {
  const { model, roots, files, ready, failed, offline, audioSeconds } = await client.call('status.get', null);
  const folders = roots.map(({ path, online, files, ready }) => ({ path, online, files, analysed: ready }));
  return { model, files, analysed: ready, failed, offline, audioSeconds, folders };
}

export async function collections(client: Client) {
  const all = await client.call('collection.list', null);
  return { total: all.length, collections: all.slice(0, MAX_COLLECTIONS) };
}
