/** Lists of places with in and out points, to the character. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeRangeList, type RangeListOptions } from '../../src/main/export/range-lists/range-list.ts';
import type { ListedRange } from '../../src/shared/calls/cut.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const folder = temporaryFolder('range-lists');
const YARD: ListedRange[] = [
  { path: '/takes/dogs "in", yard.wav', startSeconds: 5.000_020_833, endSeconds: 7.5, band: 'strong' },
  { path: '/takes/dogs "in", yard.wav', startSeconds: 3723.25, endSeconds: 3725, band: 'maybe' },
];
const LINE_BREAK: ListedRange = { path: '/takes/two\nlines.wav', startSeconds: 0, endSeconds: 1, band: null };

async function written(ranges: readonly ListedRange[], format: RangeListOptions['format'], name: string) {
  const path = join(folder, name);
  const options = { format, output: { path, replace: true }, framesPerSecond: 25, byteOrderMark: false } as const;
  const { listed, leftOut } = await writeRangeList(ranges, options, { dataFolder: '/nowhere', catalogue: null });
  return { text: readFileSync(path, 'utf8'), listed, leftOut };
}

test('CSV: seconds to the microsecond; quotes, commas and line breaks of names stay one field', async () => {
  const { text, listed } = await written([...YARD, LINE_BREAK], 'csv', 'a.csv');
  expect(text).toBe(
    [
      'path,name,start_s,end_s,duration_s,band\r\n',
      '"/takes/dogs ""in"", yard.wav","dogs ""in"", yard.wav",5.000021,7.500000,2.499979,strong\r\n',
      '"/takes/dogs ""in"", yard.wav","dogs ""in"", yard.wav",3723.250000,3725.000000,1.750000,maybe\r\n',
      '"/takes/two\nlines.wav","two\nlines.wav",0.000000,1.000000,1.000000,\r\n',
    ].join(''),
  );
  expect(listed).toHaveLength(3);
});

test('M3U: in and out points for VLC; a path with a line break is skipped and reported', async () => {
  const { text, leftOut } = await written([...YARD, LINE_BREAK], 'm3u', 'a.m3u8');
  expect(text).toBe(
    [
      '#EXTM3U',
      '#EXTINF:2,dogs "in", yard 1',
      '#EXTVLCOPT:start-time=5.000021',
      '#EXTVLCOPT:stop-time=7.500000',
      '/takes/dogs "in", yard.wav',
      '#EXTINF:2,dogs "in", yard 2',
      '#EXTVLCOPT:start-time=3723.250000',
      '#EXTVLCOPT:stop-time=3725.000000',
      '/takes/dogs "in", yard.wav',
      '',
    ].join('\n'),
  );
  expect(leftOut.map(({ path }) => path)).toEqual([LINE_BREAK.path]);
  expect(leftOut[0]!.reason).toContain('“two lines.wav” has a line break');
});

test('EDL: whole frames that hold all of the place, one event after the other from hour 1', async () => {
  const { text } = await written(YARD, 'edl', 'a.edl');
  expect(text.split('\r\n')).toEqual([
    'TITLE: Earmark',
    'FCM: NON-DROP FRAME',
    '',
    '001  AX       AA    C        00:00:05:00 00:00:07:13 01:00:00:00 01:00:02:13',
    '* FROM CLIP NAME: dogs "in", yard.wav',
    '* SOURCE FILE: /takes/dogs "in", yard.wav',
    '',
    '002  AX       AA    C        01:02:03:06 01:02:05:00 01:00:02:13 01:00:04:07',
    '* FROM CLIP NAME: dogs "in", yard.wav',
    '* SOURCE FILE: /takes/dogs "in", yard.wav',
    '',
    '',
  ]);
  const thousand = Array.from({ length: 1000 }, () => YARD[0]!);
  await expect(written(thousand, 'edl', 'b.edl')).rejects.toThrow('An EDL holds 999 events, but there are 1000');
  await expect(written([{ ...YARD[0]!, endSeconds: 90_000 }], 'edl', 'b.edl')).rejects.toThrow('beyond 24 hours');
});

test('REAPER: regions of one recording', async () => {
  const { text } = await written(YARD, 'reaper', 'r.csv');
  expect(text.split('\r\n')).toEqual([
    '#,Name,Start,End,Length',
    'R1,"dogs ""in"", yard 1",0:05.000021,0:07.500000,0:02.499979',
    'R2,"dogs ""in"", yard 2",1:02:03.250000,1:02:05.000000,0:01.750000',
    '',
  ]);
  await expect(written([YARD[0]!, LINE_BREAK], 'reaper', 's.csv')).rejects.toThrow('these are in 2 files');
});

test('a list has the name that its format has', async () => {
  await expect(written(YARD, 'edl', 'a.txt')).rejects.toThrow('must end in “.edl”');
});
