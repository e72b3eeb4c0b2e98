/** Files of all formats with many tags of others: planned, written by each profile, verified, and undone. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FactField } from '../../src/shared/calls/write.ts';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { tempPathFor } from '../../src/main/writeback/atomic-write.ts';
import type { WriteJournal } from '../../src/main/catalogue/stores/write-journal.ts';
import { planFile } from '../../src/main/writeback/plan-file.ts';
import type { PlannedFile, WantedField } from '../../src/main/writeback/protocol.ts';
import { undoFile, writeFile } from '../../src/main/writeback/write-file.ts';
import { put, tone, wav } from '../faults/sounds.ts';
import { skipFor } from '../faults/trial.ts';
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const folder = temporaryFolder('all-formats');
let catalogue: Catalogue;
let journal: WriteJournal;
beforeAll(() => {
  catalogue = openCatalogue(join(folder, 'data'));
  journal = catalogue.writeJournal;
  put(join(folder, 'source.wav'), wav([tone(500, 0.5, 44_100)], { sampleRate: 44_100 }));
});
afterAll(() => {
  catalogue.close();
});

const has = (tool: string) => (process.env['PATH'] ?? '').split(':').some((place) => existsSync(join(place, tool)));
const noFfmpeg = has('ffmpeg') ? null : 'needs ffmpeg on PATH to make files of all formats';

const THEIRS: Record<string, string> = {
  title: 'Thür & Ängel', artist: 'A; B / C', album: 'Album', genre: 'Rock', comment: 'their comment, with commas; and more',
  date: '2019', track: '3/12', composer: 'Someone', copyright: '© them', description: 'What it is', grouping: 'set one',
  publisher: 'Label', lyrics: 'la\nla',
}; // prettier-ignore
const PICTURE = ['-f', 'lavfi', '-i', 'color=c=red:s=16x16:d=0.04', '-map', '0:a', '-map', '1:v', '-c:v', 'png', '-disposition:v', 'attached_pic']; // prettier-ignore
const KINDS: [name: string, ...options: string[]][] = [
  ['wav.wav', '-write_bext', '1'],
  ['rf64.wav', '-rf64', 'always'],
  ['aiff.aiff', '-write_id3v2', '1'],
  ['mp3-3.mp3', ...PICTURE, '-id3v2_version', '3', '-write_id3v1', '1'],
  ['mp3-4.mp3', ...PICTURE, '-id3v2_version', '4'],
  ['plain.mp3', '-id3v2_version', '0'],
  ['flac.flac', ...PICTURE],
  ['ogg.ogg', '-c:a', 'libvorbis'],
  ['opus.opus', '-c:a', 'libopus'],
  ['m4a.m4a', ...PICTURE, '-c:a', 'aac'],
  ['caf.caf'],
  ['alac.caf', '-c:a', 'alac'],
  ['fast.m4a', '-c:a', 'aac', '-movflags', '+faststart'],
];
const PROFILES: Record<string, WantedField[]> = {
  sfx: [
    { field: 'catId', mode: 'fill', values: ['AIRBlow'] },
    { field: 'category', mode: 'fill', values: ['AIR'] },
    { field: 'keywords', mode: 'append', values: ['air jet', 'wind'] },
    { field: 'description', mode: 'fill', values: ['air jet, wind'] },
  ],
  music: [
    { field: 'genre', mode: 'append', values: ['drum and bass', 'rock'] },
    { field: 'mood', mode: 'append', values: ['dark', 'tense'] },
    { field: 'instrument', mode: 'append', values: ['grand piano'] },
  ],
  own: [
    { field: 'genre', mode: 'replace', values: ['ambient'] },
    { field: 'comment', mode: 'append', values: ['dark, tense'] },
    { field: 'grouping', mode: 'append', values: ['dark'] },
    { field: 'title', mode: 'replace', values: ['Über “alles”'] },
  ],
  facts: [
    { field: 'bpm', mode: 'replace', values: ['126.5'] },
    { field: 'key', mode: 'replace', values: ['F#m'] },
  ],
};
/** A tempo that is whole in formats that have no other, rounded up. */
const TEMPO_SHOWN = /(?:TBPM|BPM|tmpo|tempo|beats per minute)\W+12(?:6\.5|7)\b/i;
const MEASURED: FactField[] = ['bpm'];

