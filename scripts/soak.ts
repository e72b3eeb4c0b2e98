/**
 * `npm run soak`: random sequences of events, files damaged at random, and the tests that kill processes at random
 * moments, ten times as often as in the suite and with other numbers each time. `npm run soak -- studio` runs those of a studio alone. `ROUNDS=50 npm
 * run soak` tries more; `SEED=… npm run soak` repeats the choices of a run that failed.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

const TESTS = [
  'test/faults/model-based',
  'test/faults/kills.test.ts',
  'test/faults/write-kills.test.ts',
  'test/export/rename-kills.test.ts',
  'test/writeback/any-bytes.test.ts',
  'test/studio',
];
/** `npm run soak -- studio`: those with this in their name. */
const wanted = process.argv[2] ?? '';
const chosen = TESTS.filter((test) => test.includes(wanted));
if (chosen.length === 0) {
  console.error(`No soak test has “${wanted}” in its name. Choose one of: ${TESTS.join(', ')}.`);
  process.exit(2);
}
const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32));
const rounds = process.env['ROUNDS'] ?? '10';

console.log(`SEED=${seed} ROUNDS=${rounds}`);
const child = spawn(process.execPath, [join(INSTALL_FOLDER, 'node_modules/vitest/vitest.mjs'), 'run', ...chosen], {
  cwd: INSTALL_FOLDER,
  stdio: 'inherit',
  env: { ...process.env, SEED: seed, ROUNDS: rounds },
});
child.on('exit', (code) => process.exit(code ?? 1));
