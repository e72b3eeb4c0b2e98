import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileName, wholePath } from '../../src/renderer/words/paths.ts';
import { printable } from '../../src/main/host/cli/format.ts';
import { shownLines, shownText } from '../../src/shared/shown-text.ts';

test('what a terminal obeys, turns round or does not show is written out; letters of all scripts stay', () => {
  expect(shownText('a\x1b[31mb\x9bc\n')).toBe('a\\x1b[31mb\\x9bc\\x0a');
  expect(shownText('photo\u202egpj.wav')).toBe('photo\\u202egpj.wav');
  expect(shownText('a\u200bb\u2066c\ufeff\u{e0041}')).toBe('a\\u200bb\\u2066c\\ufeff\\u{e0041}');
  for (const name of ['ドア 閉', 'صوت', 'שלום', 'é e\u0301', '👩\u200d🚒', 'می\u200cخواهم'])
    expect(shownText(name)).toBe(name);
  expect(shownLines('one\ntwo\x07')).toBe('one\ntwo\\x07');
});

test('on the command line and in the window alike', () => {
  const path = '/sounds/door\u202evaw.exe';
  expect(printable(path)).toBe('/sounds/door\\u202evaw.exe');
  expect(fileName(path)).toBe('door\\u202evaw.exe');
  expect(wholePath(path)).toBe(printable(path));
});

test('no screen shows a path as it is, and no command writes past the one place that escapes', () => {
  const files = (folder: string, ending: string) =>
    readdirSync(join(import.meta.dirname, '../../src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, '../../src', folder, name), 'utf8') }));
  const raw = /(title=|>|aria-label="[^"]*)\{(\w+\.)*(path|folder|dataFolder|proposed|newPath)\}/;
  expect(files('renderer', '.svelte').filter(({ text }) => raw.test(text)).map(({ name }) => name)).toEqual([]); // prettier-ignore
  const direct = /process\.std(out|err)\.write\(|console\.\w+\(/;
  const escaped = ['output.ts', 'review-keyboard.ts'];
  expect(files('main/host/cli', '.ts').filter(({ text }) => direct.test(text)).map(({ name }) => name)).toEqual(escaped); // prettier-ignore
});
