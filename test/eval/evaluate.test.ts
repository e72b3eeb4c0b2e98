/** Whole evaluations, with the tiny model and tones. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EvalFigures, EvalProgress, EvalReport } from '../../src/shared/eval-report.ts';
import { expectSentence } from '../faults/trial.ts';
import { put } from '../faults/sounds.ts';
import { writeTinyPack } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { partsOf, ToneDataset } from './tone-dataset.ts';

let set: ToneDataset;
beforeEach(() => {
  set = new ToneDataset();
});
afterEach(() => set.remove());
const tiny = partsOf();
afterAll(() => tiny.close());

function figures<K extends EvalFigures['kind']>(report: EvalReport, kind: K): Extract<EvalFigures, { kind: K }> {
  if (report.figures?.kind !== kind) throw new Error(`no ${kind} figures in ${JSON.stringify(report)}`);
  return report.figures as Extract<EvalFigures, { kind: K }>;
}

/** ESC-50's folders and columns: seven clips, one of them with a wrong class on purpose. */
function addEsc50(): void {
  const rows = ['filename,fold,target,category,esc10,src_file,take'];
  for (const [i, pitch] of (['low', 'middle', 'high', 'low', 'middle', 'high'] as const).entries()) {
    set.addTone(`audio/${i}-${pitch}.wav`, pitch, { shift: i });
    rows.push(`${i}-${pitch}.wav,${i < 3 ? 1 : 2},${i % 3},${pitch}_tone,True,1,A`);
  }
  set.addTone('audio/6-wrong.wav', 'high', { shift: 6 });
  rows.push('6-wrong.wav,2,0,low_tone,True,1,A');
  set.addTable('meta/esc50.csv', rows);
}

test('ESC-50: accuracy, per fold, mAP, confusion; template and bare names', async () => {
  addEsc50();
  const report = await set.run(tiny);
  expect(report).toMatchObject({
    layout: 'esc50',
    layoutRecognised: true,
    csv: set.at('meta/esc50.csv'),
    audioFolder: set.at('audio'),
    fold: null,
    model: { id: 'tiny', dim: 16 },
    clipsNamed: 7,
    clips: 7,
    leftOut: [],
    analysed: 7,
    fromCache: 0,
    cancelled: false,
  });
  expect(report.model.weightHash).toMatch(/^[0-9a-f]{64}$/);
  expect(report.audioSeconds).toBeCloseTo(7, 3);
  const { classes, variants } = figures(report, 'single-label');
  expect(classes).toBe(3);
  expect(variants.map(({ prompts }) => prompts)).toEqual([['this is the sound of {label}'], ['{label}']]);
  for (const variant of variants) {
    expect(variant.accuracy).toBeCloseTo(6 / 7, 12);
    expect(variant.top5).toBeNull();
    expect(variant.folds).toEqual([
      { fold: '1', clips: 3, accuracy: 1 },
      { fold: '2', clips: 4, accuracy: 0.75 },
    ]);
    const [worst, ...others] = variant.classes;
    expect(worst).toMatchObject({ label: 'low tone', clips: 3, mistakenFor: [{ label: 'high tone', clips: 1 }] });
    expect(worst!.accuracy).toBeCloseTo(2 / 3, 12);
    for (const other of others) expect(other).toMatchObject({ clips: 2, accuracy: 1, mistakenFor: [] });
    // The wrong clip is a high tone like two others: it comes among them, and behind all the rest for "low".
    const expectedHigh = [1, (1 + 2 / 3) / 2, (1 / 2 + 2 / 3) / 2];
    const high = variant.classes.find(({ label }) => label === 'high tone')!.averagePrecision;
    expect(expectedHigh.some((value) => Math.abs(value - high) < 1e-9)).toBe(true);
    const mean = variant.classes.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) / 3;
    expect(variant.meanAveragePrecision).toBeCloseTo(mean, 12);
  }
});

