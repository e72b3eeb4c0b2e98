/**
 * The library for agents, by the Model Context Protocol (https://modelcontextprotocol.io/specification). Reading is
 * always possible; tools that change something exist only where whoever starts the server allows them.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Client } from '../../../shared/contract.ts';
import { version } from '../../files/install.ts';
import { addCollectionTools, addDecisionTools, addExportTools } from './change-tools.ts';
import { addFileTools } from './file-tools.ts';
import { addFindTools } from './find-tools.ts';
import { addLibraryTools } from './library-tools.ts';
import { addResources } from './resources.ts';
import { addWriteTools } from './write-tools.ts';
import { MAX_FILES, type AgentOptions } from './tool.ts';

const INSTRUCTIONS =
  'Earmark finds sounds in a local library by what they sound like. Use search with a short description of the sound, look at ' +
  'promising results with describe_file (its picture shows the waveform), and refine with similar. Paths are those of the ' +
  'machine; audio is never sent.';
/** Decisions have four values each. */
const MAX_ELEMENTS = 5 * MAX_FILES;

/** @returns a server that is not connected to a transport yet */
export function createMcpServer(client: Client, options: AgentOptions): McpServer {
  const server = new McpServer(
    { name: 'earmark', title: 'Earmark', version: version() },
    { instructions: INSTRUCTIONS, maxToolInputElements: MAX_ELEMENTS },
  );
  const context = { ...options, client };
  addFindTools(server, context);
  addFileTools(server, context);
  addLibraryTools(server, context);
  addResources(server, context);
  if (options.allow.has('decisions')) addDecisionTools(server, context);
  if (options.allow.has('collections')) addCollectionTools(server, context);
  if (options.allow.has('export')) addExportTools(server, context);
  if (options.allow.has('write')) addWriteTools(server, context);
  return server;
}
