import { expect, test } from 'vitest';
import type { ModelMove } from '../../../src/shared/calls/models.ts';
import type { JobProgress, ModelStatus } from '../../../src/shared/types.ts';
import { untilHeard } from '../../../src/renderer/screens/library/job-words.ts';
import {
  heardBefore,
  modelsLead,
  moveSentence,
  moveShare,
  moveState,
  outOfReachSentence,
  removalOf,
  removalSentences,
  useNowSentences,
} from '../../../src/renderer/screens/models/move-words.ts';
import { jobSentence } from '../../../src/renderer/words/job-sentence.ts';

const MOVE: ModelMove = {
  from: 'starter',
  to: 'msclap-2023',
  sounds: 50_000,
  remaining: 48_766,
  outOfReach: 0,
  working: true,
};
const PACK: ModelStatus = {
  id: 'msclap-2023',
  name: 'MS CLAP 2023',
  folder: '/data/models/msclap-2023',
  license: 'MIT',
  dim: 1024,
  inUse: false,
  shipped: false,
  heard: 50_000,
  heardBytes: 210_000_000,
  problem: null,
  bytes: 690_000_000,
};

test('which model listens, and which one comes', () => {
  expect(modelsLead(null, null)).toBe('No model is in use.');
  expect(modelsLead('Starter', null)).toBe('Starter listens.');
  expect(modelsLead('Starter', 'MS CLAP 2023')).toBe('Starter answers; the library moves to MS CLAP 2023.');
});

test('a move in words, whatever it does', () => {
  const words = (move: ModelMove, paused = false) => moveSentence(move, moveState(move, paused), 'Starter');
  expect(words(MOVE)).toBe('Listening: 1,234 of 50,000 sounds; until then Starter answers.');
  expect(words(MOVE, true)).toBe('Paused: 1,234 of 50,000 sounds heard; until all of them are, Starter answers.');
  expect(words({ ...MOVE, working: false })).toBe(
    'Stopped: 1,234 of 50,000 sounds heard, and nothing listens now. Starter answers.',
  );
  expect(words({ ...MOVE, working: false, remaining: 120, outOfReach: 120 })).toBe(
    'All that can be reached is heard: 49,880 of 50,000 sounds. Until the rest is, Starter answers.',
  );
  expect(moveShare(MOVE)).toBeCloseTo(0.02468);
  expect(moveShare({ ...MOVE, sounds: 0, remaining: 0 })).toBe(1);
});

test('sounds that nothing reaches are said', () => {
  expect(outOfReachSentence({ outOfReach: 0 })).toBe('');
  expect(outOfReachSentence({ outOfReach: 1 })).toBe(
    '1 is on drives that are away or in paused folders; it waits until you bring them back.',
  );
  expect(outOfReachSentence({ outOfReach: 120 })).toContain('120 are on drives that are away');
});

test('to use it now means to find by sound only what it has heard', () => {
  const [what, then] = useNowSentences(MOVE, 'MS CLAP 2023');
  expect(what).toContain('MS CLAP 2023 has heard 1,234 of 50,000 sounds.');
  expect(what).toContain('by sound only those are found');
  expect(then).toContain('It goes on listening in the background.');
});

test('a job says with which model it listens', () => {
  const job: JobProgress = {
    ...{ id: 1, kind: 'index', state: 'running', stage: 'listening', done: 1_234, total: 50_000, failed: 0 },
    ...{ audioSeconds: 1, elapsedSeconds: 1, realTimeFactor: null, etaSeconds: 2280, currentPath: null },
  };
  expect(jobSentence(job, 'MS CLAP 2023')).toBe('Listening to 48,766 sounds with MS CLAP 2023 · 38 min left');
  expect(jobSentence({ ...job, stage: 'indexing' }, 'MS CLAP 2023')).toBe(
    'Making sounds findable for MS CLAP 2023 · 38 min left',
  );
  expect(jobSentence(job)).toBe('Listening to 48,766 sounds · 38 min left');
  expect(untilHeard('MS CLAP 2023', 'Starter')).toBe('Until MS CLAP 2023 has heard everything, Starter answers.');
});

test('what a model left behind, and what of it can go', () => {
  expect(heardBefore(PACK)).toBe('Heard 50,000 sounds (210 MB of the catalogue).');
  expect(heardBefore({ heard: 0, heardBytes: 0 })).toBe('');
  expect(removalOf(PACK)).toBe('all');
  expect(removalOf({ ...PACK, heard: 0 })).toBe('model');
  expect(removalOf({ ...PACK, shipped: true })).toBe('heard');
  expect(removalOf({ ...PACK, shipped: true, heard: 0 })).toBeNull();
  expect(removalOf({ ...PACK, folder: '', bytes: 0 })).toBe('heard'); // its files are gone already
});

test('what follows from a removal', () => {
  const words = (...given: Parameters<typeof removalSentences>) => removalSentences(...given).join(' ');
  expect(words(PACK, 'all', false)).toContain('What it heard stays');
  expect(words(PACK, 'all', true)).toContain('What it heard of 50,000 sounds goes');
  expect(words(PACK, 'all', true)).toContain('room for 210 MB');
  expect(words(PACK, 'all', true)).toContain('(690 MB)');
  expect(words(PACK, 'model', false)).not.toContain('heard');
  const shipped = words({ ...PACK, name: 'Starter', shipped: true }, 'heard', true);
  expect(shipped).toContain('comes with Earmark and stays');
  expect(shipped).not.toContain('deleted');
  expect(words({ ...PACK, folder: '' }, 'heard', true)).not.toContain('comes with Earmark');
});
