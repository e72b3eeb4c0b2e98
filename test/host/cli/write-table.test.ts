import { expect, test } from 'vitest';
import { changeTable } from '../../../src/main/host/cli/write-table.ts';
import type { FieldChange } from '../../../src/shared/calls/write.ts';

const change = (field: FieldChange['field'], nativeId: string, before: string | null, after: string | null, note = ''): FieldChange => ({ field, nativeId, before, after, mode: 'fill', note }); // prettier-ignore

test('fields with their places, those alike together, old and new one below the other where they are long', () => {
  const lines = changeTable(
    {
      path: '/Sounds/door.wav',
      format: 'wav',
      changes: [
        change('catId', 'iXML:USER/CATID', null, 'DOORWood'),
        change('catId', 'iXML:ASWG/catId', null, 'DOORWood'),
        change('keywords', 'LIST/INFO:IKEY', 'a, b', 'a, b, door'),
        change('keywords', 'iXML:USER/KEYWORDS', '', 'door'),
        change('genre', 'TCON', 'Foley', null),
        change('description', 'bext:Description', 'x'.repeat(40), 'y'.repeat(300), 'Shortened to 256 characters.'),
      ],
    },
    80,
  );
  expect(lines).toEqual([
    '/Sounds/door.wav  wav',
    '  catId         – → DOORWood',
    '                (iXML:USER/CATID, iXML:ASWG/catId)',
    '  keywords      a, b → a, b, door',
    '                (LIST/INFO:IKEY)',
    '  keywords      "" → door',
    '                (iXML:USER/KEYWORDS)',
    '  genre         Foley → –',
    '                (TCON)',
    `  description   ${'x'.repeat(40)}`,
    `                → ${'y'.repeat(61)}…`,
    '                (bext:Description)',
    '                Shortened to 256 characters.',
    '',
  ]);
});

test('no line is wider than the terminal, no control character gets through', () => {
  const ids = Array.from({ length: 30 }, (_, at) => `TXXX:SOMETHING ${at}`);
  const changes = ids.map((id) => change('comment', id, `two\nlines \u001b[31m${'z'.repeat(200)}`, 'w'.repeat(500)));
  for (const width of [80, 120]) {
    const lines = changeTable({ path: `/${'long/'.repeat(50)}end.flac`, format: 'flac', changes }, width);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(width);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
    expect(lines[0]).toMatch(/^….*long\/end\.flac {2}flac$/);
    for (const id of ids) expect(lines.join('\n')).toContain(id);
  }
});
