/** Results for other programs, and the words that are refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { template } from '../../../src/main/host/cli/print-options.ts';
import type { SearchHit } from '../../../src/shared/types.ts';
import { CommandTrial } from '../../faults/command-trial.ts';
import { until } from '../../kit/until.ts';

let trial: CommandTrial;
beforeAll(async () => {
  trial = new CommandTrial();
  trial.addTone('hum 110.wav', 110, 1.5);
  trial.addTone('two\nlines.wav', 500, 1.2);
  await trial.index();
});
afterAll(() => trial.end());

const HIT = { path: '/a/b c.wav', score: 0.5, startSeconds: 1, endSeconds: 2.25, durationSeconds: 9, band: 'likely', format: 'wav', fileId: 7 } as SearchHit; // prettier-ignore

test.each([
  ['{path}', '/a/b c.wav'],
  ['{score}\\t{start}-{end}\\n', '0.5000\t1-2.25\n'],
  ['{name} {band} {duration} {format} {id}', 'b c.wav likely 9 wav 7'],
  ['{{path} \\\\ \\q {', '{path} \\ \\q {'],
])('%j is %j', (text, expected) => {
  expect(template(text)(HIT)).toBe(expected);
});

test('--print0: paths as they are, each ended by a NUL, of search and similar', async () => {
  const { code, stdout } = await trial.run(['search', 'fmt:wav', '--flat', '-0']);
  expect([code, stdout.split('\0').sort()]).toEqual([0, ['', trial.at('hum 110.wav'), trial.at('two\nlines.wav')]]);
  const similar = await trial.run(['similar', trial.at('hum 110.wav'), '--all', '--flat', '--print0', '--template', '{name}']);
  expect(similar.stdout.split('\0').sort()).toEqual(['', 'two\nlines.wav']);
}); // prettier-ignore

test.each([
  [['search', 'x', '--template', '{paht}'], 'There is no field {paht}. Fields: path, name,'],
  [['search', 'x', '--template', '{path}', '--json'], '--json prints everything.'],
  [['search', 'x', '-0', '--export', 'a.csv'], '--export does not go with --print0 or --template.'],
  [['watch', '--json'], '--json does not apply to watch.'],
  [['completion', 'tcsh'], 'bash, zsh, fish'],
])('%j is refused', async (args, sentence) => {
  const { code, stderr } = await trial.run(args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
});

test('watch: says which files have come, until Ctrl-C', async () => {
  const program = trial.start(['watch', '--print0']);
  await program.until('watching', () => (program.stderr.includes('Watching') ? true : undefined));
  trial.addTone('new.wav', 700, 1.1);
  await until('the new file', () => program.stdout.includes(`${trial.at('new.wav')}\0`), { everyMs: 20 });
  process.kill(program.pid, 'SIGINT');
  const { code, stderr } = await program.ended;
  expect([code, stderr]).toEqual([130, expect.stringMatching(/^Watching\. Press Ctrl-C to stop\.$/m)]);
});

test('watch without any folder is refused', async () => {
  const empty = new CommandTrial();
  const { code, stderr } = await empty.run(['watch']);
  expect([code, stderr]).toEqual([
    1,
    'earmark: The library has no folders to watch. Specify one: earmark watch FOLDER\n',
  ]);
  await empty.end();
});
