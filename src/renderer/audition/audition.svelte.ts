/** How the file in the player is to sound: at which level, speed and pitch, in which direction, which of its channels. */
import type { FileRow } from '../../shared/calls/files.ts';
import type { FileCache } from '../stores/file-cache.svelte.ts';
import type { PartLevelsStore } from '../stores/part-levels.svelte.ts';
import type { SettingsStore } from '../stores/settings.svelte.ts';
import { fitsInMemory } from './decoding.ts';
import { levelsOf, matchedGain, type Levels, type MatchedGain } from './levels.ts';
import { keyMatch, nextSpeed, semitonesInRange, speedInRange, tempoMatch, type KeyMatch, type TempoMatch } from './rates.ts'; // prettier-ignore
import type { Shape, Span } from './sound.ts';

/** Of nearly every output; an output with another one takes as much more memory. */
const USUAL_RATE = 48_000;

export class Audition {
  readonly #settings: SettingsStore;
  readonly #files: FileCache;
  readonly #parts: PartLevelsStore;
  #part = $state.raw<Span | null>(null);
  #fileId = $state<number | null>(null);
  #speed = $state(1);
  #semitones = $state(0);
  #reversed = $state(false);
  #channel = $state<number | null>(null);
  #locked = $state(false);
  /** Files that the browser cannot decode as a whole. */
  #streamed = $state.raw<ReadonlySet<number>>(new Set());

  constructor(settings: SettingsStore, files: FileCache, parts: PartLevelsStore) {
    this.#settings = settings;
    this.#files = files;
    this.#parts = parts;
  }

  /** Share of the file's own speed, 0.25..4, as the user has set it. */
  get speed(): number {
    return this.#speed;
  }
  /** −24..24, as the user has set it */
  get semitones(): number {
    return this.#semitones;
  }
  get reversed(): boolean {
    return this.#reversed;
  }
  get channel(): number | null {
    return this.#channel;
  }
  /** Whether speed, pitch, direction and channel stay for other files. */
  get locked(): boolean {
    return this.#locked;
  }
  /** Whether anything of it is not as the file has it. */
  get isSet(): boolean {
    return this.#speed !== 1 || this.#semitones !== 0 || this.#reversed || this.#channel !== null;
  }

  get #row(): FileRow | null {
    return this.#fileId === null ? null : this.#files.row(this.#fileId);
  }
  /** The file, where it is short enough to be decoded as a whole. */
  get decodable(): FileRow | null {
    const row = this.#row;
    return row !== null && !this.#streamed.has(row.fileId) && fitsInMemory(row, USUAL_RATE) ? row : null;
  }
  /** That can be played alone; 0 where there is nothing to choose, or the file is folded to two for playing. */
  get channels(): number {
    return this.#row?.channels === 2 ? 2 : 0;
  }

  /** What levels are matched by: of the part that plays, where they are known, else of the file. */
  get levels(): Levels | null {
    const row = this.#row;
    return row && levelsOf(row, this.#part && this.#parts.of(row, this.#part));
  }
  /** Whether the levels are those of a part. */
  get isPart(): boolean {
    return this.levels !== null && this.levels !== this.#row;
  }
  /** null: off, or not known how loud it is. */
  get gain(): MatchedGain | null {
    const { levelMatch, levelTarget } = this.#settings.now;
    return levelMatch && this.levels !== null ? matchedGain(this.levels, levelTarget) : null;
  }
  /** null: off, or the file or the project has no tempo. */
  get tempo(): TempoMatch | null {
    const { projectMatch, projectBpm } = this.#settings.now;
    return projectMatch ? tempoMatch(this.#row?.bpm ?? null, projectBpm) : null;
  }
  get key(): KeyMatch | null {
    const { projectMatch, projectKey } = this.#settings.now;
    return projectMatch ? keyMatch(this.#row?.key ?? null, projectKey) : null;
  }

  /** All of it together, as far as the file can be played so. */
  get shape(): Shape {
    const canBeDecoded = this.decodable !== null;
    return {
      gainDb: this.gain?.gainDb ?? 0,
      speed: speedInRange(this.#speed * (this.tempo?.speed ?? 1)),
      semitones: semitonesInRange(this.#semitones + (this.key?.semitones ?? 0)),
      reversed: this.#reversed && canBeDecoded,
      channel: this.#channel !== null && canBeDecoded && this.#channel < this.channels ? this.#channel : null,
    };
  }

  /** Another file is in the player. */
  begin(fileId: number): void {
    this.#fileId = fileId;
    this.#part = null;
    if (!this.#locked) this.reset();
  }

  /** What plays: a match or a selection, whose own loudness counts; null: the file. */
  playPart(part: Span | null): void {
    this.#part = part;
  }

  /** A part that may be played next: its levels are there then. */
  prepare(fileId: number, part: Span): void {
    const row = this.#settings.now.levelMatch ? this.#files.row(fileId) : null;
    if (row !== null) this.#parts.of(row, part);
  }

  /** It turned out that a file cannot be decoded as a whole. */
  onlyStreams(fileId: number): void {
    this.#streamed = new Set([...this.#streamed, fileId]);
  }

  setSpeed(speed: number): void {
    this.#speed = speedInRange(speed);
  }
  stepSpeed(direction: -1 | 1): void {
    this.#speed = nextSpeed(this.#speed, direction);
  }
  setSemitones(semitones: number): void {
    this.#semitones = semitonesInRange(semitones);
  }
  reverse(): void {
    this.#reversed = !this.#reversed;
  }
  solo(channel: number | null): void {
    this.#channel = channel;
  }
  /** All, the first, the second, … */
  soloNext(): void {
    const next = this.#channel === null ? 0 : this.#channel + 1;
    this.#channel = next < this.channels ? next : null;
  }
  setLocked(locked: boolean): void {
    this.#locked = locked;
  }
  reset(): void {
    this.#speed = 1;
    this.#semitones = 0;
    this.#reversed = false;
    this.#channel = null;
  }

  /** The project takes over what the file has. */
  takeForProject(): void {
    const row = this.#row;
    if (row === null) return;
    const has = (value: number | null) => value !== null && value >= 0;
    this.#settings.set({
      projectMatch: true,
      ...(has(row.bpm) && { projectBpm: row.bpm }),
      ...(has(row.key) && { projectKey: row.key }),
    });
  }
}
