/**
 * Any sequence of what users, their other programs and bad luck do, against the engine and against a few maps that say
 * what must hold. What fails is made as short as it can be. `npm run soak` tries more and longer sequences.
 */
import fc from 'fast-check';
import { expect, onTestFailed, test } from 'vitest';
import { ROUNDS, SEED } from '../../kit/random.ts';
import { NO_PROC } from '../program.ts';
import { skipFor } from '../trial.ts';
import { ACTIONS, BEGINNING, expectAgreement } from './actions.ts';
import { Real } from './real.ts';
import { Reference } from './reference.ts';

const SEQUENCES = 2 * ROUNDS;
const STEPS = 60;

test.skipIf(skipFor(NO_PROC, 'a library after any sequence of events'))(
  `a library agrees with its disk, and keeps what was said, after any ${SEQUENCES} sequences of events`,
  { timeout: 900_000 + SEQUENCES * 120_000 },
  async () => {
    onTestFailed(() => void process.stderr.write(`the same sequences again: SEED=${SEED} ROUNDS=${ROUNDS}\n`));
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(fc.commands(ACTIONS, { maxCommands: STEPS, size: 'max' }), async (actions) => {
        const real = new Real();
        const model = new Reference();
        try {
          await real.open();
          for (const action of BEGINNING) await action.run(model, real);
          await fc.asyncModelRun(() => ({ model, real }), actions);
          steps += model.done.length;
          if (model.unplugged) {
            real.plug();
            model.unplugged = false;
          }
          await real.run();
          await expectAgreement(model, real);
          await real.finish();
        } finally {
          await real.end();
        }
      }),
      { seed: SEED, numRuns: SEQUENCES, endOnFailure: false, interruptAfterTimeLimit: 240_000 + SEQUENCES * 100_000 },
    );
    process.stderr.write(`model-based: ${SEQUENCES} sequences, ${steps} steps\n`);
    expect(steps).toBeGreaterThan(SEQUENCES);
  },
);