test('one fold of several; the classes to choose from stay those of the whole table', async () => {
  addEsc50();
  const report = await set.run(tiny, { fold: '1', prompts: ['{label}'] });
  expect(report).toMatchObject({ fold: '1', clipsNamed: 3, clips: 3 });
  expect(figures(report, 'single-label')).toMatchObject({ classes: 3, variants: [{ accuracy: 1 }] });
  await expect(set.run(tiny, { fold: '9' })).rejects.toThrow('has no rows with fold “9”. It has 1, 2.');
});

test('UrbanSound8K: a folder for each fold', async () => {
  set.addTone('audio/fold1/1.wav', 'low');
  set.addTone('audio/fold10/1.wav', 'high');
  set.addTable('metadata/UrbanSound8K.csv', [
    'slice_file_name,fsID,start,end,salience,fold,classID,class',
    '1.wav,1,0,1,1,1,0,low_tone',
    '1.wav,1,0,1,1,10,1,high_tone',
  ]);
  const report = await set.run(tiny);
  expect(report).toMatchObject({ layout: 'esc50', clips: 2, leftOut: [] });
  expect(figures(report, 'single-label').variants[0]).toMatchObject({ accuracy: 1, folds: [{ fold: '1' }, { fold: '10' }] }); // prettier-ignore
});

test('FSD50K: several classes a clip, names without extension; classes without clips are left out of the mean', async () => {
  set.addTone('FSD50K.eval_audio/100.wav', 'low');
  set.addTone('FSD50K.eval_audio/200.wav', 'middle');
  set.addTone('FSD50K.eval_audio/300.wav', 'high');
  set.addTable('FSD50K.ground_truth/eval.csv', [
    'fname,labels,mids',
    '100,"Low_and_rumble,Tone","/m/1,/m/2"',
    '200,"Middle,Tone","/m/1,/m/2"',
    '300,"High,Tone","/m/1,/m/2"',
    '400,"Hiss,Tone","/m/1,/m/2"',
  ]);
  const report = await set.run(tiny, { prompts: ['{label}'] });
  expect(report).toMatchObject({ layout: 'fsd50k', clipsNamed: 4, clips: 3, audioFolder: set.at('FSD50K.eval_audio') });
  expect(report.leftOut).toEqual([
    expect.objectContaining({ path: set.at('FSD50K.eval_audio/400'), code: 'vanished' }),
  ]);
  const found = figures(report, 'multi-label');
  expect(found).toMatchObject({ classes: 5, classesWithClips: 4 });
  const [variant] = found.variants;
  const byLabel = Object.fromEntries(variant!.classes.map(({ label, averagePrecision }) => [label, averagePrecision]));
  expect(byLabel).toEqual({ 'Low, rumble': 1, Middle: 1, High: 1, Tone: 1 });
  expect(variant!.macroAveragePrecision).toBe(1);
  expect(variant!.microAveragePrecision).toBeGreaterThan(0);
  expect(variant!.microAveragePrecision).toBeLessThanOrEqual(1);
});

test('captions: both directions, own and by label; a clip without a caption is there to be found', async () => {
  for (const [i, pitch] of (['low', 'middle', 'high', 'high'] as const).entries()) set.addTone(`clips/${i}.wav`, pitch, { shift: i * 3 }); // prettier-ignore
  set.addTable('captions.csv', [
    'path,caption,label',
    'clips/0.wav,a low tone,deep',
    'clips/1.wav,a middle tone,medium',
    'clips/2.wav,a high tone,shrill',
    'clips/3.wav,,shrill',
    ',this is high,shrill',
  ]);
  const { layout, figures: found, clips } = await set.run(tiny);
  expect([layout, clips]).toEqual(['captions', 4]);
  expect(found).toMatchObject({ kind: 'retrieval', variants: [{ prompts: ['{label}'] }] });
  const [variant] = figures({ figures: found } as EvalReport, 'retrieval').variants;
  expect(variant!.own.textToAudio).toMatchObject({ queries: 3, items: 4, recallAt5: 1, recallAt10: 1 });
  // By its own caption each of the three clips with one is first or, of the two high ones, second.
  expect([1, 2 / 3]).toContain(variant!.own.textToAudio!.recallAt1);
  expect(variant!.own.audioToText).toMatchObject({ queries: 3, items: 4, recallAt10: 1 });
  // The query that belongs to no clip counts by label; both high clips are right for it and for "a high tone".
  expect(variant!.byLabel!.textToAudio).toMatchObject({ queries: 4, items: 4, recallAt1: 1, meanAveragePrecision: 1 });
  expect(variant!.byLabel!.audioToText).toMatchObject({ queries: 4, items: 4, recallAt1: 1 });
});

