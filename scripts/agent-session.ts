/**
 * `npm run docs:agents`: a session of an agent with `earmark mcp` over the demo library, by the protocol's own client, and
 * its record in docs/agents.md. What is too long to read is cut, and says so.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { writeDemoLibrary } from '../src/demo/library.ts';
import { createEngine } from '../src/main/engine/engine.ts';
import { directClient } from '../src/main/host/dispatch.ts';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { waitForJob } from '../src/shared/jobs.ts';
import { writePart } from './generated-part.ts';

const LONGEST_LIST = 3;
const LONGEST_TEXT = 160;

const folder = await mkdtemp(join(tmpdir(), 'earmark-session-'));
const sounds = join(folder, 'Sounds');
const data = join(folder, 'data');
const record: string[] = [];
try {
  await writeDemoLibrary(sounds);
  await index();
  await session();
  writePart('docs/agents.md', 'session', 'docs:agents', record.join('\n\n'));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function index(): Promise<void> {
  const handle = createEngine({ dataFolder: data, load: 'foreground' });
  const client = directClient(handle.engine, handle.on);
  await waitForJob(client, await client.call('index.start', { folders: [sounds] }), 'index');
  await handle.close();
}

async function session(): Promise<void> {
  const args = [join(INSTALL_FOLDER, 'bin', 'earmark'), '--data', data, 'mcp', '--allow', 'collections'];
  const agent = new Client({ name: 'session', version: '1' });
  await agent.connect(new StdioClientTransport({ command: process.execPath, args }));
  const { tools } = await agent.listTools();
  record.push(`\`tools/list\`: ${tools.map(({ name }) => name).join(', ')}`);

  interface Found {
    results: { fileId: number; path: string }[];
  }
  const found = await call<Found>('search', { query: 'thunder in the distance', limit: 3 });
  const best = found.results[0]!;
  await call('describe_file', { fileId: best.fileId, query: 'thunder' }, 'agent-session.png');
  const alike = await call<Found>('similar', { path: best.path, limit: 3 });
  const fileIds = [...new Set([best, ...alike.results].map(({ fileId }) => fileId))];
  await call('create_collection', { name: 'Storm', fileIds });
  await call('list_collections', {});
  await call('describe_file', { path: '/etc/passwd' });
  await agent.close();

  async function call<T>(name: string, input: Record<string, unknown>, picture?: string): Promise<T> {
    const { content, isError, structuredContent } = (await agent.callTool({
      name,
      arguments: input,
    })) as CallToolResult;
    const shown = isError ? content[0] : cut(structuredContent);
    record.push(`\`${name}\` ${inline(input)}${isError ? ', refused:' : ''}`, fenced(shown));
    const image = content.find((part) => part.type === 'image');
    if (picture !== undefined && image !== undefined) {
      await writeFile(join(INSTALL_FOLDER, 'docs', 'pictures', picture), Buffer.from(image.data, 'base64'));
      record.push(`![The waveform; what matches is orange](pictures/${picture})`);
    }
    return structuredContent as T;
  }
}

function inline(input: object): string {
  return `\`${plain(JSON.stringify(input))}\``;
}

function fenced(document: unknown): string {
  const lines = typeof document === 'object' && document !== null ? Object.entries(document).map(([key, value]) => line(key, value)) : []; // prettier-ignore
  return `\`\`\`text\n${plain(lines.join('\n'))}\n\`\`\``;
}

/** One field; each item of a list of objects on a line of its own. */
function line(key: string, value: unknown): string {
  if (!Array.isArray(value) || typeof value[0] !== 'object') return `${key}: ${JSON.stringify(value)}`;
  return [`${key}:`, ...value.map((item) => `  ${JSON.stringify(item)}`)].join('\n');
}

/** Folders as on a machine of somebody's. */
function plain(text: string): string {
  return text.replaceAll(folder, '');
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  if (typeof value === 'number') return Number(value.toPrecision(4));
  if (Array.isArray(value)) {
    const shown: unknown[] = value.slice(0, LONGEST_LIST).map(cut);
    return value.length > LONGEST_LIST ? [...shown, `… ${value.length - LONGEST_LIST} more`] : shown;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item)]));
}
