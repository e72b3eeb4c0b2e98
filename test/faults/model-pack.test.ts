/** A model pack that is damaged or not there: refused in a sentence, and nothing known is lost. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { json, TINY_PACK } from './program.ts';
import { overwriteMiddle } from './sounds.ts';
import { expectRefused } from './trial.ts';
import { CommandTrial } from './command-trial.ts';
import { sha256 } from '../kit/sha256.ts';

const trial = new CommandTrial();
const made = trial.data;

beforeAll(async () => {
  for (let at = 0; at < 6; at++) trial.addTone(`tones/${at}.wav`, 300 + 100 * at, 1.2 + at / 5);
  await trial.index();
});
afterAll(() => trial.remove());

/** Each test gets a copy of the catalogue and index made above. */
beforeEach(() => {
  trial.data = join(trial.folder, 'copy');
  cpSync(made, trial.data, { recursive: true });
});
afterEach(() => {
  trial.model = TINY_PACK;
  for (const path of [trial.data, trial.at('new.wav'), join(trial.folder, 'pack')])
    rmSync(path, { recursive: true, force: true });
});

const ownPack = () => {
  trial.model = join(trial.folder, 'pack');
  cpSync(TINY_PACK, trial.model, { recursive: true });
};
test.each([
  ['a graph with a flipped byte', () => overwriteMiddle(join(trial.model, 'audio.onnx')), /model-damaged/],
  ['a graph that is cut off', () => truncateSync(join(trial.model, 'audio.onnx'), 1000), /model-damaged/],
  ['a missing graph', () => rmSync(join(trial.model, 'text.onnx')), /model-damaged/],
  ['a garbled description', () => writeFileSync(join(trial.model, 'model.json'), '{"id": "ti'), /model-damaged/],
  ['no description', () => rmSync(join(trial.model, 'model.json')), /model-(missing|damaged)/],
  ['graphs that match their hashes and are no ONNX', () => fakeGraph(trial.model), /model-(damaged|unusable)/],
])('%s: refused with a message, and the other model still works', async (_, damage, code) => {
  const rows = trial.rows();
  ownPack();
  damage();
  trial.addTone('new.wav', 700);
  const run = await trial.run(['--json', 'index', trial.sounds]);
  const { error } = json<{ error: { code: string } }>(run);
  expect(error.code).toMatch(code);
  expect(expectRefused(run, error.code).split(trial.model)).toHaveLength(2); // named once
  trial.model = TINY_PACK;
  const kept = trial.rows().filter(({ path }) => path !== 'new.wav');
  expect(kept).toEqual(rows);
  expect(await trial.index()).toMatchObject({ unchanged: 6, indexed: 1, failed: [] });
});

test('a pack that is not there', async () => {
  trial.model = join(trial.folder, 'no-such-pack');
  expectRefused(await trial.run(['--json', 'index', trial.sounds]), 'model-missing');
});

/** Both graphs replaced by the same text, hashes to match. */
function fakeGraph(pack: string): void {
  const path = join(pack, 'model.json');
  const description = JSON.parse(readFileSync(path, 'utf8')) as { sha256: Record<string, string> };
  for (const name of ['audio.onnx', 'text.onnx']) {
    writeFileSync(join(pack, name), 'this is no graph\n'.repeat(50));
    description.sha256[name] = sha256(readFileSync(join(pack, name)));
  }
  writeFileSync(path, JSON.stringify(description));
}
