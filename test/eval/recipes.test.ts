/** The data sets of docs/eval.md, each as it is unpacked but of a few tones, evaluated as the recipe says. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { EvalReport, EvalRequest } from '../../src/shared/eval-report.ts';
import { expectSentence } from '../faults/trial.ts';
import { partsOf, ToneDataset, type Pitch } from './tone-dataset.ts';

let set: ToneDataset;
beforeEach(() => {
  set = new ToneDataset();
});
afterEach(() => set.remove());
const tiny = partsOf();
afterAll(() => tiny.close());

const PITCHES = ['low', 'middle', 'high'] as const;

/** @param pathOf where the n-th clip of a pitch lies */
function addClips(pathOf: (pitch: Pitch, n: number) => string, each = 2): void {
  for (const pitch of PITCHES) {
    for (let n = 0; n < each; n++) set.addTone(pathOf(pitch, n), pitch, { shift: 3 * n });
  }
}

const rowsOf = (row: (pitch: Pitch, n: number) => string, each = 2) =>
  PITCHES.flatMap((pitch) => Array.from({ length: each }, (_, n) => row(pitch, n)));

/** Codes of classes, and what they mean. */
const CODES = { low: 'LOW', middle: 'MID', high: 'HIG' };
const NAMES = { LOW: 'low tone', MID: 'middle tone', HIG: 'high tone' };

interface Recipe {
  name: string;
  /** Writes table and clips. */
  unpack: () => void;
  /** Below the data set's folder. */
  folder?: string;
  request?: Partial<EvalRequest>;
  layout: string;
}

const RECIPES: Recipe[] = [
  {
    name: 'ESC-50',
    layout: 'esc50',
    unpack() {
      addClips((pitch, n) => `audio/${n + 1}-${pitch}-A.wav`);
      set.addTable('meta/esc50.csv', [
        'filename,fold,target,category,esc10,src_file,take',
        ...rowsOf((pitch, n) => `${n + 1}-${pitch}-A.wav,${n + 1},0,${pitch}_tone,False,1,A`),
      ]);
    },
  },
  {
    name: 'UrbanSound8K',
    layout: 'esc50',
    unpack() {
      addClips((pitch, n) => `audio/fold${n + 1}/${pitch}-0.wav`);
      set.addTable('metadata/UrbanSound8K.csv', [
        'slice_file_name,fsID,start,end,salience,fold,classID,class',
        ...rowsOf((pitch, n) => `${pitch}-0.wav,1,0,4,1,${n + 1},0,${pitch}_tone`),
      ]);
    },
  },
  {
    name: 'FSD50K',
    layout: 'fsd50k',
    unpack() {
      addClips((pitch, n) => `FSD50K.eval_audio/${pitch}${n}.wav`);
      set.addTable('FSD50K.ground_truth/eval.csv', [
        'fname,labels,mids',
        ...rowsOf((pitch, n) => `${pitch}${n},"${pitch}_tone","/m/0"`),
      ]);
      set.addTable('FSD50K.ground_truth/dev.csv', ['fname,labels,mids,split', 'none,x,/m/0,train']);
    },
  },
  {
    name: 'GTZAN',
    layout: 'folders',
    folder: 'genres_original',
    request: { layout: 'folders' },
    unpack() {
      addClips((pitch, n) => `genres_original/${pitch}/${pitch}.0000${n}.wav`);
      set.addTable('features_3_sec.csv', ['filename,length', 'x,1']);
    },
  },
  {
    name: 'Speech Commands',
    layout: 'folders',
    request: { layout: 'folders' },
    unpack() {
      addClips((pitch, n) => `${pitch}/0a7c2a8d_nohash_${n}.wav`);
      set.addTone('_background_noise_/running_tap.wav', 'low');
      set.addTable('testing_list.txt', ['low/0a7c2a8d_nohash_0.wav']);
    },
  },
  {
    name: 'GTZAN music and speech',
    layout: 'folders',
    request: { layout: 'folders', classes: { low_wav: 'low tone', high_wav: 'high tone', middle_wav: 'middle tone' } },
    unpack() {
      addClips((pitch, n) => `${pitch}_wav/${n}.wav`);
    },
  },
  {
    name: 'CREMA-D',
    layout: 'names',
    folder: 'AudioWAV',
    request: { layout: 'names', classPart: 3, classes: NAMES },
    unpack() {
      addClips((pitch, n) => `AudioWAV/100${n}_DFA_${CODES[pitch]}_XX.wav`);
    },
  },
  {
    name: 'RAVDESS',
    layout: 'names',
    request: { layout: 'names', classPart: 3, classes: { '01': 'low tone', '02': 'middle tone', '03': 'high tone' } },
    unpack() {
      addClips((pitch, n) => `Actor_0${n}/03-01-0${PITCHES.indexOf(pitch) + 1}-01-02-01-12.wav`);
      set.addTone('Actor_00/03-01-08-01-02-01-12.wav', 'low'); // a class that is not asked for
    },
  },
  {
    name: 'VocalSound',
    layout: 'names',
    folder: 'audio_16k',
    request: { layout: 'names', classPart: -1 },
    unpack() {
      addClips((pitch, n) => `audio_16k/f000${n}_0_${pitch}.wav`);
    },
  },
  {
    name: 'NSynth',
    layout: 'names',
    folder: 'nsynth-test/audio',
    request: { layout: 'names' },
    unpack() {
      addClips((pitch, n) => `nsynth-test/audio/${pitch}_synthetic_033-022-0${50 + n}.wav`);
      set.addTable('nsynth-test/examples.json', ['{}']);
    },
  },
  {
    name: 'Mridangam strokes',
    layout: 'names',
    request: { layout: 'names', classPart: 3 },
    unpack() {
      addClips((pitch, n) => `C/22403${n}__akshaylaya__${pitch}-c-001.wav`);
    },
  },
  {
    name: 'LibriCount',
    layout: 'names',
    request: { layout: 'names', classes: { 0: 'low tone', 1: 'middle tone', 2: 'high tone' } },
    unpack() {
      addClips((pitch, n) => `${PITCHES.indexOf(pitch)}_f0cdaf${n}.wav`);
    },
  },
  {
    name: 'SESA',
    layout: 'names',
    folder: 'test',
    request: { layout: 'names' },
    unpack() {
      addClips((pitch, n) => `test/${pitch}_00${n}.wav`);
    },
  },
  {
    name: 'TUT Acoustic Scenes 2017',
    layout: 'esc50',
    unpack() {
      addClips((pitch, n) => `audio/b0${n}_${pitch}.wav`);
      set.addTable('meta.csv', ['path,category', ...rowsOf((pitch, n) => `audio/b0${n}_${pitch}.wav,${pitch}_tone`)]);
    },
  },
  {
    name: 'Clotho',
    layout: 'captions',
    unpack() {
      addClips((pitch) => `evaluation/A ${pitch} tone.wav`, 1);
      set.addTable('clotho_captions_evaluation.csv', [
        'file_name,caption_1,caption_2,caption_3,caption_4,caption_5',
        ...rowsOf(
          (pitch) => `A ${pitch} tone.wav,${pitch},${pitch} tone,a ${pitch} tone,${pitch} sound,the ${pitch} sound`,
          1,
        ),
      ]);
    },
  },
  {
    name: 'AudioCaps',
    layout: 'captions',
    unpack() {
      addClips((pitch) => `audio/-${pitch}_id.wav`, 1);
      set.addTable('dataset/test.csv', [
        'audiocap_id,youtube_id,start_time,caption',
        ...rowsOf((pitch, n) => `${n},-${pitch}_id,30,${n === 0 ? '' : 'a '}${pitch} tone`),
      ]);
      set.addTable('dataset/train.csv', ['audiocap_id,youtube_id,start_time,caption', '1,gone,30,x']);
    },
  },
  {
    name: 'MusicCaps',
    layout: 'captions',
    unpack() {
      addClips((pitch) => `audio/${pitch}.wav`, 1);
      set.addTable('musiccaps-public.csv', [
        'ytid,start_s,end_s,audioset_positive_labels,aspect_list,caption,author_id,is_balanced_subset,is_audioset_eval',
        ...rowsOf((pitch) => `${pitch},30,40,"/m/0","['${pitch}', 'tone']","a ${pitch} tone",4,False,True`, 1),
      ]);
    },
  },
];

