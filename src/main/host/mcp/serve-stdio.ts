/** The protocol on stdin and stdout, until the agent closes stdin. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Client } from '../../../shared/contract.ts';
import { createMcpServer } from './mcp-server.ts';
import type { AgentOptions } from './tool.ts';

/** Of one message: a thousand decisions take some 60 kB. */
const MAX_MESSAGE_BYTES = 1 << 20;

/** Resolves when stdin has ended, the connection was closed, or `stop` is aborted. */
export async function serveStdio(client: Client, options: AgentOptions, stop: AbortSignal): Promise<void> {
  const server = createMcpServer(client, options);
  const transport = new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: MAX_MESSAGE_BYTES });
  server.server.onerror = (error) => options.log(`earmark mcp: ${error.message}`);
  const ended = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    process.stdout.once('error', () => resolve()); // the agent has gone
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.connect(transport);
  if (!stop.aborted) await ended;
  await server.close();
}
