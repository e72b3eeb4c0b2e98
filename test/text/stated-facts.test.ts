import { expect, test } from 'vitest';
import { statedByName, statedByTags } from '../../src/main/text/stated-facts.ts';
import { KIND_NAMES, keyName, noteName } from '../../src/shared/music.ts';

function inWords(name: string) {
  const { kind, bpm, key, root } = statedByName(name);
  return [kind === null ? null : KIND_NAMES[kind], bpm, key === null ? null : keyName(key), root === null ? null : noteName(root)]; // prettier-ignore
}

test.each<[string, (string | number | null)[]]>([
  ['Break_124bpm_Am_Loop.wav', ['loop', 124, 'Am', null]],
  ['Loopmasters 128 BPM F# minor.wav', [null, 128, 'F#m', null]],
  ['KSHMR_120_Drum_Loop_03.wav', ['loop', 120, null, null]],
  ['bpm 87.5 groove.aiff', [null, 87.5, null, null]],
  ['Piano C#4 forte.wav', [null, null, null, 'C#4']],
  ['Kick_OneShot_F#.wav', ['one-shot', null, 'F#', null]],
  ['Cinematic Riser 01.wav', ['sweep', null, null, null]],
  ['Forest ambience, dawn.flac', ['ambience', null, null, null]],
  ['Rain Loop 100.wav', ['loop', null, null, null]],
  ['Here I Am.wav', [null, null, null, null]],
  ['Take A 12.wav', [null, null, null, null]],
  ['loophole.wav', [null, null, null, null]],
  ['999bpm.wav', [null, null, null, null]],
])('%s', (name, said) => {
  expect(inWords(name)).toEqual(said);
});

test('tags: the first that is understood', () => {
  const tag = (field: string, value: string) => ({ field, value });
  expect(statedByTags([tag('bpm', '0'), tag('bpm', '126'), tag('key', '8A'), tag('root', 'C3'), tag('kind', 'loop')])).toEqual({ kind: 1, bpm: 126, key: 21, root: 48 });
  expect(statedByTags([tag('key', 'o'), tag('title', '120')])).toEqual({ kind: null, bpm: null, key: -1, root: null });
}); // prettier-ignore

test('tags: what Earmark measured and wrote itself states nothing; what it wrote for the user does', () => {
  const bpm = { field: 'bpm', value: '126' };
  const record = (measured: object) => ({
    field: 'provenance',
    value: JSON.stringify({ earmark: 1, ...measured, wrote: { TBPM: ['126'] } }),
  });
  expect(statedByTags([bpm, record({ measured: ['bpm'] })]).bpm).toBeNull();
  expect(statedByTags([bpm, record({})]).bpm).toBe(126);
  // Another program has changed it since.
  expect(statedByTags([{ field: 'bpm', value: '130' }, record({ measured: ['bpm'] })]).bpm).toBe(130);
});
