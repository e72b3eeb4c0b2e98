import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import type { SearchFilters } from '../../src/shared/query/filters.ts';
import { parseQuery } from '../../src/main/search/parse-query.ts';
import { mergeFilters } from '../../src/shared/query/values.ts';
import { parseDuration } from '../../src/shared/query/duration.ts';

function badInput(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe('bad-input');
    return (error as UserError).userMessage;
  }
  throw new Error('nothing was thrown');
}

describe('filters of facts found by analysis', () => {
  test.each<[string, SearchFilters]>([
    ['bpm:120-128', { minBpm: 120, maxBpm: 128 }],
    ['bpm:>=140', { minBpm: 140 }],
    ['bpm:100', { minBpm: 99, maxBpm: 101 }],
    ['key:Am,8b', { keys: [21, 0] }],
    ['key:"F# minor"', { keys: [18] }],
    ['root:C3', { rootNotes: [{ class: 0, octave: 3 }] }],
    ['root:Bb', { rootNotes: [{ class: 10, octave: null }] }],
    ['kind:loop,one-shot', { kinds: [1, 0] }],
    ['lufs:<-30', { maxLufs: -30 }],
    ['lufs:-18..-14', { minLufs: -18, maxLufs: -14 }],
    ['lufs:-18--14', { minLufs: -18, maxLufs: -14 }],
  ])('%s', (text, filters) => {
    expect(parseQuery(text)).toMatchObject({ text: '', filters });
  });

  test('what is none of these is refused with the forms', () => {
    expect(badInput(() => parseQuery('bpm:fast'))).toContain('120-128');
    expect(badInput(() => parseQuery('bpm:128-120'))).toContain('is reversed');
    expect(badInput(() => parseQuery('bpm:136,99'))).toContain('Write bpm:99-136 for a range, or bpm:136.99');
    expect(badInput(() => parseQuery('root:C99'))).toContain('from C-1 to G9');
    expect(badInput(() => parseQuery('key:H'))).toContain('Am');
  });
});

describe('words and minus terms', () => {
  test.each<[string, string, string[]]>([
    ['', '', []],
    ['   ', '', []],
    ['rain', 'rain', []],
    ['  heavy \t rain\n on  tin ', 'heavy rain on tin', []],
    ['rain -thunder', 'rain', ['thunder']],
    ['-thunder rain', 'rain', ['thunder']],
    ['rain -thunder -wind -thunder', 'rain', ['thunder', 'wind']],
    ['rain -"heavy  rain "', 'rain', ['heavy rain']],
    ['rain -“heavy rain”', 'rain', ['heavy rain']],
    ['rain −thunder', 'rain', ['thunder']], // U+2212
    ['rain –thunder', 'rain', ['thunder']], // en dash
    ['lo-fi hip-hop beat', 'lo-fi hip-hop beat', []],
    ['rain -lo-fi', 'rain', ['lo-fi']],
    ['drum -', 'drum -', []],
    ['drum - bass', 'drum - bass', []],
    ['drum --fill', 'drum --fill', []],
    ['drum -,', 'drum -,', []],
    ['-', '-', []],
    ['--', '--', []],
    ['rain -""', 'rain', []],
    ['rain -" "', 'rain', []],
    ['"heavy rain" tin', 'heavy rain tin', []],
    ['rain -"heavy ra', 'rain', ['heavy ra']], // typed half-way
    ['say "hel', 'say hel', []],
    ['"', '', []],
    ['12" vinyl scratch', '12" vinyl scratch', []],
    ["dog's bark", "dog's bark", []],
    ['rain -дождь', 'rain', ['дождь']],
    ['rain -𝒶x', 'rain', ['𝒶x']], // a letter outside the basic plane
    ['🔥 -🔥', '🔥 -🔥', []], // a minus goes before words
    ['regen -tu\u0308r', 'regen', ['tür']], // NFD becomes NFC
    ['a\u0000b\u0007', 'a b', []],
    ["'; DROP TABLE file; --", "'; DROP TABLE file; --", []],
    ['rain AND (thunder OR NOT wind*)', 'rain AND (thunder OR NOT wind*)', []],
    ['re:verb at 3:45 http://x.y', 're:verb at 3:45 http://x.y', []],
    ['duration:3 format:wav', 'duration:3 format:wav', []],
    ['constructor:x toString:y', 'constructor:x toString:y', []],
    ['-re:verb hall', 'hall', ['re:verb']],
    ['search:fmt', 'search:fmt', []],
  ])('%j', (input, text, minus) => {
    const { phrases: _, ...query } = parseQuery(input);
    expect(query).toEqual({ text, minus, filters: {} });
  });
});

