import { expect, test } from 'vitest';
import type { ModelMove } from '../../../src/shared/calls/models.ts';
import type { LibraryJobProgress, ModelStatus } from '../../../src/shared/types.ts';
import { untilAnalysed } from '../../../src/renderer/screens/library/job-words.ts';
import {
  analysedBefore,
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
  analysedFiles: 50_000,
  analysisBytes: 210_000_000,
  problem: null,
  bytes: 690_000_000,
};

test('which model is in use, and which one is next', () => {
  expect(modelsLead(null, null)).toBe('No model is in use.');
  expect(modelsLead('Starter', null)).toBe('In use: Starter.');
  expect(modelsLead('Starter', 'MS CLAP 2023')).toBe('In use: Starter. Switching to MS CLAP 2023.');
});

test('a move in words, whatever it does', () => {
  const words = (move: ModelMove, paused = false) => moveSentence(move, moveState(move, paused), 'Starter');
  expect(words(MOVE)).toBe('Analysing: 1,234 of 50,000 files. Searches use Starter until then.');
  expect(words(MOVE, true)).toBe('Paused: 1,234 of 50,000 files analysed. Searches use Starter until all are.');
  expect(words({ ...MOVE, working: false })).toBe('Stopped: 1,234 of 50,000 files analysed. Searches use Starter.');
  expect(words({ ...MOVE, working: false, remaining: 120, outOfReach: 120 })).toBe(
    'All available files are analysed: 49,880 of 50,000 files. Searches use Starter until the rest are.',
  );
  expect(moveShare(MOVE)).toBeCloseTo(0.02468);
  expect(moveShare({ ...MOVE, sounds: 0, remaining: 0 })).toBe(1);
});

test('files that are out of reach are reported', () => {
  expect(outOfReachSentence({ outOfReach: 0 })).toBe('');
  expect(outOfReachSentence({ outOfReach: 1 })).toBe(
    '1 file on offline drives or in paused folders. Connect the drives or resume the folders to continue.',
  );
  expect(outOfReachSentence({ outOfReach: 120 })).toContain('120 files on offline drives');
});

test('with “use now”, searches by sound cover only the files it has analysed', () => {
  const [what, then] = useNowSentences(MOVE, 'MS CLAP 2023');
  expect(what).toContain('MS CLAP 2023 has analysed 1,234 of 50,000 files.');
  expect(what).toContain('search by sound finds only these');
  expect(then).toContain('Analysis continues in the background.');
});

test('a job says which model it analyses with', () => {
  const job: LibraryJobProgress = {
    ...{ id: 1, kind: 'index', state: 'running', stage: 'analysing', done: 1_234, total: 50_000, failed: 0 },
    ...{ audioSeconds: 1, elapsedSeconds: 1, realTimeFactor: null, etaSeconds: 2280, currentPath: null },
  };
  expect(jobSentence(job, 'MS CLAP 2023')).toBe('Analysing 48,766 files with MS CLAP 2023 · 38 min left');
  expect(jobSentence({ ...job, stage: 'indexing' }, 'MS CLAP 2023')).toBe(
    'Updating the search index for MS CLAP 2023 · 38 min left',
  );
  expect(jobSentence(job)).toBe('Analysing 48,766 files · 38 min left');
  expect(untilAnalysed('MS CLAP 2023', 'Starter')).toBe(
    'Searches use Starter until MS CLAP 2023 has analysed all files.',
  );
});

test('what a model left behind, and what of it can go', () => {
  expect(analysedBefore(PACK)).toBe('50,000 files analysed (210 MB in the catalogue).');
  expect(analysedBefore({ analysedFiles: 0, analysisBytes: 0 })).toBe('');
  expect(removalOf(PACK)).toBe('all');
  expect(removalOf({ ...PACK, analysedFiles: 0 })).toBe('model');
  expect(removalOf({ ...PACK, shipped: true })).toBe('analysis');
  expect(removalOf({ ...PACK, shipped: true, analysedFiles: 0 })).toBeNull();
  expect(removalOf({ ...PACK, folder: '', bytes: 0 })).toBe('analysis'); // its files are gone already
});

test('what follows from a removal', () => {
  const words = (...given: Parameters<typeof removalSentences>) => removalSentences(...given).join(' ');
  expect(words(PACK, 'all', false)).toContain('Its analysis results are kept');
  expect(words(PACK, 'all', true)).toContain('This deletes its analysis of 50,000 files');
  expect(words(PACK, 'all', true)).toContain('frees 210 MB');
  expect(words(PACK, 'all', true)).toContain('(690 MB)');
  expect(words(PACK, 'model', false)).not.toContain('analysis');
  const shipped = words({ ...PACK, name: 'Starter', shipped: true }, 'analysis', true);
  expect(shipped).toContain('is part of Earmark and stays');
  expect(shipped).not.toContain('deleted');
  expect(words({ ...PACK, folder: '' }, 'analysis', true)).not.toContain('is part of Earmark');
});