test('Clotho: any of the five captions is right; words that two clips share are right for both', async () => {
  set.addTone('evaluation/a.wav', 'low');
  set.addTone('evaluation/b.wav', 'low', { shift: 5 });
  set.addTable('clotho_captions_evaluation.csv', [
    'file_name,caption_1,caption_2,caption_3,caption_4,caption_5',
    'a.wav,low,a low tone,hiss,this is a low sound,low tone',
    'b.wav,low,high,middle,rumble,a hiss',
  ]);
  const report = await set.run(tiny);
  const [variant] = figures(report, 'retrieval').variants;
  expect(report.audioFolder).toBe(set.at('evaluation'));
  expect(variant!.byLabel).toBeNull();
  expect(variant!.own.textToAudio).toMatchObject({ queries: 10, items: 2, recallAt5: 1 });
  // Nine different texts. "low" fits both clips best, whichever carries it.
  expect(variant!.own.audioToText).toMatchObject({ queries: 2, items: 9, recallAt5: 1 });
});

test('several prompts are one ensemble; the figures name them', async () => {
  addEsc50();
  const prompts = ['this is a {label}', '{label}', 'the sound of a {label}'];
  const [variant, ...more] = figures(await set.run(tiny, { prompts }), 'single-label').variants;
  expect(more).toEqual([]);
  expect(variant!.prompts).toEqual(prompts);
  expect(variant!.accuracy).toBeCloseTo(6 / 7, 12);
  await expect(set.run(tiny, { prompts: ['a sound'] })).rejects.toThrow('“a sound” has no placeholder for the class');
});

test('a second run is the same to the last digit and starts no process; a changed clip is embedded again', async () => {
  addEsc50();
  const first = await set.run(tiny);
  const progress: EvalProgress[] = [];
  const idle = partsOf();
  const startsNothing = vi.spyOn(idle, 'supervisor');
  const second = await set.run(idle, {}, (one) => progress.push(one));
  await idle.close();
  expect(startsNothing).not.toHaveBeenCalled();
  expect(second).toMatchObject({ analysed: 0, fromCache: 7, audioSeconds: 0 });
  expect(second.figures).toEqual(first.figures);
  expect(progress).toEqual([]);
  set.addTone('audio/0-low.wav', 'low', { seconds: 2 });
  expect(await set.run(tiny)).toMatchObject({ analysed: 1, fromCache: 6 });
});

test('another model does not use what the first has kept', async () => {
  addEsc50();
  await set.run(tiny);
  // The same weights under the same id, but other preprocessing: other embeddings.
  writeTinyPack(set.at('other-pack'), { extra: { preprocessingVersion: 2 } });
  const other = partsOf(set.at('other-pack'));
  const report = await set.run(other);
  await other.close();
  expect(report).toMatchObject({ analysed: 7, fromCache: 0 });
  expect(await set.run(tiny)).toMatchObject({ analysed: 0, fromCache: 7 });
});

test('stopped midway: embeddings made so far are kept, the next run continues from there', async () => {
  addEsc50();
  const stopped = await set.run(tiny, {}, ({ done }, stop) => {
    if (done === 3) stop();
  });
  expect(stopped).toMatchObject({ cancelled: true, figures: null, analysed: 3, fromCache: 0 });
  const next = await set.run(tiny);
  expect(next).toMatchObject({ cancelled: false, analysed: 4, fromCache: 3 });
  expect(figures(next, 'single-label').variants[0]!.accuracy).toBeCloseTo(6 / 7, 12);
});

