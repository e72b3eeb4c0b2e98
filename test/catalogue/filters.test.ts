import type { Issue } from '../../src/shared/query/issues.ts';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { conditionOf, FilterLookup } from '../../src/main/catalogue/queries/filters.ts';
import { isAbsoluteFolder } from '../../src/main/catalogue/queries/folder-filter.ts';
import type { SearchFilters } from '../../src/shared/query/filters.ts';
import { openDatabase } from '../kit/catalogue.ts';
import { SoundLibrary } from '../search/sound-library.ts';

let library: SoundLibrary;
const dog = { windows: [{ dog: 1 }] };
beforeEach(() => {
  library = new SoundLibrary().add(
    { path: 'Doors/wood/slam.wav', ...dog, durationSeconds: 2, tags: ['Sci-Fi', 'Ambiences'] },
    { path: 'Doors/metal.flac', ...dog, format: 'flac', durationSeconds: 10, channels: 1, tags: ['laser ♥'] },
    { path: 'Doors2/x.mp3', ...dog, format: 'mp3', durationSeconds: 100, sampleRate: 44_100 },
    { path: 'doors.wav', ...dog, durationSeconds: 1.5 },
    { path: '100%_dry/a.wav', ...dog, durationSeconds: 3 },
    { path: '100xydry/b.wav', ...dog, durationSeconds: 3 },
    { path: 'T\u00fcren/c.wav', ...dog, durationSeconds: 3 }, // composed
    { path: 'Tu\u0308ren/d.wav', ...dog, durationSeconds: 3 }, // decomposed
    { root: '/media/SFX one', path: 'Foley/e.wav', ...dog, durationSeconds: 3 },
    { root: '/media/SFX two', path: 'f.wav', ...dog, durationSeconds: 3 },
    { root: `${homedir()}/my sounds`, path: 'g.wav', ...dog, durationSeconds: 3 },
  );
});
afterEach(() => {
  library.close();
});

function passing(filters: SearchFilters): string[] {
  const { ids } = library.catalogue.filters.passing(filters);
  return [...ids].map((id) => library.catalogue.files.byId(id)!.relativePath).toSorted();
}
const ALL_OF_SOUNDS = [
  '100%_dry/a.wav',
  '100xydry/b.wav',
  'Doors/metal.flac',
  'Doors/wood/slam.wav',
  'Doors2/x.mp3',
  'Tu\u0308ren/d.wav',
  'T\u00fcren/c.wav',
  'doors.wav',
];

describe('each filter', () => {
  test.each<[SearchFilters, string[]]>([
    [{ maxSeconds: 2 }, ['Doors/wood/slam.wav', 'doors.wav']],
    [{ minSeconds: 10 }, ['Doors/metal.flac', 'Doors2/x.mp3']],
    [{ minSeconds: 1.9, maxSeconds: 2 }, ['Doors/wood/slam.wav']],
    [{ minSeconds: 5, maxSeconds: 4 }, []],
    [{ aboveSeconds: 10 }, ['Doors2/x.mp3']],
    [{ belowSeconds: 2 }, ['doors.wav']],
    [{ formats: ['mp3', 'flac'] }, ['Doors/metal.flac', 'Doors2/x.mp3']],
    [{ formats: [] }, []],
    [{ channels: 1 }, ['Doors/metal.flac']],
    [{ sampleRate: 44_100 }, ['Doors2/x.mp3']],
    [{ tags: ['ambience'] }, ['Doors/wood/slam.wav']],
    [{ tags: ['sci fi'] }, ['Doors/wood/slam.wav']],
    [{ tags: ['fi sci'] }, []],
    [{ tags: ['sci fi', 'ambience'] }, ['Doors/wood/slam.wav']],
    [{ tags: ['sci fi', 'laser'] }, []],
    [{ tags: ['♥'] }, ['Doors/metal.flac']],
    [{ tags: ['%'] }, []],
    [{ tags: ['slam'] }, []], // in the name, not in a tag
    [{ tags: ['" OR name:slam'] }, []],
  ])('%j', (filters, expected) => {
    expect(passing(filters)).toEqual(expected);
  });
});

