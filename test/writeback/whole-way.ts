/** A file taken the whole way: planned, written by each profile, looked at with FFmpeg, undone. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AudioLibrary } from '../../src/main/decode/audio-source.ts';
import { identifyFile } from '../../src/main/decode/decode-file.ts';
import { loadLibav } from '../../src/main/decode/libav-source.ts';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { tempPathFor } from '../../src/main/writeback/atomic-write.ts';
import type { WriteJournal } from '../../src/main/catalogue/stores/write-journal.ts';
import type { Marker } from '../../src/shared/calls/markers.ts';
import { planMarkers } from '../../src/main/writeback/plan-markers.ts';
import { planFile } from '../../src/main/writeback/plan-file.ts';
import type { PlannedFile, WantedField } from '../../src/main/writeback/protocol.ts';
import { undoFile, writeFile } from '../../src/main/writeback/write-file.ts';
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

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
  readonly #folder = temporaryFolder('whole-way');
  readonly #catalogue: Catalogue = openCatalogue(join(this.#folder, 'data'));
  readonly #journal: WriteJournal = this.#catalogue.writeJournal;
  /** Loaded when first needed: whoever makes files with FFmpeg before that has it say more than is wanted here. */
  #library: Promise<AudioLibrary> | null = null;
  #files = 0;

  remove(): void {
    this.#catalogue.close();
  }

  path(ending: string): string {
    return join(this.#folder, `${this.#files++}${ending}`);
  }

  /**
   * Whatever the bytes are: each write leaves the sound as FFmpeg finds it, a second plan finds nothing to do, and
   * undoing gives every byte back. A write that a plan promised has to succeed.
   * @param ending of the name, `.wav`
   * @param options.first the profile that comes first: effects (0), music (1), or one of one's own (2)
   * @param options.markers these are written first, before the tags
   * @param options.inspect looks at the file after the last write
   */
  async take(
    bytes: Uint8Array,
    ending: string,
    { first = 0, markers, inspect }: { first?: 0 | 1 | 2; markers?: Marker[]; inspect?: (path: string) => void } = {},
  ): Promise<Outcome> {
    const path = this.path(ending);
    writeFileSync(path, bytes);
    const sound = await this.#sound(path);
    const rows: number[] = [];
    let refused = '';
    const steps = [...PROFILES.slice(first), ...PROFILES.slice(0, first)];
    const plans = steps.map((fields) => () => this.#plan(path, fields));
    if (markers !== undefined) plans.unshift(() => this.#planMarkers(path, markers));
    for (const [n, plan] of plans.entries()) {
      const planned = await plan();
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
      expect((await plan()).plan, `plan after write ${n}`).toMatchObject({
        state: 'same',
        reason: '',
      });
    }
    if (rows.length > 0) inspect?.(path);
    for (const row of [...rows].reverse()) await this.#undo(path, row);
    expect(sha256(readFileSync(path)), 'bytes after undo').toBe(sha256(bytes));
    rmSync(path);
    if (refused !== '') expect(refused).toMatch(/^[A-Z].*\.$/);
    expect(refused).not.toMatch(/bug in Earmark|Internal error/);
    return { written: rows.length, refused };
  }

  #plan(path: string, fields: WantedField[]): Promise<PlannedFile> {
    const { size, mtimeMs } = statSync(path);
    const labels: [string, number][] = [['sfx/air-jet', 0.9]];
    const by = { model: 'tiny', date: '2026-01-01', profile: 'sfx', labels, measured: [] };
    return planFile({ fileId: 1, path, size, mtimeMs, fields, by });
  }

  #planMarkers(path: string, markers: Marker[]): Promise<PlannedFile> {
    const { size, mtimeMs } = statSync(path);
    return planMarkers({ fileId: 1, path, size, mtimeMs, markers });
  }

  async #write(path: string, { plan: { changes }, snapshot, ...doing }: PlannedFile) {
    const file = { fileId: 1, path, changes, ...doing, snapshot: snapshot! };
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
