/** `earmark health`, from the real command line and in words. */
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeHealth } from '../../../src/main/host/cli/health-command.ts';
import type { Health } from '../../../src/shared/calls/health.ts';
import { ISSUE_NAMES } from '../../../src/shared/query/issues.ts';
import { json } from '../../faults/program.ts';
import { put } from '../../faults/sounds.ts';
import { CommandTrial } from '../../faults/command-trial.ts';

let trial: CommandTrial;
beforeAll(async () => {
  trial = new CommandTrial('shared');
  const tagged = { info: { IKEY: 'hum' } };
  trial.addTone('good.wav', 110, 1.5, tagged);
  trial.addTone('doors/untagged.wav', 700, 1.5);
  trial.addTone('copied.wav', 300, 1.5, tagged);
  copyFileSync(trial.at('copied.wav'), trial.at('doors/copy.wav'));
  trial.addTone('cut.wav', 500, 3, tagged);
  truncateSync(trial.at('cut.wav'), 20_000);
  trial.addTone('named.flac', 900, 1, tagged);
  put(trial.at('broken.wav'), 'RIFF....WAVE this is none');
  await trial.index();
});
afterAll(() => trial.end());

const issuesOf = ({ issues }: Health) => Object.fromEntries(issues.filter(({ files }) => files > 0).map(({ issue, files }) => [issue, files])); // prettier-ignore

test('files with each issue are counted, in the library and in a folder', async () => {
  const health = json<Health>(await trial.run(['health', '--json']));
  expect(health).toMatchObject({ files: 6, failed: 1, outdated: 0 });
  expect(health.issues.map(({ issue }) => issue)).toEqual(ISSUE_NAMES);
  // What was cut off has lost its tags, which stood behind the sound.
  expect(issuesOf(health)).toMatchObject({ partial: 1, mislabelled: 1, duplicate: 2 });
  expect(issuesOf(health)['untagged']).toBeGreaterThanOrEqual(1);
  const doors = json<Health>(await trial.run(['health', trial.at('doors'), '--json']));
  expect(doors).toMatchObject({ files: 2, failed: 0 });
  expect(issuesOf(doors)).toEqual({ duplicate: 1, untagged: 1 });
});

test('a list of them, on the screen, in a file, and by a search', async () => {
  const { paths } = json<{ paths: string[] }>(await trial.run(['health', '--list', 'mislabelled', '--json']));
  expect(paths).toEqual([trial.at('named.flac')]);
  const list = trial.at('list.m3u8');
  expect((await trial.run(['health', '--list', 'duplicate', '--export', list])).code).toBe(0);
  expect(readFileSync(list, 'utf8')).toContain(trial.at('doors/copy.wav'));
  expect((await trial.run(['search', 'issue:truncated'])).stdout).toContain('cut.wav');
});

test('what is not understood is refused', async () => {
  const { code, stderr } = await trial.run(['health', '--list', 'ugly']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Use one of clipped, silent,')]);
});

test('in words', () => {
  const issues = [{ issue: 'clipped' as const, files: 3 }, { issue: 'silent' as const, files: 0 }]; // prettier-ignore
  expect(describeHealth({ files: 9, failed: 1, outdated: 2, issues })).toEqual([
    expect.stringMatching(/^clipped +3 +files with samples cut off at full scale$/),
    expect.stringMatching(/^failed +1 /),
    'Of 9 files. --list <issue> lists them.',
    '2 files analysed by an older version; earmark index completes the counts.',
  ]);
  expect(describeHealth({ files: 9, failed: 0, outdated: 0, issues: [] })).toEqual(['No issues in 9 files.']);
});