test('when files were added', () => {
  const added = (path: string, daysAgo: number) =>
    library.db
      .prepare('UPDATE file SET added_ms = ? WHERE id = ?')
      .run(Date.now() - daysAgo * 86_400_000, library.id(path));
  for (const path of ALL_OF_SOUNDS) added(path, 400);
  added('doors.wav', 10);
  added('Doors2/x.mp3', 40);
  const inSounds = { folder: '/sounds' };
  expect(passing({ ...inSounds, maxAgeDays: 14 })).toEqual(['doors.wav']);
  expect(passing({ ...inSounds, minAgeDays: 14, maxAgeDays: 100 })).toEqual(['Doors2/x.mp3']);
  expect(passing({ ...inSounds, minAgeDays: 100 })).toHaveLength(ALL_OF_SOUNDS.length - 2);
});

test('clipped files, and those that are not analysed yet', () => {
  const clipped = (path: string, samples: number | null) =>
    library.db.prepare('UPDATE file SET clipped_samples = ? WHERE id = ?').run(samples, library.id(path));
  clipped('doors.wav', 3);
  clipped('Doors2/x.mp3', null);
  expect(passing({ clipped: true })).toEqual(['doors.wav']);
  expect(passing({ folder: '/sounds', clipped: false })).toEqual(
    ALL_OF_SOUNDS.filter((path) => path !== 'doors.wav' && path !== 'Doors2/x.mp3'),
  );
});

test('files with issues', () => {
  const set = (path: string, columns: string) =>
    library.db.prepare(`UPDATE file SET ${columns} WHERE id = ?`).run(library.id(path));
  const found = (...issues: Issue[]) => passing({ folder: '/sounds', issues });
  set('doors.wav', 'channels = 2, stereo_width = 0, warnings = \'[{"code":"partial","message":""}]\'');
  set('Doors2/x.mp3', 'dead_channels = 1, dc_offset = -1.5, stereo_width = 50, channels = 2');
  set('Doors/wood/slam.wav', 'cutoff_hz = 11025, peak_db = NULL');
  expect(found('mono-as-stereo')).toEqual(['doors.wav']);
  expect(found('partial')).toEqual(['doors.wav']);
  expect(found('dead-channel')).toEqual(['Doors2/x.mp3']);
  expect(found('dc-offset', 'partial').toSorted()).toEqual(['Doors2/x.mp3', 'doors.wav']);
  expect(found('upsampled')).toEqual(['Doors/wood/slam.wav']);
  expect(found('silent')).toEqual(['Doors/wood/slam.wav']);
  expect(found('mislabelled')).toEqual([]);
  expect(found('duplicate')).toEqual([]);
  set('doors.wav', "content_id = 'same'");
  set('Doors2/x.mp3', "content_id = 'same'");
  expect(found('duplicate').toSorted()).toEqual(['Doors2/x.mp3', 'doors.wav']);
  const untagged = passing({ issues: ['untagged'] });
  library.db.prepare('DELETE FROM file_tag WHERE file_id = ?').run(library.id('doors.wav'));
  expect(passing({ issues: ['untagged'] }).toSorted()).toEqual([...new Set([...untagged, 'doors.wav'])].toSorted());
});

test('by facts found by analysis', () => {
  const set = (path: string, kind: number, bpm: number | null, key: number | null, root: number | null) =>
    library.db
      .prepare('UPDATE file SET kind_sound = ?, bpm_sound = ?, key_sound = ?, root_sound = ? WHERE id = ?')
      .run(kind, bpm, key, root, library.id(path));
  set('doors.wav', 1, 124, 21, -1);
  set('Doors2/x.mp3', 1, 129, 0, -1);
  set('Doors/wood/slam.wav', 0, 124, 21, 47.6);
  expect(passing({ minBpm: 120, maxBpm: 128 })).toEqual(['doors.wav']); // a one-shot has no tempo
  expect(passing({ minBpm: 125 })).toEqual(['Doors2/x.mp3']);
  expect(passing({ keys: [21, 3] })).toEqual(['doors.wav']);
  expect(passing({ kinds: [1] })).toEqual(['Doors2/x.mp3', 'doors.wav']);
  expect(passing({ rootNotes: [{ class: 0, octave: 3 }] })).toEqual(['Doors/wood/slam.wav']);
  expect(passing({ rootNotes: [{ class: 0, octave: null }] })).toEqual(['Doors/wood/slam.wav']);
  expect(passing({ rootNotes: [{ class: 0, octave: 4 }, { class: 11, octave: null }] })).toEqual([]); // prettier-ignore
  library.db.prepare('UPDATE file SET loudness_lufs = -40 WHERE id = ?').run(library.id('doors.wav'));
  expect(passing({ maxLufs: -30 })).toEqual(['doors.wav']);
  expect(passing({ minLufs: -41, maxLufs: -39, folder: '/sounds' })).toEqual(['doors.wav']);
});

