/** The program itself: the protocol and nothing else on stdout, and an end when the agent goes. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandTrial } from '../../faults/command-trial.ts';
import { PROGRAM } from '../../faults/program.ts';
import { callTool } from './agent.ts';

let trial: CommandTrial;
beforeAll(async () => {
  trial = new CommandTrial();
  trial.addTone('hum.wav', 110, 1.5);
  await trial.index();
});
afterAll(() => trial.end());

test('an agent searches over standard input and output, and the program exits with it', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, '--data', trial.data, '--model', trial.model, 'mcp', '--allow', 'collections'],
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const errors: Error[] = [];
  const client = new Client({ name: 'test', version: '1' });
  client.onerror = (error) => errors.push(error); // a line on stdout that is not the protocol's
  await client.connect(transport);
  expect(client.getServerVersion()).toMatchObject({ name: 'earmark' });
  const { structuredContent } = await callTool(client, 'search', { query: 'hum', all: true });
  expect(structuredContent).toMatchObject({ results: [{ path: trial.at('hum.wav') }] });
  expect(await callTool(client, 'create_collection', { name: 'Hums' })).toMatchObject({
    structuredContent: { files: 0 },
  });
  await client.close();
  expect([errors, stderr]).toEqual([[], '']);
});

test('lines that are no messages are reported on stderr; the end of stdin ends it', async () => {
  const lines = 'hello\\n{"jsonrpc": "2.0", "id": 1, "method": "nonsense"}\\n';
  const wrapper = ['sh', '-c', `printf '${lines}' | "$@"`, 'sh'];
  const { code, stdout, stderr } = await trial.start(['mcp'], { wrapper }).ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ id: 1, error: { code: -32601 } });
  expect(stderr).toMatch(/^earmark mcp: /);
});

test.each([
  [['--allow', 'everything'], 'Use one or more of decisions, collections, export, write, separated by commas.'],
  [['--unattended'], '--unattended requires --allow write.'],
  [['--export-folder', '/tmp'], '--export-folder requires --allow export.'],
  [['--json'], 'stdout is for the protocol'],
])('%j is refused', async (args, sentence) => {
  const { code, stdout, stderr } = await trial.run(['mcp', ...args]);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(sentence)]);
});
