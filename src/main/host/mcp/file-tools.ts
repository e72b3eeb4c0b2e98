/** The tool that describes one file, and what a resource says of it. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Client } from '../../../shared/contract.ts';
import type { WindowRelevance } from '../../../shared/types.ts';
import { addTool, fileOf, ofFile, READS, shortened, type ToolContext } from './tool.ts';
import { PICTURE_HEIGHT, PICTURE_WIDTH, waveformPicture, type Stretch } from './waveform-picture.ts';

/** Numbers of the catalogue that `facts` says in words, and names that `tags` says in full. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['kind', 'bpm', 'key', 'root', 'rootId', 'tagNames']);
const MAX_TAGS = 50;
const MAX_NATIVE_TAGS = 60;
const MAX_COPIES = 20;
/** Windows of a timeline. */
const MAX_WINDOWS = 200;
const MIN_PROBABILITY = 0.2;
const TAGS_EACH_WINDOW = 5;

export function addFileTools(server: McpServer, context: ToolContext): void {
  const { client } = context;
  addTool(server, context, 'describe_file', {
    title: 'Describe a file',
    description:
      'What is known of one file: format, loudness and other facts, tags (suggested, accepted, rejected; with tagId), the ' +
      'tags as they are in the file, collections, copies, a timeline, and its waveform as a picture (PNG, ' +
      `${PICTURE_WIDTH} x ${PICTURE_HEIGHT}, time from left to right; what matches the query is orange). ` +
      'With query, the timeline says how well each part matches these words; without, which tags fit each part.',
    input: {
      ...ofFile,
      query: z.string().min(1).max(2000).optional().describe('words to find in the file; filters are ignored'),
      picture: z.boolean().default(true).describe('the waveform as a picture'),
    },
    hints: READS,
    run: async ({ query, picture, ...file }) => {
      const id = await fileOf(client, file);
      const document = await describeFile(client, id);
      const matches = query === undefined ? null : await matchesIn(client, id, query);
      const timeline = matches ?? (await tagsInTime(client, id));
      const described = { ...document, timeline: timeline.slice(0, MAX_WINDOWS), timelineWindows: timeline.length };
      if (!picture) return described;
      const data = await pictureOf(client, id, document.durationSeconds, matches ?? []);
      return { document: described, image: { type: 'image' as const, mimeType: 'image/png', data } };
    },
  });
}

/** @throws UserError file-missing */
export async function describeFile(client: Client, fileId: number) {
  const { tags: native, windows, copies, collections, ...more } = await client.call('file.get', fileId);
  const detail = Object.fromEntries(Object.entries(more).filter(([name]) => !SAID_ELSEWHERE.has(name)));
  const [ofThis] = await client.call('tag.ofFiles', { fileIds: [fileId], minProbability: MIN_PROBABILITY });
  const named = await client.call('collection.list', null);
  return {
    ...detail,
    path: more.path,
    durationSeconds: more.durationSeconds,
    tags: (ofThis?.tags ?? []).slice(0, MAX_TAGS),
    nativeTags: native.slice(0, MAX_NATIVE_TAGS).map((tag) => ({ ...tag, value: shortened(tag.value) })),
    collections: named.filter(({ id }) => collections.includes(id)).map(({ id, name }) => ({ id, name })),
    windows: windows.length,
    copies: copies.slice(0, MAX_COPIES),
  };
}

function matchesIn(client: Client, fileId: number, text: string): Promise<WindowRelevance[]> {
  return client.call('search.windows', { fileId, query: { text } });
}

/** By the vocabulary whose tags the file has; none without one. */
async function tagsInTime(client: Client, fileId: number): Promise<(Stretch & { tags: object[] })[]> {
  const [ofThis] = await client.call('tag.ofFiles', { fileIds: [fileId], minProbability: MIN_PROBABILITY });
  const { vocabularies } = await client.call('vocabulary.list', null);
  const vocabularyId = ofThis?.tags.find((tag) => vocabularies.some(({ id }) => id === tag.vocabularyId))?.vocabularyId;
  if (vocabularyId === undefined) return [];
  const windows = await client.call('tag.windows', { fileId, vocabularyId, minProbability: MIN_PROBABILITY });
  return windows.map(({ tags, ...window }) => ({ ...window, tags: tags.slice(0, TAGS_EACH_WINDOW) }));
}

/** @returns base64 */
async function pictureOf(client: Client, id: number, seconds: number, windows: WindowRelevance[]): Promise<string> {
  const [waveform] = await client.call('file.waveforms', [id]);
  const marked = windows.filter(({ band }) => band !== 'unlikely');
  return waveformPicture(Buffer.from(waveform?.peaks ?? '', 'base64'), seconds, marked).toString('base64');
}
