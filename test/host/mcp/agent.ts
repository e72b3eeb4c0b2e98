/** An agent in this process: the protocol's own client, joined to a server on a real engine. */
import { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { join } from 'node:path';
import { createMcpServer } from '../../../src/main/host/mcp/mcp-server.ts';
import type { AgentOptions } from '../../../src/main/host/mcp/tool.ts';
import type { Client } from '../../../src/shared/contract.ts';

export interface Agent {
  client: McpClient;
  /** The document of an answer. @throws Error with the sentence of one that refuses */
  ask<T>(name: string, input?: Record<string, unknown>): Promise<T>;
  /** What the server said to whoever runs it. */
  logged: string[];
  close(): Promise<void>;
}

export async function startAgent(engine: Client, folder: string, options: Partial<AgentOptions> = {}): Promise<Agent> {
  const logged: string[] = [];
  const server = createMcpServer(engine, {
    allow: new Set(),
    unattended: false,
    exportFolder: join(folder, 'exports'),
    log: (line) => logged.push(line),
    ...options,
  });
  const [here, there] = InMemoryTransport.createLinkedPair();
  const client = new McpClient({ name: 'test', version: '1' });
  await Promise.all([server.connect(there), client.connect(here)]);
  return {
    client,
    logged,
    ask: async <T>(name: string, input: Record<string, unknown> = {}) =>
      documentOf(await callTool(client, name, input)) as T,
    close: () => client.close(),
  };
}

export async function callTool(
  client: McpClient,
  name: string,
  input: Record<string, unknown>,
): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: input })) as CallToolResult;
}

function documentOf({ content, isError, structuredContent }: CallToolResult): unknown {
  const [first] = content;
  if (first?.type !== 'text') throw new Error('the answer does not begin with text');
  if (isError) throw new Error(first.text);
  if (first.text !== JSON.stringify(structuredContent)) throw new Error('text and structured content differ');
  return structuredContent;
}