describe('inline filters', () => {
  test.each<[string, SearchFilters]>([
    ['dur:<3', { belowSeconds: 3 }],
    ['dur:<=3', { maxSeconds: 3 }],
    ['dur:>1.5', { aboveSeconds: 1.5 }],
    ['dur:>=1.5', { minSeconds: 1.5 }],
    ['dur:≤3', { maxSeconds: 3 }],
    ['dur:>0', { aboveSeconds: 0 }],
    ['dur:≥1.5', { minSeconds: 1.5 }],
    ['dur:2-10', { minSeconds: 2, maxSeconds: 10 }],
    ['dur:2–10', { minSeconds: 2, maxSeconds: 10 }],
    ['dur:2..10', { minSeconds: 2, maxSeconds: 10 }],
    ['dur:1m30-2m', { minSeconds: 90, maxSeconds: 120 }],
    ['dur:"2 - 10"', { minSeconds: 2, maxSeconds: 10 }],
    ['dur:2-', { minSeconds: 2 }],
    ['dur:-10', { maxSeconds: 10 }],
    ['dur:1m30', { minSeconds: 81, maxSeconds: 99 }],
    ['dur:1', { minSeconds: 0.5, maxSeconds: 1.5 }],
    ['dur:>1 dur:<3', { aboveSeconds: 1, belowSeconds: 3 }],
    ['dur:>=1 dur:>2 dur:2-9 dur:<=5', { minSeconds: 2, maxSeconds: 5, aboveSeconds: 2 }],
    ['dur:<3 dur:<5', { belowSeconds: 3 }],
    ['DUR:<500ms', { belowSeconds: 0.5 }],
    ['fmt:wav', { formats: ['wav'] }],
    ['fmt:wav,flac', { formats: ['wav', 'flac'] }],
    ['fmt:wav fmt:mp3 fmt:wav', { formats: ['wav', 'mp3'] }],
    ['fmt:WAV,.aif', { formats: ['wav', 'aiff'] }],
    ['fmt:"wav, mp4"', { formats: ['wav', 'm4a'] }],
    ['ch:2', { channels: 2 }],
    ['ch:stereo', { channels: 2 }],
    ['ch:Mono', { channels: 1 }],
    ['ch:5.1', { channels: 6 }],
    ['ch:1 ch:2', { channels: 2 }],
    ['sr:48000', { sampleRate: 48_000 }],
    ['sr:48k', { sampleRate: 48_000 }],
    ['sr:44.1k', { sampleRate: 44_100 }],
    ['sr:44.1', { sampleRate: 44_100 }],
    ['sr:96kHz', { sampleRate: 96_000 }],
    ['sr:22050Hz', { sampleRate: 22_050 }],
    ['in:doors', { folder: 'doors' }],
    ['in:"/My Sounds/Doors"', { folder: '/My Sounds/Doors' }],
    ['in:C:\\Sounds\\Doors', { folder: 'C:\\Sounds\\Doors' }],
    ['in:"half', { folder: 'half' }],
    ['tag:ambience', { tags: ['ambience'] }],
    ['tag:"sci fi" tag:laser tag:laser', { tags: ['sci fi', 'laser'] }],
    ['tag:“sci fi”', { tags: ['sci fi'] }],
    ['added:<7d', { maxAgeDays: 7 }],
    ['added:7', { maxAgeDays: 7 }],
    ['added:<=2W', { maxAgeDays: 14 }],
    ['added:>6m', { minAgeDays: 180 }],
    ['added:>1y added:<2y', { minAgeDays: 365, maxAgeDays: 730 }],
    ['clipped:', { clipped: true }],
    ['clipped:NO', { clipped: false }],
    ['dup:near', { copies: 'near' }],
    ['dup:', { copies: 'any' }],
    ['dup:No', { copies: 'none' }],
    ['issue:clipped,Truncated issue:dc-offset', { issues: ['clipped', 'partial', 'dc-offset'] }],
    ['fav:', { favourite: true }],
    ['fav:yes', { favourite: true }],
    ['fav:no', { favourite: false }],
    ['is:favourite', { favourite: true }],
    ['is:Favorites', { favourite: true }],
    ['fav:no is:fav', { favourite: true }],
    ['stars:>=3', { minStars: 3 }],
    ['stars:≥3', { minStars: 3 }],
    ['stars:">= 3"', { minStars: 3 }],
    ['stars:>3', { minStars: 4 }],
    ['stars:4', { minStars: 4 }],
    ['stars:4+', { minStars: 4 }],
    ['stars:2 stars:5', { minStars: 5 }],
  ])('%s', (input, filters) => {
    expect(parseQuery(input)).toEqual({ text: '', minus: [], filters });
  });

  test.each([
    ['col:doors', 'doors'],
    ['col:"Night train"', 'Night train'],
    ['col:“Night train” col:b', 'b'],
    ['col:"typed half', 'typed half'],
  ])('%s names a collection', (input, collection) => {
    expect(parseQuery(`rain ${input}`)).toEqual({ text: 'rain', minus: [], filters: {}, collection });
  });

  test('stand anywhere between words and minus terms', () => {
    expect(parseQuery('rain fmt:wav on tin -thunder dur:>30 roof')).toEqual({
      text: 'rain on tin roof',
      minus: ['thunder'],
      filters: { formats: ['wav'], aboveSeconds: 30 },
    });
  });

  test.each<[string, string]>([
    ['dur:', 'dur:<3'],
    ['dur:long', 'dur:<3'],
    ['dur:<', 'dur:<3'],
    ['dur:<x', 'dur:<3'],
    ['dur:-', 'dur:<3'],
    ['dur:1-2-3', 'dur:<3'],
    ['dur:10-2', 'dur:2-10'],
    ['dur:<-3', 'dur:<3'],
    ['fmt:', 'fmt:wav'],
    ['fmt: wav', 'fmt:wav'],
    ['fmt:xyz', 'flac'],
    ['fmt:wav,xyz', 'fmt:wav,flac'],
    ['ch:0', 'ch:2'],
    ['ch:-1', 'ch:2'],
    ['ch:two', 'ch:stereo'],
    ['ch:2.5', 'ch:2'],
    ['sr:0', 'sr:48k'],
    ['sr:fast', 'sr:48k'],
    ['sr:', 'sr:48k'],
    ['sr:48kk', 'sr:48k'],
    ['in:', 'in:doors'],
    ['in:""', 'in:doors'],
    ['tag:', 'tag:ambience'],
    ['tag:" "', 'tag:ambience'],
    ['added:', 'added:<7d'],
    ['added:today', 'added:<7d'],
    ['added:-3d', 'added:<7d'],
    ['added:1000y', 'added:<7d'],
    ['clipped:much', 'clipped:no'],
    ['dup:some', 'dup:exact'],
    ['issue:ugly', 'issue:mono-as-stereo'],
    ['fav:door', 'fav:no'],
    ['is:', 'is:favourite'],
    ['is:loud', 'is:favourite'],
    ['stars:', 'stars:>=3'],
    ['stars:0', 'stars:>=3'],
    ['stars:6', 'stars:>=3'],
    ['stars:>5', 'stars:>=3'],
    ['stars:<3', 'stars:>=3'],
    ['stars:3.5', 'stars:>=3'],
    ['col:', 'col:doors'],
    ['col:""', 'col:doors'],
    ['door -fav:', 'a minus works with words only'],
    ['rain -fmt:wav', 'a minus works with words only'],
  ])('%s is refused with the right form', (input, form) => {
    expect(badInput(() => parseQuery(input))).toContain(form);
  });
});

