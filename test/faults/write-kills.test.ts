/** The write process killed at random moments: every file is the old or the new version, and nothing in between. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { Child } from '../../src/main/process/child.ts';
import { PROCESS_ENTRIES } from '../../src/main/process/entries.ts';
import type { WriteJournal } from '../../src/main/catalogue/stores/write-journal.ts';
import type { Done, FileToWrite, WantedFile, WriteMethods, WritePushes } from '../../src/main/writeback/protocol.ts';
import { bext, FMT, riff } from '../writeback/riff-files.ts';
import { replayable, ROUNDS } from '../kit/random.ts';
import { put, tone, wav } from './sounds.ts';
import { skipFor } from './trial.ts';
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const FILES = 200;
const KILLS = 15 * ROUNDS;
const LONGEST_MS = 250;
/** Files that one process is given. */
const AT_ONCE = 30;

const folder = temporaryFolder('write-kills');
const data = join(folder, 'data');
let catalogue: Catalogue;
let journal: WriteJournal;
const old = new Map<string, string>();
const fresh = new Map<string, string>();
let children = 0;

const noFfmpeg = hasFfmpeg() ? null : 'needs ffmpeg on PATH to make files of all formats';

beforeAll(() => {
  if (noFfmpeg !== null) return;
  mkdirSync(join(folder, 'kinds'));
  const kinds = makeKinds();
  for (let at = 0; at < FILES; at++) {
    const kind = kinds[at % kinds.length]!;
    const path = join(folder, 'sounds', `${at % 5}`, `${at}${extname(kind)}`);
    mkdirSync(join(path, '..'), { recursive: true });
    copyFileSync(kind, path);
    old.set(path, sha256(readFileSync(path)));
  }
  catalogue = openCatalogue(data);
  journal = catalogue.writeJournal;
});
afterAll(() => {
  if (noFfmpeg === null) catalogue.close();
});

test.skipIf(skipFor(noFfmpeg, 'kills of a write-back'))(
  'killed at random moments of writing and undoing, each file is whole, and can be undone in the end',
  { timeout: 600_000 * ROUNDS },
  async () => {
    // Once without a kill: what the new versions are.
    await writing(async (child) => {
      const files = await planned(child);
      expect(files).toHaveLength(FILES);
      const runId = await child.call('begin', { profileId: 'sfx' });
      const done = await outcomes(child, () => child.call('write', { runId, keepTime: false, files }));
      expect(done.filter(({ outcome }) => outcome !== 'written')).toEqual([]);
    });
    for (const path of old.keys()) fresh.set(path, sha256(readFileSync(path)));
    expect([...fresh].filter(([path, hash]) => old.get(path) === hash)).toEqual([]);
    await undoAll();
    expectAll(old);

    const random = replayable();
    const seen = { written: 0, undone: 0, asTheyWere: 0, temps: 0 };
    for (let kill = 0; kill < KILLS;) {
      if (await killedOnce(kill % 3 === 2, random)) kill++;
      seen.temps += tempFiles().length;
      for (const path of old.keys()) {
        const hash = sha256(readFileSync(path));
        expect(hash === old.get(path) || hash === fresh.get(path), `${path} after kill ${kill}`).toBe(true);
      }
      await writing(async (child) => {
        for (const { outcome } of await child.call('recover', { again: false })) {
          if (outcome === 'written') seen.written++;
          else if (outcome === 'undone') seen.undone++;
          else seen.asTheyWere++;
        }
      });
      expect(tempFiles()).toEqual([]);
      expect(journal.anyUnsettled()).toBe(false);
      expectJournalIsTrue();
    }
    // What it was about: some kills fell while a file was being made, and recovery had something to settle.
    process.stdout.write(`${KILLS} kills with ${children} processes: ${JSON.stringify(seen)}\n`);
    expect(seen.temps).toBeGreaterThan(0);
    expect(seen.asTheyWere).toBeGreaterThan(0);
    await undoAll();
    expectAll(old);
    expect(catalogue.integrityCheck()).toEqual([]);
  },
);

/**
 * Begins to write or to undo some files, and kills the process that does it.
 * @returns whether the kill came before the end
 */
async function killedOnce(undoing: boolean, random: () => number): Promise<boolean> {
  const [from, moment] = [random(), random()]; // drawn each time, whatever is done: the next kill has the same ones
  return writing(async (child) => {
    const written = undoable();
    let work: Promise<unknown>;
    if (undoing && written.length > 0) work = child.call('undo', some(written, from));
    else {
      const done = new Set(written.map(({ fileId }) => fileId));
      const left = [...old.keys()].filter((_, at) => !done.has(at + 1));
      if (left.length === 0) {
        await child.call('undo', undoable());
        return false;
      }
      const files = await planned(child, some(left, from));
      const runId = await child.call('begin', { profileId: 'sfx' });
      work = child.call('write', { runId, keepTime: false, files });
    }
    const ended = work.then(
      () => true,
      () => false,
    );
    await sleep(moment * LONGEST_MS);
    await child.kill();
    return !(await ended);
  });
}

