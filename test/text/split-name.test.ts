import { expect, test } from 'vitest';
import { fileNameWords, folderWords, splitName } from '../../src/main/text/split-name.ts';

test.each([
  ['DOORWood_slam_03.wav', 'DOOR Wood slam 03 DOORWood'],
  ['rainOnRoof.flac', 'rain On Roof rainOnRoof'],
  ['loop120bpm-Am.mp3', 'loop 120 bpm Am loop120bpm'],
  ['Kick 01.final.v2.wav', 'Kick 01 final v 2 v2'],
  ['a__b--c..d.aif', 'a b c d'],
  ['AMBForest_Birds, morning (stereo)[48k].wav', 'AMB Forest Birds morning stereo 48 k AMBForest 48k'],
  ['Größe_ÜBERGroß.ogg', 'Größe ÜBER Groß ÜBERGroß'],
  ['Gro\u0308ße.ogg', 'Größe'], // as macOS writes it
  ['雨の音_Tokyo2.wav', '雨 の 音 Tokyo 2 Tokyo2'],
  ['.hidden', 'hidden'],
  ['name.', 'name'],
  ['noextension', 'noextension'],
  ['🎵.wav', ''],
  ['', ''],
])('%s', (name, words) => {
  expect(fileNameWords(name)).toBe(words);
});

test('folders come with the name of the root, outermost first', () => {
  expect(folderWords('/media/SFXLibrary/', 'Doors/woodenHouse/slam.wav')).toBe(
    'SFX Library SFXLibrary Doors wooden House woodenHouse',
  );
  expect(folderWords('C:\\Sounds', 'slam.wav')).toBe('Sounds');
  expect(folderWords('/', 'slam.wav')).toBe('');
});

test('very long names end', () => {
  expect(splitName('aB'.repeat(50_000)).length).toBeGreaterThan(100_000);
});