describe('an absolute folder', () => {
  test.each<[string, string[]]>([
    ['/sounds', ALL_OF_SOUNDS],
    ['/sounds/', ALL_OF_SOUNDS],
    ['/sounds/Doors', ['Doors/metal.flac', 'Doors/wood/slam.wav']], // not Doors2, not doors.wav
    ['/sounds/Doors/wood/', ['Doors/wood/slam.wav']],
    ['/sounds/./Doors/../Doors/wood', ['Doors/wood/slam.wav']],
    ['/sounds/100%_dry', ['100%_dry/a.wav']],
    ['/sounds/T\u00fcren', ['Tu\u0308ren/d.wav', 'T\u00fcren/c.wav']],
    ['/media', ['Foley/e.wav', 'f.wav']], // spans two roots
    ['/media/SFX', []], // a folder, not the beginning of its name
    ['/media/SFX one', ['Foley/e.wav']],
    ['~/my sounds', ['g.wav']],
    ['/elsewhere', []],
    ['C:\\Sounds', []],
  ])('%s', (folder, expected) => {
    expect(passing({ folder })).toEqual(expected);
  });

  test('/ holds everything', () => {
    expect(passing({ folder: '/' })).toHaveLength(11);
  });
});

describe('part of a folder name', () => {
  test.each<[string, string[]]>([
    ['door', ['Doors/metal.flac', 'Doors/wood/slam.wav', 'Doors2/x.mp3']], // not the file doors.wav
    ['DOORS/W', ['Doors/wood/slam.wav']],
    ['doors/wood/', ['Doors/wood/slam.wav']],
    ['slam', []],
    ['100%_d', ['100%_dry/a.wav']], // % and _ are letters here
    ['!', []],
    ['foley', ['Foley/e.wav']],
    ['SFX', ['Foley/e.wav', 'f.wav']], // in the root's own path
    ['sfx one/fol', ['Foley/e.wav']],
    ['t\u00fcren', ['Tu\u0308ren/d.wav', 'T\u00fcren/c.wav']],
    ["' OR 1=1 --", []],
  ])('%s', (folder, expected) => {
    expect(passing({ folder })).toEqual(expected);
  });

  test.each<[string, boolean]>([
    ['/a', true],
    ['~', true],
    ['~/a', true],
    ['~a', false],
    ['C:\\a', true],
    ['c:/a', true],
    ['\\\\server\\share', true],
    ['a/b', false],
    ['C', false],
  ])('%s is absolute: %s', (folder, absolute) => {
    expect(isAbsoluteFolder(folder)).toBe(absolute);
  });
});

test('all filters at once, and what is offline', () => {
  const everything: SearchFilters = {
    minSeconds: 1,
    maxSeconds: 3,
    formats: ['wav'],
    channels: 2,
    sampleRate: 48_000,
    folder: '/sounds/Doors',
    tags: ['ambience', 'sci fi'],
  };
  expect(passing(everything)).toEqual(['Doors/wood/slam.wav']);
  library.catalogue.files.setOffline([library.id('Doors/wood/slam.wav')]);
  expect(passing(everything)).toEqual([]);
  expect(passing({ ...everything, includeOffline: true })).toEqual(['Doors/wood/slam.wav']);
});