test.skipIf(skipFor(noFfmpeg, 'all formats')).each(KINDS)('%s', async (name, ...options) => {
  const path = join(folder, name);
  const tags = Object.entries(THEIRS).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
  const [inputs, output] = options.includes('-f') ? [options.slice(0, 4), options.slice(4)] : [[], options];
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', join(folder, 'source.wav'), ...inputs, ...output, ...tags, path]);
  const sound = decoded(path);
  const versions = [sha256(readFileSync(path))];
  const rows: number[] = [];
  for (const [profile, fields] of Object.entries(PROFILES)) {
    const planned = await plan(path, profile, fields);
    expect(planned.plan, profile).toMatchObject({ state: 'change', reason: '' });
    rows.push(await write(path, planned));
    versions.push(sha256(readFileSync(path)));
    // Once more there is nothing to do.
    expect((await plan(path, profile, fields)).plan, profile).toMatchObject({ state: 'same', reason: '' });
  }
  expect(new Set(versions).size).toBe(5);
  expect(decoded(path)).toBe(sound);
  if (has('exiftool')) expectForeign(path);
  // Nothing accepted any more: what is ours goes, what was theirs is there.
  const none = PROFILES['music']!.map((field) => ({ ...field, values: [] }));
  const out = await plan(path, 'music', none);
  expect(out.plan.state).toBe('change');
  expect(out.plan.changes.every(({ field, after }) => field === 'provenance' || !/dark|piano|drum/.test(after ?? ''))).toBe(true); // prettier-ignore
  for (const id of rows.reverse()) {
    journal.beginUndo([{ id, tempPath: tempPathFor(path, id) }]);
    expect(await undoFile(journal, { id, fileId: 1, path }, () => {})).toMatchObject({ outcome: 'undone', reason: '' });
    versions.pop();
    expect(sha256(readFileSync(path))).toBe(versions.at(-1));
  }
});

async function plan(path: string, profile: string, fields: WantedField[]): Promise<PlannedFile> {
  const { size, mtimeMs } = statSync(path);
  const by = {
    model: 'tiny',
    date: '2026-01-01',
    profile,
    labels: [['sfx/air-jet', 0.9]] as [string, number][],
    measured: MEASURED,
  };
  return planFile({ fileId: 1, path, size, mtimeMs, fields, by });
}

async function write(path: string, { plan: { changes }, edits, snapshot }: PlannedFile): Promise<number> {
  const file = { fileId: 1, path, changes, edits, snapshot: snapshot! };
  const [id] = journal.add(journal.begin('sfx'), [file], tempPathFor);
  expect(await writeFile(journal, id!, file, false, () => {})).toMatchObject({ outcome: 'written', reason: '' });
  return id!;
}

/** What another program shows: what we wrote, and what was there before. */
function expectForeign(path: string): void {
  const probed = execFileSync('ffprobe', ['-v', 'error', '-show_format', '-show_streams', path], { encoding: 'utf8' });
  expect(probed).toMatch(/ambient|Rock/i);
  // Beside LIST/INFO, FFmpeg does not look at an ID3 chunk.
  if (!path.endsWith('.wav')) expectTempoAndKey(probed);
  if (path.endsWith('.caf')) {
    expect(probed).toMatch(/AIRBlow[^]*Album|Album[^]*AIRBlow/);
    return; // exiftool knows nothing of them
  }
  const shown = execFileSync('exiftool', ['-a', '-u', '-G1', '-charset', 'UTF8', '-api', 'LargeFileSupport=1', path], { encoding: 'utf8' }); // prettier-ignore
  if (!path.endsWith('.wav')) expect(shown).toMatch(/AIRBlow/);
  expectTempoAndKey(shown);
  // One of the files has no tags of theirs.
  if (!path.includes('plain')) expect(shown).toMatch(/Album/);
}

function expectTempoAndKey(shown: string): void {
  expect(shown).toMatch(TEMPO_SHOWN);
  expect(shown).toMatch(/key(?: signature)?\W+F#m\b/i);
}

/** MD5 of the samples, as FFmpeg decodes them. */
function decoded(path: string): string {
  return execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:a', '-f', 'md5', '-'], { encoding: 'utf8' });
}
