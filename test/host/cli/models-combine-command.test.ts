/** A second model beside the one in use, from the command line: cost, setting, one search, refusals. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchCost } from '../../../src/shared/calls/models.ts';
import type { SearchResult } from '../../../src/shared/types.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { json, TINY_PACK } from '../../faults/program.ts';

/** The model in use is the one of the settings. */
class SettingsTrial extends CommandTrial {
  protected override wordsOf(args: string[]): string[] {
    return ['--data', this.data, ...args];
  }
}

let trial: SettingsTrial;
beforeAll(async () => {
  trial = new SettingsTrial();
  for (const [at, hertz] of [120, 300, 2500].entries()) trial.addTone(`${'abc'[at]!}.wav`, hertz, 1.5);
  for (const id of ['one', 'two', 'idle']) {
    const folder = join(trial.data, 'models', id);
    cpSync(TINY_PACK, folder, { recursive: true });
    const file = join(folder, 'model.json');
    const description = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...description, id }));
  }
  for (const id of ['one', 'two']) expect((await trial.run(['--model', id, 'index', trial.sounds])).code).toBe(0);
  expect((await trial.run(['models', 'use', 'one', '--now'])).code).toBe(0);
});
afterAll(() => trial.end());

const search = async (...options: string[]) =>
  json<SearchResult>(await trial.run(['search', 'low', '--all', '--json', ...options]));

test('one search with both says so, and is the same for equal models', async () => {
  const [alone, both] = [await search(), await search('--also-model', 'two')];
  expect([alone.model, alone.alsoModel, both.model, both.alsoModel]).toEqual(['one', undefined, 'one', 'two']);
  expect(both.hits.map(({ path }) => path)).toEqual(alone.hits.map(({ path }) => path));
  expect(both.hits[0]!.score).toBeCloseTo(alone.hits[0]!.score, 6);
  expect(both.hits[0]!.why[0]!.text).toMatch(/\(one \S+, two \S+\)$/u);
  const shown = await trial.run(['search', 'low', '--all', '--also-model', 'two']);
  expect(shown.stdout).toMatch(/\nmodels: one, two\n$/u);
  const similar = json<SearchResult>(
    await trial.run(['similar', trial.at('a.wav'), '--all', '--json', '--also-model', 'two']),
  );
  expect(similar.alsoModel).toBe('two');
  expect(similar.hits).toHaveLength(2);
});

test('combine measures, sets, and holds for searches until it is off', async () => {
  const set = await trial.run(['models', 'combine', 'two']);
  expect(set.stdout).toMatch(
    /first search +\d+\.\d s to load it\neach search +\S+ ms with both, \S+ ms with one\nmemory +\d.* while it is loaded\ndisk /u,
  );
  expect(set.stdout).toMatch(/analysed +3 of 3 files\nSearches use “one” and “two”\.\n$/u);
  expect((await search()).alsoModel).toBe('two');
  expect((await search('--no-also-model')).alsoModel).toBeUndefined();
  expect((await trial.run(['models', 'remove', 'two'])).stderr).toContain('is searched with as well');
  const off = json<object>(await trial.run(['models', 'combine', '--off', '--json']));
  expect(off).toEqual({ model: 'one', alsoModel: null, cost: null });
});

test('cost is data, too', async () => {
  const { cost } = json<{ cost: SearchCost }>(await trial.run(['models', 'cost', 'two', '--json']));
  expect(cost).toMatchObject({ id: 'two', analysedFiles: 3, files: 3 });
  for (const value of [cost.loadSeconds, cost.memoryBytes, cost.aloneMs, cost.bothMs, cost.diskBytes]) {
    expect(value).toBeGreaterThan(0);
  }
});

test.each([
  [['search', 'low', '--also-model', 'gone'], 'There is no model “gone”. Installed: '],
  [
    ['search', 'low', '--also-model', 'idle'],
    '“idle” has not analysed any file of this library. Analyse it first (earmark --model idle index), or search with one model.',
  ],
  [['search', 'low', '--also-model', 'one'], '“one” is the model in use. Choose another one to search with as well.'],
  [['models', 'combine', 'idle'], '“idle” has not analysed any file of this library.'],
  [['models', 'cost', 'one'], '“one” is the model in use.'],
  [['models', 'combine'], 'Give the id of a model, or --off for the model in use alone.'],
  [['models', 'combine', 'two', '--off'], 'Give the id of a model, or --off for the model in use alone.'],
])('%j is refused in a sentence', async (args, sentence) => {
  const { code, stderr } = await trial.run(args);
  expect(code).not.toBe(0);
  expect(stderr).toContain(sentence);
});
