/** Tools that find files: by words, by another file. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { SearchHit, SearchQuery, SearchResult } from '../../../shared/types.ts';
import { filterHelp } from '../cli/filter-options.ts';
import { addTool, fileOf, MAX_RESULTS, ofFile, READS, type ToolContext } from './tool.ts';

const DEFAULT_RESULTS = 20;
/** Of one series or of one sound, in a result. */
const MAX_OTHERS = 10;

const limit = z.number().int().min(1).max(MAX_RESULTS).default(DEFAULT_RESULTS).describe(`results at most, 1 to ${MAX_RESULTS}`); // prettier-ignore
const all = z.boolean().default(false).describe('also results below the relevance cut (band “unlikely”)');
const flat = z.boolean().default(false).describe('exact copies and variants of a series as separate results');
const words = z.string().min(1).max(2000);

export function addFindTools(server: McpServer, context: ToolContext): void {
  const { client } = context;
  const search = async (query: SearchQuery) => found(await client.call('search.query', query));

  addTool(server, context, 'search', {
    title: 'Search sounds by description',
    description:
      'Finds sounds in the library by what they sound like. Results have the path, a score from 0 to 1, a band (strong, likely, ' +
      'maybe, unlikely), the place of the match in seconds and the reasons. Exclude sounds with a minus: rain -thunder. ' +
      `Filters can stand among the words, or alone. ${filterHelp()}`,
    input: { query: words.describe('a description in plain words, with filters and exclusions'), limit, all, flat },
    hints: READS,
    run: ({ query, limit, all, flat }) => search({ text: query, limit, includeUnlikely: all, grouped: !flat }),
  });

  addTool(server, context, 'similar', {
    title: 'Find similar sounds',
    description: 'Finds sounds that are similar to a file of the library, or to one place in it.',
    input: {
      ...ofFile,
      atSeconds: z.number().min(0).optional().describe('only the sound at this time of the file'),
      words: words.optional().describe('also matching this description; filters as in search'),
      limit,
      all,
      flat,
    },
    hints: READS,
    run: async ({ atSeconds, words, limit, all, flat, ...file }) => {
      const { path } = await client.call('file.get', await fileOf(client, file));
      return search({
        likePath: path,
        ...(atSeconds === undefined ? {} : { likeStartSeconds: atSeconds }),
        ...(words === undefined ? {} : { text: words }),
        limit,
        includeUnlikely: all,
        grouped: !flat,
      });
    },
  });
}

function found({ model, alsoModel, minus, hits, notices }: SearchResult): object {
  return { model, ...(alsoModel !== undefined && { alsoModel }), minus, results: hits.map(resultOf), notices };
}

function resultOf({ why, group, ...hit }: SearchHit): object {
  const others = group?.others.slice(0, MAX_OTHERS).map(({ fileId, path, score }) => ({ fileId, path, score }));
  return {
    ...hit,
    why: why.map(({ text }) => text),
    ...(group && { group: { copies: group.copies, variants: group.variants, others } }),
  };
}