test('filters restrict a search; alone they list what passes, by path', async () => {
  const search = library.search();
  const paths = async (text: string) => (await search.run({ text })).hits.map(({ path }) => path);
  expect(await paths('dog in:/sounds/Doors')).toEqual(
    expect.arrayContaining(['/sounds/Doors/metal.flac', '/sounds/Doors/wood/slam.wav']),
  );
  expect(await paths('dog fmt:mp3')).toEqual(['/sounds/Doors2/x.mp3']);
  const listed = await search.run({ text: 'in:door tag:ambience' });
  expect(listed.hits).toMatchObject([
    { path: '/sounds/Doors/wood/slam.wav', score: 1, startSeconds: 0, endSeconds: 2, band: 'strong' },
  ]);
  expect(listed.hits[0]!.why).toEqual([{ kind: 'tag', words: ['ambience'], text: 'tag matches "ambience"' }]);
  expect(await paths('in:/sounds/Doors')).toEqual(['/sounds/Doors/metal.flac', '/sounds/Doors/wood/slam.wav']);
});

test('what filters alone find is the file, not its first part', async () => {
  library.add({ path: 'Loops/beat.wav', windows: [{ dog: 1 }, { rain: 1 }, { wind: 1 }] });
  const search = library.search();
  const [hit] = (await search.run({ text: 'in:Loops' })).hits;
  expect(hit).toMatchObject({ startSeconds: 0, endSeconds: 15, durationSeconds: 15 });
  const [match] = (await search.run({ text: 'rain in:Loops' })).hits;
  expect(match).toMatchObject({ startSeconds: 5, endSeconds: 10 });
});