/** What a perfect model has: the tiny one knows these tones. */
function bestFigure({ figures }: EvalReport): number | null {
  if (figures?.kind === 'single-label') return figures.variants[0]!.accuracy;
  if (figures?.kind === 'multi-label') return figures.variants[0]!.macroAveragePrecision;
  return figures?.variants[0]!.own.textToAudio!.recallAt1 ?? null;
}

test.each(RECIPES)('$name', async ({ unpack, folder = '', request = {}, layout }) => {
  unpack();
  const report = await set.run(tiny, { dataset: set.at(folder), ...request });
  expect(report).toMatchObject({ layout, leftOut: [], cancelled: false });
  expect(report.clips).toBe(report.clipsNamed);
  expect([3, 6]).toContain(report.clips);
  expect(bestFigure(report)).toBe(1);
});

test('names: a part that is there, and classes that are, or a sentence', async () => {
  set.addTone('clips/1_LOW_a.wav', 'low');
  set.addTone('clips/2_HIG.wav', 'high');
  const refused = async (request: Partial<EvalRequest>) => {
    const error = (await set.run(tiny, { layout: 'names', dataset: set.at('clips'), ...request }).catch((reason: unknown) => reason)) as { code: string; userMessage: string }; // prettier-ignore
    expectSentence(error.userMessage);
    return [error.code, error.userMessage];
  };
  const because = (words: string) => expect.stringContaining(words) as string;
  expect(await refused({ classPart: 3 })).toEqual(['bad-input', because('“2_HIG.wav” has no part 3')]);
  expect(await refused({ classPart: 2, classes: { XXX: 'x', constructor: 'y' } })).toEqual(['bad-input', because('They are HIG, LOW.')]); // prettier-ignore
  expect(await refused({ csv: set.at('t.csv') })).toEqual(['bad-input', because('has no table')]);
  expect(await refused({ dataset: set.at('gone') })).toEqual(['not-found', because('of the clips')]);
  expect(await refused({ layout: 'folders', classPart: 1 })).toEqual(['bad-input', because('--class-part')]);
  expect(await refused({ layout: 'auto', classes: {} })).toEqual(['bad-input', because('--layout')]);
});

test('folders: one for each class or a sentence, and no table beside it', async () => {
  set.addTone('loose.wav', 'low');
  const refused = async (request: Partial<EvalRequest>) => {
    const error = (await set.run(tiny, { layout: 'folders', ...request }).catch((reason: unknown) => reason)) as { code: string; userMessage: string }; // prettier-ignore
    expectSentence(error.userMessage);
    return error;
  };
  expect(await refused({})).toMatchObject({
    code: 'not-found',
    userMessage: expect.stringContaining('No folder in') as string,
  });
  expect(await refused({ dataset: set.at('gone') })).toMatchObject({ code: 'not-found' });
  expect(await refused({ fold: '1' })).toMatchObject({ code: 'bad-input' });
});
