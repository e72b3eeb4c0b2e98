/** Resources: what can be read by its address. Files have theirs by id: `earmark://file/12`. */
import { ResourceTemplate, type McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpError, ErrorCode } from '@modelcontextprotocol/sdk/types.js';
import { toWire, UserError } from '../../../shared/errors.ts';
import { describeFile } from './file-tools.ts';
import { collections, libraryStatus } from './library-tools.ts';
import type { ToolContext } from './tool.ts';

const JSON_TYPE = 'application/json';

export function addResources(server: McpServer, { client, log }: ToolContext): void {
  const read = async (uri: URL, what: () => Promise<object>) => {
    try {
      return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text: JSON.stringify(await what()) }] };
    } catch (error) {
      const { code, userMessage, detail } = toWire(error);
      if (code === 'internal') log(`earmark mcp: ${uri.href} failed: ${detail}`);
      throw new McpError(code === 'internal' ? ErrorCode.InternalError : ErrorCode.InvalidParams, userMessage);
    }
  };
  const mimeType = JSON_TYPE;
  server.registerResource('library', 'earmark://library', { mimeType, title: 'Status of the library' }, (uri) =>
    read(uri, () => libraryStatus(client)),
  );
  server.registerResource('collections', 'earmark://collections', { mimeType, title: 'Collections' }, (uri) =>
    read(uri, () => collections(client)),
  );
  // A library can hold a million files: they are found by tools, not listed.
  const files = new ResourceTemplate('earmark://file/{fileId}', { list: undefined });
  const title = 'Metadata of a file: facts, tags, collections';
  server.registerResource('file', files, { mimeType, title }, (uri, { fileId }) =>
    read(uri, () => describeFile(client, idIn(fileId))),
  );
}

function idIn(text: string | string[] | undefined): number {
  const id = Number(text);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new UserError('bad-input', `“${String(text)}” is not the id of a file. Use an id that a search returned.`);
}