describe('what the user said', () => {
  const set = (path: string) => [library.id(path)];
  let collectionId: number;
  beforeEach(() => {
    const { ratings, collections } = library.catalogue;
    ratings.setFavourite([...set('Doors/metal.flac'), ...set('Doors2/x.mp3')], true);
    ratings.setStars(set('Doors/metal.flac'), 3);
    ratings.setStars(set('doors.wav'), 5);
    collectionId = collections.create('Night train').id;
    collections.add(collectionId, [...set('doors.wav'), ...set('Doors/metal.flac'), ...set('f.wav')]);
  });

  test('filters', () => {
    expect(passing({ favourite: true })).toEqual(['Doors/metal.flac', 'Doors2/x.mp3']);
    expect(passing({ favourite: false })).toHaveLength(9);
    expect(passing({ minStars: 1 })).toEqual(['Doors/metal.flac', 'doors.wav']);
    expect(passing({ minStars: 4 })).toEqual(['doors.wav']);
    expect(passing({ collectionId })).toEqual(['Doors/metal.flac', 'doors.wav', 'f.wav']);
    expect(passing({ collectionId, favourite: true, minStars: 3, formats: ['flac'] })).toEqual(['Doors/metal.flac']);
    expect(passing({ collectionId, favourite: false, minStars: 3 })).toEqual(['doors.wav']);
  });

  test('restricts a search, alone lists, and is understood as filters', async () => {
    const search = library.search();
    const { hits, query } = await search.run({ text: 'dog col:"night TRAIN" stars:>2' });
    expect(hits.map(({ path }) => path).toSorted()).toEqual(['/sounds/Doors/metal.flac', '/sounds/doors.wav']);
    expect(query).toMatchObject({ text: 'dog', filters: { collectionId, minStars: 3 } });
    const alone = await search.run({ text: 'is:favourite' });
    expect(alone.hits.map(({ path }) => path)).toEqual(['/sounds/Doors/metal.flac', '/sounds/Doors2/x.mp3']);
    const { hits: byId } = await search.run({ text: 'dog', filters: { collectionId, favourite: false } });
    expect(byId.map(({ path }) => path).toSorted()).toEqual(['/media/SFX two/f.wav', '/sounds/doors.wav']);
  });

  test('a missing collection is reported, not searched', async () => {
    const search = library.search();
    await expect(search.run({ text: 'dog col:nights' })).rejects.toMatchObject({ code: 'not-found', userMessage: expect.stringContaining('“nights”') as string }); // prettier-ignore
    library.catalogue.collections.remove(collectionId);
    await expect(search.run({ text: 'dog', filters: { collectionId } })).rejects.toMatchObject({ code: 'not-found' });
    await expect(search.run({ text: 'col:"Night train"' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('when nothing matches, the reason is reported', async () => {
  const search = library.search();
  const told = async (text: string) => (await search.run({ text })).notices;
  expect(await told('dog fmt:ogg')).toEqual(['No files match the filters.']);
  expect(await told('dog in:/nowhere')).toEqual(['No indexed files in “/nowhere”.']);
  library.catalogue.roots.setOnline(library.catalogue.roots.byPath('/media/SFX two')!.id, false);
  expect(await told('dog in:"SFX two"')).toEqual([
    'All files that match the filters are offline: their drives or folders are not available.',
  ]);
  expect(await told('piano fmt:mp3')).toEqual(['No file is a likely match.']);
});

test('facts are filtered from an index, folders from a range of it', () => {
  const { db } = library;
  const plan = (filters: SearchFilters) => {
    const { sql, parameters } = conditionOf(filters, library.catalogue.roots.list());
    const rows = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT file.id FROM file WHERE ${sql}`);
    return rows
      .all(...parameters)
      .map(({ detail }) => detail)
      .join('\n');
  };
  expect(plan({ maxSeconds: 3, channels: 2 })).toContain('COVERING INDEX file_by_facts');
  expect(plan({ folder: '/sounds/Doors' })).toMatch(
    /SEARCH file USING .*root_id=\? AND relative_path>\? AND relative_path<\?/,
  );
  expect(plan({ clipped: true })).toContain('INDEX file_by_clipped');
  for (const [issue, index] of [['clipped', 'clipped'], ['silent', 'silent'], ['partial', 'partial'], ['mislabelled', 'mislabelled'], ['dead-channel', 'dead'], ['mono-as-stereo', 'mono'], ['upsampled', 'cut_off'], ['dc-offset', 'offset']] as const) {
    expect(plan({ issues: [issue] })).toMatch(new RegExp(`(SCAN|SEARCH) file USING (COVERING )?INDEX file_${index}`));
  } // prettier-ignore
  expect(plan({ maxAgeDays: 7 })).toContain('INDEX file_by_added');
  expect(plan({ folder: 'Doors' })).toContain('inside USING COVERING INDEX');
  for (const [filters, set] of [
    [{ favourite: true }, 'rating USING COVERING INDEX rating_by_favourite'],
    [{ minStars: 3 }, 'rating USING COVERING INDEX rating_by_stars'],
    [{ collectionId: 1 }, 'collection_file USING PRIMARY KEY'],
  ] as const) {
    expect(plan(filters)).toContain(set);
    expect(plan(filters)).toContain('SEARCH file USING INTEGER PRIMARY KEY');
  }
});

describe('the set of files that pass is kept', () => {
  const short: SearchFilters = { maxSeconds: 2 };

  test('while nothing changes, for the same filters', () => {
    const { filters } = library.catalogue;
    const set = filters.passing(short);
    expect(filters.passing({ ...short })).toBe(set);
    expect(filters.passing({ maxSeconds: 3 })).not.toBe(set);
    expect(filters.passing(short)).toBe(set);
  });

  test('up to so many bytes, the earliest given up first', () => {
    const db = openDatabase(dirname(library.catalogue.path));
    const { bytes } = library.catalogue.filters.passing(short);
    const filters = new FilterLookup(db, bytes);
    const set = filters.passing(short);
    expect(filters.passing(short)).toBe(set);
    filters.passing({ maxSeconds: 2.5 });
    expect(filters.passing(short)).not.toBe(set);
    db.close();
  });

  test('until this process changes something', () => {
    const before = library.catalogue.filters.passing(short).size;
    library.add({ path: 'new.wav', ...dog, durationSeconds: 1 });
    expect(library.catalogue.filters.passing(short).size).toBe(before + 1);
  });

  test('until another connection changes something', () => {
    const favourites = () => [...library.catalogue.filters.passing({ favourite: true }).ids];
    expect(favourites()).toEqual([]);
    const [id] = library.catalogue.filters.passing(short).ids;
    const other = openCatalogue(dirname(library.catalogue.path));
    other.ratings.setFavourite([id!], true);
    other.close();
    expect(favourites()).toEqual([id]);
  });
});
