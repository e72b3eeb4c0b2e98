/** `earmark facts`: what the command prints and keeps. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FactCalls } from '../../../src/shared/calls/facts.ts';
import { json } from '../../faults/program.ts';
import { CommandTrial } from '../../faults/command-trial.ts';

type Facts = FactCalls['fact.of']['output'];

let trial: CommandTrial;
beforeAll(async () => {
  trial = new CommandTrial('shared');
  trial.addTone('hum_120bpm_Am_loop.wav', 110, 1.5);
  await trial.index();
  trial.addTone('new.wav', 220, 1.5);
});
afterAll(() => trial.end());

test('indexed or not, with the source of each; a file without audio is reported', async () => {
  const paths = [trial.at('hum_120bpm_Am_loop.wav'), trial.at('new.wav')];
  const { items } = json<Facts>(await trial.run(['facts', ...paths, '--json']));
  expect(items.map(({ path }) => path)).toEqual(paths);
  expect(items[0]!.facts).toMatchObject({
    kind: { value: 'loop', from: 'name' },
    bpm: { value: 120, confidence: 0.9, from: 'name' },
    key: { value: 'Am', from: 'name' },
    clipped: { value: 0, confidence: 1, from: 'sound' },
  });
  expect(items[1]!.facts.lufs!.value).toBeLessThan(0);
  const failed = await trial.run(['facts', trial.at('gone.wav'), '--json']);
  expect([failed.code, json<Facts>(failed).failed.map(({ code }) => code)]).toEqual([3, ['vanished']]);
});

test('a correction is kept, found by filters, and taken back', async () => {
  const file = trial.at('hum_120bpm_Am_loop.wav');
  await trial.run(['facts', file, '--set', 'bpm=60', '--set', 'key=none']);
  const { items } = json<Facts>(await trial.run(['facts', file, '--json']));
  expect(items[0]!.facts.bpm).toEqual({ value: 60, confidence: 1, from: 'you', others: [{ value: 120, confidence: 0.9, from: 'name' }] }); // prettier-ignore
  expect(items[0]!.facts.key).toMatchObject({ value: null, from: 'you' });
  const { stdout } = await trial.run(['search', 'bpm:55-65 kind:loop']);
  expect(stdout).toContain('hum_120bpm_Am_loop.wav');
  const cleared = await trial.run(['facts', file, '--clear', 'bpm', '--clear', 'key']);
  expect(cleared.stdout).toMatch(/Tempo +120 BPM +name\n *Key +Am \(8A\) +name/);
});

test('what is not understood is refused', async () => {
  const { code, stderr } = await trial.run(['facts', trial.at('new.wav'), '--set', 'bpm=fast']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Use beats per minute from 20 to 400, or none.')]);
});
