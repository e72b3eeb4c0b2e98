/** A file taken the whole way: planned, written by each profile, looked at with FFmpeg, undone. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AudioLibrary } from '../../src/main/decode/audio-source.ts';
import { identifyFile } from '../../src/main/decode/decode-file.ts';
import { loadLibav } from '../../src/main/decode/libav-source.ts';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { tempPathFor } from '../../src/main/writeback/atomic-write.ts';
import { writeJournal, type WriteJournal } from '../../src/main/writeback/journal.ts';
import { planFile } from '../../src/main/writeback/plan-file.ts';
import type { PlannedFile, WantedField } from '../../src/main/writeback/protocol.ts';
import { undoFile, writeFile } from '../../src/main/writeback/write-file.ts';

const PROFILES: readonly WantedField[][] = [
  [
    { field: 'catId', mode: 'fill', values: ['AIRBlow'] },
    { field: 'category', mode: 'fill', values: ['AIR'] },
    { field: 'keywords', mode: 'append', values: ['air jet', 'wind'] },
    { field: 'description', mode: 'fill', values: ['air jet, wind'] },
  ],
  [
    { field: 'genre', mode: 'append', values: ['drum and bass', 'rock'] },
    { field: 'mood', mode: 'append', values: ['dark', 'tense'] },
    { field: 'instrument', mode: 'append', values: ['grand piano'] },
  ],
  [
    { field: 'genre', mode: 'replace', values: ['ambient'] },
    { field: 'comment', mode: 'append', values: ['dark, tense'] },
    { field: 'grouping', mode: 'append', values: ['dark'] },
    { field: 'title', mode: 'replace', values: ['Über “alles”'] },
  ],
];

const UNDECODABLE = 'undecodable-audio';

export interface Outcome {
  /** How often it was written. */
  written: number;
  /** The sentence, where it was not written any further; '' where it was to the end. */
  refused: string;
}

export class WholeWay {
  readonly #folder = mkdtempSync(join(tmpdir(), 'whole-way-'));
  readonly #catalogue: Catalogue = openCatalogue(join(this.#folder, 'data'));
  readonly #journal: WriteJournal = writeJournal(this.#catalogue.db);
  /** Loaded when first needed: whoever makes files with FFmpeg before that has it say more than is wanted here. */
  #library: Promise<AudioLibrary> | null = null;
  #files = 0;

  remove(): void {
    this.#catalogue.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  path(ending: string): string {
    return join(this.#folder, `${this.#files++}${ending}`);
  }

  /**
   * Whatever the bytes are: each write leaves the sound as FFmpeg finds it, a second plan finds nothing to do, and
   * undoing gives every byte back. A write that a plan promised has to succeed.
   * @param ending of the name, `.wav`
   * @param options.first the profile that comes first: effects (0), music (1), or one of one's own (2)
   * @param options.inspect looks at the file after the last write
   */
  async take(
    bytes: Uint8Array,
    ending: string,
    { first = 0, inspect }: { first?: 0 | 1 | 2; inspect?: (path: string) => void } = {},
  ): Promise<Outcome> {
    const path = this.path(ending);
    writeFileSync(path, bytes);
    const sound = await this.#sound(path);
    const rows: number[] = [];
    let refused = '';
    for (const [n, fields] of [...PROFILES.slice(first), ...PROFILES.slice(0, first)].entries()) {
      const planned = await this.#plan(path, fields);
      if (planned.plan.state === 'refused') {
        refused = planned.plan.reason;
        break;
      }
      if (planned.plan.state === 'same') continue;
      const done = await this.#write(path, planned);
      expect(done, `write ${n}`).toMatchObject({ outcome: 'written', reason: '' });
      rows.push(done.row);
      // Where FFmpeg lost its way for want of a pad byte, it may find the sound now.
      if (sound !== UNDECODABLE) expect(await this.#sound(path), `sound after write ${n}`).toBe(sound);
      expect((await this.#plan(path, fields)).plan, `plan after write ${n}`).toMatchObject({
        state: 'same',
        reason: '',
      });
    }
    if (rows.length > 0) inspect?.(path);
    for (const row of [...rows].reverse()) await this.#undo(path, row);
    expect(sha256(readFileSync(path)), 'bytes after undo').toBe(sha256(bytes));
    rmSync(path);
    if (refused !== '') expect(refused).toMatch(/^[A-Z].*\.$/);
    expect(refused).not.toMatch(/fault of Earmark|inside Earmark/);
    return { written: rows.length, refused };
  }

  #plan(path: string, fields: WantedField[]): Promise<PlannedFile> {
    const { size, mtimeMs } = statSync(path);
    const labels: [string, number][] = [['sfx/air-jet', 0.9]];
    const by = { model: 'tiny', date: '2026-01-01', profile: 'sfx', labels };
    return planFile({ fileId: 1, path, size, mtimeMs, fields, by });
  }

  async #write(path: string, { plan: { changes }, edits, snapshot }: PlannedFile) {
    const file = { fileId: 1, path, changes, edits, snapshot: snapshot! };
    const row = this.#journal.add(this.#journal.begin('sfx'), [file], tempPathFor)[0]!;
    return { row, ...(await writeFile(this.#journal, row, file, false, () => {})) };
  }

  async #undo(path: string, id: number): Promise<void> {
    this.#journal.beginUndo([{ id, tempPath: tempPathFor(path, id) }]);
    const done = await undoFile(this.#journal, { id, fileId: 1, path }, () => {});
    expect(done).toMatchObject({ outcome: 'undone', reason: '' });
  }

  /** What FFmpeg takes for the sound: a hash of its packets, or why there are none. */
  async #sound(path: string): Promise<string> {
    this.#library ??= loadLibav();
    try {
      const found = await identifyFile({ path }, { library: await this.#library, beat: async () => {} });
      return found.notAudio ? 'not audio' : found.contentId;
    } catch (error) {
      return String((error as { code?: unknown }).code);
    }
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
