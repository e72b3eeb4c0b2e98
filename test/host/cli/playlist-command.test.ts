/** `earmark playlist`: what it writes and prints. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlaylistCalls } from '../../../src/shared/calls/playlists.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';

let trial: CommandTrial;
beforeAll(async () => {
  trial = new CommandTrial('shared');
  for (const [at, hertz] of [300, 301, 302, 2500].entries()) trial.addTone(`piano ${'abcd'[at]!}.wav`, hertz, 1.5);
  trial.addTone('piano long.wav', 400, 3);
  await trial.index();
});
afterAll(() => trial.end());

test('files that differ come before those that are alike; filters hold; JSON is the answer of the call', async () => {
  const made = async (...options: string[]) => json<PlaylistCalls['playlist.make']['output']>(await trial.run(['playlist', 'piano', '--json', '--duration', '<2', ...options])); // prettier-ignore
  const { model, entries } = await made('-n', '2', '--diversity', '1');
  expect(model).toBe('tiny');
  expect(entries.map(({ path }) => path)).toContain(trial.at('piano d.wav'));
  expect((await made()).entries.map(({ path }) => path)).not.toContain(trial.at('piano long.wav'));
});

test('--out writes a playlist', async () => {
  const out = `${trial.folder}/piano.m3u8`;
  const { code, stdout } = await trial.run(['playlist', 'piano', '--count', '2', '--out', out]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^2 files written to /)]);
  expect(readFileSync(out, 'utf8').match(/^\/.*wav$/gm)).toHaveLength(2);
  expect((await trial.run(['playlist', 'piano', '--out', out])).code).not.toBe(0);
});

test('for people: score, length, path; nothing found is said', async () => {
  expect((await trial.run(['playlist', 'piano', '-n', '1'])).stdout).toMatch(/^\d\.\d\d +0:0[13][.\d]* +\/.*\.wav\n$/);
  const fewer = await trial.run(['playlist', 'piano', '-n', '50']);
  expect(fewer.stderr).toMatch(/^Only [1-5] of 50 files could be found: no others fit well enough\.$/m);
  expect((await trial.run(['playlist', 'piano fmt:mp3'])).stdout).toBe(
    'No results. Try other words or fewer filters.\n',
  );
});

test.each([
  [['-n', '0'], 'It must be a whole number from 1 to 500.'],
  [['--diversity', '2'], 'It must be a number from 0 to 1.'],
  [['--out', 'list.txt'], 'has no supported file extension'],
])('%j is refused', async (options, sentence) => {
  const { code, stderr } = await trial.run(['playlist', 'piano', ...options]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
});
