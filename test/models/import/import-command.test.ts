import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ModelStatus } from '../../../src/shared/types.ts';
import { createEngine } from '../../../src/main/engine/engine.ts';
import { runInProcess } from '../../faults/in-process.ts';
import { json, kill, NO_PROC, Program, type Run } from '../../faults/program.ts';
import { skipFor } from '../../faults/trial.ts';
import { writeTinyClap } from '../families/hugging-face/tiny-clap.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

let folder: string, data: string, source: string;
beforeEach(() => {
  folder = temporaryFolder('import-command');
  data = join(folder, 'data');
  source = join(folder, 'tiny');
  writeTinyClap(source);
});

const earmark = (...args: string[]) => new Program(['--data', data, ...args]);
/** In this process: what it says and installs. */
async function said(...args: string[]): Promise<Run> {
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const ended = await runInProcess(['--data', data, ...args], { TMPDIR: temporary }, createEngine);
  expect([await ended.strays(), readdirSync(temporary)]).toEqual([[], []]);
  return ended.run;
}
const models = () => (existsSync(join(data, 'models')) ? readdirSync(join(data, 'models')) : []);
const unfinished = () => models().find((name) => name.startsWith('.installing-') && readdirSync(join(data, 'models', name)).length > 0); // prettier-ignore

test('imports, lists and removes', async () => {
  const run = await said('models', 'import', source, '--json');
  expect(run.code, run.stderr).toBe(0);
  const { model } = json<{ model: ModelStatus }>(run);
  expect(model).toMatchObject({ id: 'tiny-clap', problem: null });
  const list = json<{ models: ModelStatus[] }>(await said('models', '--json'));
  expect(list.models.map(({ id }) => id)).toEqual(['starter-1', 'tiny-clap']);
  const embedded = await said('embed', '--model', 'tiny-clap', '--text', 'low', '--json');
  expect(json<{ model: string; dim: number }>(embedded)).toMatchObject({ model: 'tiny-clap', dim: 24 });
  const removed = await said('models', 'remove', 'tiny-clap');
  expect(removed).toMatchObject({ code: 0, stdout: '“tiny-clap” is removed.\n' });
  expect(models()).toEqual([]);
});

test('a file that cannot be imported: a message and exit code 1', async () => {
  writeFileSync(join(folder, 'weights.pth'), '<html>');
  const run = await said('models', 'import', join(folder, 'weights.pth'), '--json');
  expect(run.code).toBe(1);
  expect(json<{ error: { code: string } }>(run).error.code).toBe('model-unusable');
  expect(run.stderr).toMatch(/^earmark: “weights\.pth” cannot be imported: it is a web page\./);
  expect(models()).toEqual([]);
});

test.skipIf(skipFor(NO_PROC, 'killing an import'))(
  'killed at any time: no model, and the next import tidies up',
  async () => {
    const program = earmark('models', 'import', source);
    await program.until('something is written', unfinished);
    kill(program.pid, 'SIGKILL');
    await program.ended;
    expect(await program.strays()).toEqual([]);
    expect(models().filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(unfinished()).toBeDefined();
    mkdirSync(join(data, 'models/.installing-of-another-program'));
    const again = await earmark('models', 'import', source).ended;
    expect(again.code, again.stderr).toBe(0);
    expect(models()).toEqual(['.installing-of-another-program', 'tiny-clap']);
  },
);

test.skipIf(skipFor(NO_PROC, 'stopping an import'))('Ctrl-C: nothing is installed', async () => {
  const program = earmark('models', 'import', source);
  await program.until('something is written', unfinished);
  program.signal('SIGINT');
  const run = await program.ended;
  expect(run).toMatchObject({ code: 130, stdout: '' });
  expect(run.stderr).toContain('Nothing was installed.');
  expect(await program.strays()).toEqual([]);
  expect(models()).toEqual([]);
});
