/** What the tools have in common: how they are registered, how they answer, which files they may be asked about. */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ImageContent, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Client } from '../../../shared/contract.ts';
import { toWire, UserError } from '../../../shared/errors.ts';
import { isInside } from '../../scan/roots.ts';
import { idOfFile, wholePath } from '../cli/selection.ts';

/** What can be opened beyond reading. */
export const PERMISSIONS = ['decisions', 'collections', 'export', 'write'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface AgentOptions {
  allow: ReadonlySet<Permission>;
  /** Writes need nobody's confirmation. */
  unattended: boolean;
  /** Absolute; where lists are exported to. */
  exportFolder: string;
  /** Takes what is for the person who runs the server, a line each. */
  log: (line: string) => void;
}

export interface ToolContext extends AgentOptions {
  client: Client;
}

/** Of one answer. */
export const MAX_RESULTS = 100;
/** Of one call that changes something. */
export const MAX_FILES = 1000;
/** Of a value in tags of a file, characters. */
export const MAX_VALUE = 500;

export const READS: ToolAnnotations = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };
export const ADDS: ToolAnnotations = { readOnlyHint: false, destructiveHint: false, openWorldHint: false };
export const CHANGES: ToolAnnotations = { readOnlyHint: false, destructiveHint: true, openWorldHint: false };

export const fileId = z.number().int().positive().describe('id of a file, as results have it');
export const fileIds = z.array(fileId).min(1).max(MAX_FILES).describe(`ids of files, 1 to ${MAX_FILES}`);
/** A file by its id or its path. */
export const ofFile = {
  fileId: fileId.optional(),
  path: z.string().min(1).max(32_768).optional().describe('full path of a file of the library, instead of fileId'),
};

/** An answer with more than its document. */
export interface Pictured {
  document: object;
  image: ImageContent;
}

interface Tool<Input extends z.ZodRawShape> {
  title: string;
  description: string;
  input: Input;
  hints: ToolAnnotations;
  /** @returns the document of the answer @throws UserError, which becomes an answer that says it */
  run: (input: z.output<z.ZodObject<Input>>) => Promise<object | Pictured>;
}

/** Registers a tool. Unknown arguments are refused: a filter that is misspelt must not be a filter that is ignored. */
export function addTool<Input extends z.ZodRawShape>(
  server: McpServer,
  context: ToolContext,
  name: string,
  { title, description, input, hints, run }: Tool<Input>,
): void {
  const inputSchema: z.ZodType<z.output<z.ZodObject<Input>>> = z.strictObject(input);
  server.registerTool(name, { title, description, inputSchema, annotations: hints }, async (given: unknown) => {
    try {
      return answer(await run(given as z.output<z.ZodObject<Input>>));
    } catch (error) {
      return refused(name, error, context.log);
    }
  });
}

function answer(result: object | Pictured): CallToolResult {
  const { document, image } = isPictured(result) ? result : { document: result, image: null };
  const text = { type: 'text' as const, text: JSON.stringify(document) };
  return { content: image === null ? [text] : [text, image], structuredContent: document as Record<string, unknown> };
}

function isPictured(result: object): result is Pictured {
  return 'document' in result && 'image' in result;
}

/** The sentence for the agent, what lies beneath for whoever runs it. */
function refused(name: string, error: unknown, log: (line: string) => void): CallToolResult {
  const { code, userMessage, detail } = toWire(error);
  if (code === 'internal') log(`earmark mcp: ${name} failed: ${detail}`);
  return { isError: true, content: [{ type: 'text', text: userMessage }] };
}

/**
 * @returns the id of a file of the library
 * @throws UserError bad-input for neither or both, not-found. Of paths outside of the library it does not say whether
 *   anything is there.
 */
export async function fileOf(
  client: Client,
  { fileId, path }: { fileId?: number | undefined; path?: string | undefined },
): Promise<number> {
  if ((fileId === undefined) === (path === undefined))
    throw new UserError('bad-input', 'Specify either fileId or path.');
  if (path === undefined) {
    await client.call('file.get', fileId!);
    return fileId!;
  }
  await mustBeInLibrary(client, path);
  return idOfFile(client, path);
}

/** @throws UserError not-found for a path that no folder of the library holds */
export async function mustBeInLibrary(client: Client, path: string): Promise<void> {
  const { roots } = await client.call('status.get', null);
  // A file that is itself a link stands in the library by its own name.
  const own = join(wholePath(dirname(resolve(path))), basename(path));
  if (isAbsolute(path) && roots.some((root) => isInside(own, root.path))) return;
  throw new UserError('not-found', `“${path}” is outside of the library. Choose a file that a search returned.`);
}

/** At most `length` characters. */
export function shortened(text: string, length = MAX_VALUE): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