test('stopped while texts are read: no figures, no clip is embedded again', async () => {
  addEsc50();
  const stopped = await set.run(tiny, {}, ({ stage }, stop) => {
    if (stage === 'reading') stop();
  });
  expect(stopped).toMatchObject({ cancelled: true, figures: null, clips: 7 });
  expect(await set.run(tiny)).toMatchObject({ cancelled: false, analysed: 0, fromCache: 7 });
});

test('missing, broken and foreign files are listed, left out and tried again; the figures are of the others', async () => {
  addEsc50();
  put(set.at('audio/broken.wav'), 'RIFF....WAVEfmt nothing that could be sound');
  put(set.at('audio/notes.wav'), '');
  set.addTable('meta/esc50.csv', [
    'filename,category',
    '0-low.wav,low',
    '1-middle.wav,middle',
    '2-high.wav,high',
    'broken.wav,low',
    'notes.wav,low',
    'gone.wav,low',
    'gone.wav,low',
  ]);
  const report = await set.run(tiny, { prompts: ['{label}'] });
  expect(report).toMatchObject({ clipsNamed: 6, clips: 3, analysed: 3 });
  expect(report.leftOut.map(({ path }) => path).sort()).toEqual(['broken', 'gone', 'notes'].map((name) => set.at(`audio/${name}.wav`))); // prettier-ignore
  for (const { message } of report.leftOut) expectSentence(message);
  expect(figures(report, 'single-label').variants[0]).toMatchObject({ accuracy: 1, folds: [] });
  expect(await set.run(tiny, { prompts: ['{label}'] })).toMatchObject({ analysed: 0, fromCache: 3, clips: 3 });
  expect((await set.run(tiny, { prompts: ['{label}'] })).leftOut).toHaveLength(3);
});

test('a damaged cache begins anew, with a word about it', async () => {
  addEsc50();
  await set.run(tiny, { fold: '1' });
  for (const suffix of ['', '-wal', '-shm']) put(set.at(`data/eval-cache.db${suffix}`), 'not a database, '.repeat(512));
  expect(await set.run(tiny, { fold: '1' })).toMatchObject({ analysed: 3, fromCache: 0, clips: 3 });
  expect(set.notices).toEqual([expect.stringContaining('was damaged and was reset')]);
  expect(await set.run(tiny, { fold: '1' })).toMatchObject({ analysed: 0, fromCache: 3 });
});

test('missing files and folders: one message each', async () => {
  const refusal = async (request: Parameters<ToneDataset['run']>[1]) => {
    const error = await set.run(tiny, request).then(
      () => new Error('was accepted'),
      (reason: unknown) => reason as Error,
    );
    expectSentence(error.message);
    return error.message;
  };
  expect(await refusal({ dataset: set.at('nowhere') })).toContain('“');
  expect(await refusal({})).toContain('No table (.csv)');
  const table = set.addTable('one.csv', ['filename,category', 'a.wav,low']);
  expect(await refusal({})).toContain('None of the 1 clips is in');
  expect(await refusal({ audioFolder: set.at('nowhere') })).toContain('was not found');
  expect(await refusal({ csv: set.at('two.csv') })).toContain('was not found');
  set.addTable('two.csv', ['filename,category', 'a.wav,low']);
  expect(await refusal({})).toContain('Several tables');
  expect(await refusal({ dataset: table, layout: 'captions' })).toContain('cannot be used as captions');
  writeFileSync(table, Buffer.from('filename,category\na.wav,gr\xfcn\n', 'latin1'));
  expect(await refusal({ dataset: table })).toContain('is not UTF-8 text');
  put(set.at('a.wav'), 'RIFF....WAVEfmt nothing that could be sound');
  expect(await refusal({ dataset: set.at('two.csv') })).toContain('None of the 1 clips of “two.csv” can be analysed');
});
