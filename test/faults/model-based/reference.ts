/** What a library must be after anything a user did: a few maps instead of an engine. */

/** A sound of the tests, told apart from the others by pitch and length. 0 ≤ sound < SOUNDS. */
export type Sound = number;
export const SOUNDS = 5;

/** Below the sounds folder; two names in more than one folder, one that is not ASCII. */
export const PATHS = ['a.wav', 'b.wav', 'sub/a.wav', 'sub/Tür zu.wav', 'deep/er/c.wav'] as const;
export type Path = (typeof PATHS)[number];

/** One file on the disk. */
export interface OnDisk {
  sound: Sound;
  /** What its own tags say. */
  title: string;
}

/** What the user said about a file: a tag and a collection that no other file got. */
export interface Statement {
  /** Name of both. */
  label: string;
  /** Where its file was after the last index run, and what it held. */
  path: Path;
  sound: Sound;
}

export class Reference {
  disk = new Map<Path, OnDisk>();
  /** The folder cannot be reached. */
  unplugged = false;
  /** Files as the last complete index run must have found them. */
  indexed = new Map<Path, OnDisk>();
  /** A run began since then that did not end. */
  interrupted = false;
  statements: Statement[] = [];
  /** Names of the actions so far: those that could be done. */
  readonly done: string[] = [];

  /** After a complete run over a folder that is there. */
  index(): void {
    this.indexed = new Map(this.disk);
    this.interrupted = false;
  }

  /** The catalogue knows this file as it is. */
  isIndexed(path: Path): boolean {
    const now = this.disk.get(path);
    return now !== undefined && this.indexed.get(path)?.sound === now.sound;
  }

  /** Paths that hold a sound now. */
  holding(sound: Sound, files: ReadonlyMap<Path, OnDisk> = this.disk): Path[] {
    return [...files].flatMap(([path, file]) => (file.sound === sound ? [path] : []));
  }

  /**
   * Where the file of a statement must be after a complete index run; null when more than one answer is right: there are
   * copies, a sound that was overwritten, a new one under an old name, or a run in between that did not end.
   */
  mustBeAt({ path, sound }: Statement): Path | null {
    const now = this.holding(sound);
    if (this.interrupted) return null;
    if (now.includes(path)) return path;
    if (!this.isKnownOrGone(path)) return null;
    if (now.length === 0) return this.disk.has(path) ? null : path; // offline, and kept
    const [to, ...copies] = now;
    if (copies.length > 0 || this.holding(sound, this.indexed).length !== 1) return null;
    const replaced = this.indexed.get(to!);
    return replaced === undefined || this.isExchanged(to!, replaced.sound) ? to! : null;
  }

  /** There is nothing at this path, or what another path had. */
  private isKnownOrGone(path: Path): boolean {
    const now = this.disk.get(path);
    return now === undefined || this.holding(now.sound, this.indexed).length > 0;
  }

  /** What this path had is at exactly one other path now, and had no copy. */
  private isExchanged(path: Path, sound: Sound): boolean {
    return this.holding(sound).length === 1 && this.holding(sound, this.indexed).length === 1 && path !== this.holding(sound)[0]; // prettier-ignore
  }
}