describe('durations', () => {
  test.each<[string, number | null]>([
    ['3', 3],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['2.', 2],
    ['0', 0],
    ['3s', 3],
    ['3 s', 3],
    ['3sec', 3],
    ['500ms', 0.5],
    ['2m', 120],
    ['2min', 120],
    ['1m30', 90],
    ['1m30s', 90],
    ['1M30S', 90],
    ['1.5m', 90],
    ['2h', 7200],
    ['1h5', 3900],
    ['1h5m10s', 3910],
    ['1h10s', 3610],
    ['1:30', 90],
    ['0:01.5', 1.5],
    ['1:02:03', 3723],
    ['90:00', 5400],
    ['1:60', null],
    ['1:60:00', null],
    ['', null],
    [' ', null],
    ['-3', null],
    ['+3', null],
    ['1e3', null],
    ['3x', null],
    ['s', null],
    ['m30', null],
    ['1,5', null],
    ['1s30m', null],
    ['Infinity', null],
    ['NaN', null],
    ['9'.repeat(400), null],
  ])('%j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test('a range names what was typed', () => {
    expect(badInput(() => parseQuery('dur:soon'))).toContain('“dur:soon”');
  });
});

test('options and inline filters join: durations narrow, tags add up, otherwise inline counts', () => {
  const options: SearchFilters = {
    minSeconds: 1,
    maxSeconds: 10,
    formats: ['wav'],
    tags: ['a', 'b'],
    includeOffline: true,
  };
  const inline: SearchFilters = { minSeconds: 0.5, maxSeconds: 3, formats: ['mp3'], tags: ['b', 'c'], channels: 2 };
  expect(mergeFilters(options, inline)).toEqual({
    minSeconds: 1,
    maxSeconds: 3,
    formats: ['mp3'],
    tags: ['a', 'b', 'c'],
    channels: 2,
    includeOffline: true,
  });
  expect(mergeFilters({}, {})).toEqual({});
});