/** @param from 0 ≤ from < 1: the part of them that is passed over */
function some<T>(items: readonly T[], from: number): T[] {
  const first = Math.floor(from * items.length);
  return [...items.slice(first), ...items.slice(0, first)].slice(0, AT_ONCE);
}

async function undoAll(): Promise<void> {
  await writing(async (child) => {
    // The last write of a file first; an earlier one was undone before that was made.
    const done = await outcomes(child, () => child.call('undo', undoable()));
    expect(done.filter(({ outcome }) => outcome !== 'undone')).toEqual([]);
  });
}

function undoable() {
  return journal.newestOfFiles([...old.keys()].map((_, at) => at + 1)).map((row) => ({ ...row, path: null }));
}

/** A row that says "written" belongs to a file that is so. */
function expectJournalIsTrue(): void {
  const paths = [...old.keys()];
  const written = new Set(undoable().map(({ fileId }) => paths[fileId - 1]!));
  for (const path of paths) {
    const hash = sha256(readFileSync(path));
    expect(hash, path).toBe(written.has(path) ? fresh.get(path) : old.get(path));
  }
}

function expectAll(expected: ReadonlyMap<string, string>): void {
  for (const [path, hash] of expected) expect(sha256(readFileSync(path)), path).toBe(hash);
  expect(tempFiles()).toEqual([]);
}

function tempFiles(): string[] {
  const names = readdirSync(join(folder, 'sounds'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.includes('.earmark-'));
}

async function writing<T>(work: (child: Child<WriteMethods, WritePushes>) => Promise<T>): Promise<T> {
  const child = new Child<WriteMethods, WritePushes>({ processName: 'write', entry: PROCESS_ENTRIES.write });
  children++;
  try {
    await child.call('open', { dataFolder: data });
    return await work(child);
  } finally {
    await child.kill();
  }
}

async function outcomes(child: Child<WriteMethods, WritePushes>, work: () => Promise<unknown>): Promise<Done[]> {
  const done: Done[] = [];
  const stop = child.on('done', (one) => done.push(one));
  await work();
  stop();
  return done;
}

/** The same for all rounds: so each new version is the same one every time. */
async function planned(child: Child<WriteMethods, WritePushes>, paths = [...old.keys()]): Promise<FileToWrite[]> {
  const ids = new Map([...old.keys()].map((path, at) => [path, at + 1]));
  const wanted = paths.map((path): WantedFile => {
    const { size, mtimeMs } = statSync(path);
    return {
      fileId: ids.get(path)!,
      path,
      size,
      mtimeMs,
      fields: [
        { field: 'catId', mode: 'fill', values: ['AIRBlow'] },
        { field: 'keywords', mode: 'append', values: ['air jet', 'wind'] },
        { field: 'genre', mode: 'append', values: ['Field Recording'] },
        { field: 'description', mode: 'fill', values: ['air jet, wind'] },
      ],
      by: { model: 'tiny', date: '2026-01-01', profile: 'sfx', labels: [['sfx/air-jet', 0.9]], measured: [] },
    };
  });
  const files: FileToWrite[] = [];
  for (const { plan, edits, snapshot } of await child.call('plan', wanted)) {
    if (plan.state === 'refused') throw new Error(`${plan.path}: ${plan.reason}`);
    if (plan.state === 'same') continue;
    files.push({ fileId: plan.fileId, path: plan.path, changes: plan.changes, edits, snapshot: snapshot! });
  }
  return files;
}

/** @returns small files of every format that can be written */
function makeKinds(): string[] {
  const source = join(folder, 'source.wav');
  put(source, wav([tone(500, 0.7, 44_100)], { sampleRate: 44_100 }));
  const encoded: [name: string, ...options: string[]][] = [
    ['a.aiff'],
    ['a.flac'],
    ['a.mp3', '-b:a', '64k'],
    ['b.mp3', '-id3v2_version', '4', '-metadata', 'genre=Rock'],
    ['a.ogg', '-c:a', 'libvorbis'],
    ['a.opus', '-c:a', 'libopus'],
    ['a.m4a', '-c:a', 'aac'],
    ['b.m4a', '-c:a', 'aac', '-movflags', '+faststart', '-metadata', 'genre=Rock'],
  ];
  const kinds = encoded.map(([name, ...options]) => {
    const path = join(folder, 'kinds', name);
    execFileSync('ffmpeg', ['-v', 'error', '-i', source, ...options, path]);
    return path;
  });
  const sound = readFileSync(source).subarray(44);
  const broadcast = join(folder, 'kinds', 'b.wav');
  put(broadcast, riff([bext(''), FMT, ['iXML', '<BWFXML><USER>\n <LIBRARY>L</LIBRARY>\n</USER></BWFXML>'], ['data', sound], ['SMED', 'x']])); // prettier-ignore
  return [source, broadcast, ...kinds];
}

function hasFfmpeg(): boolean {
  return (process.env['PATH'] ?? '').split(':').some((place) => existsSync(join(place, 'ffmpeg')));
}
