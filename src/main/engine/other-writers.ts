/**
 * What other processes change in the catalogue (a command line beside the window, another window's server), reported as the
 * events of this engine's own changes. Looked for now and then; a look that finds nothing costs microseconds.
 */
import { systemTimers, type Timers } from '../async/timers.ts';
import { withDatabaseErrors } from '../catalogue/database-errors.ts';
import { cataloguePath } from '../catalogue/connection.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { ChangeKind, ChangePoint } from '../catalogue/stores/changes.ts';
import { toWire } from '../../shared/errors.ts';

const EVERY_MS = 1000;
/** Changes reported in one look; the rest is reported in the next. */
const AT_ONCE = 5000;
/** No version that the catalogue can have: the next look finds it changed. */
const NEVER = -1;

export interface OtherWriterListeners {
  files: (fileIds: number[]) => void;
  /** Stars, favourites and collections of these files; of none: only the lists of collections or searches changed. */
  marks: (fileIds: number[]) => void;
  roots: (rootIds: number[]) => void;
  /** Names, decisions and what was learned of these tags; of none: only suggestions changed. `decided`: decisions did. */
  tags: (tagIds: number[], decided: boolean) => void;
  settings: () => void;
  run: (runId: number) => void;
}

export interface OtherWritersDeps {
  dataFolder: string;
  /** Asked at each look; null while none is open. */
  catalogue: () => Pick<Catalogue, 'changes'> | null;
  /** What cannot be looked at is said, each sentence once. */
  notice: (message: string) => void;
  /** @default the system's */
  timers?: Timers;
}

/** What this engine changes itself may be reported again when others change something at the same time. */
export class OtherWriters {
  readonly #deps: OtherWritersDeps;
  readonly #timers: Timers;
  readonly #listeners: OtherWriterListeners;
  /** What was reported, or was known before; null: as it was when the catalogue was opened. */
  #seen: ChangePoint | null;
  readonly #said = new Set<string>();
  #cancel: () => void = () => {};

  /** @param begin 'opened': with what changes after the catalogue was opened; 'all': with everything there is */
  constructor(deps: OtherWritersDeps, listeners: OtherWriterListeners, begin: 'opened' | 'all' = 'opened') {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
    this.#listeners = listeners;
    this.#seen = begin === 'all' ? { revision: 0, othersVersion: NEVER } : null;
  }

  /** Looks every second from now on, until {@link close}. */
  start(): void {
    this.#cancel = this.#timers.after(EVERY_MS, () => {
      try {
        withDatabaseErrors(cataloguePath(this.#deps.dataFolder), () => this.#look());
      } catch (error) {
        this.#say(toWire(error).userMessage);
      }
      this.start();
    });
  }

  close(): void {
    this.#cancel();
  }

  #look(): void {
    const changes = this.#deps.catalogue()?.changes;
    if (!changes) return;
    const seen = this.#seen ?? changes.opened;
    const othersVersion = changes.othersVersion();
    if (othersVersion === seen.othersVersion) return;
    const { revision, ids } = changes.since(seen.revision, AT_ONCE);
    const isAll = revision === changes.revision();
    this.#seen = { revision, othersVersion: isAll ? othersVersion : NEVER };
    this.#tell(ids);
  }

  #say(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#deps.notice(message);
  }

  #tell(ids: ReadonlyMap<ChangeKind, number[]>): void {
    const of = (kind: ChangeKind) => ids.get(kind) ?? [];
    const { files, marks, roots, tags, settings, run } = this.#listeners;
    if (ids.has('root')) roots(of('root'));
    if (ids.has('file')) files(of('file'));
    if (ids.has('mark') || ids.has('collection') || ids.has('search')) marks(of('mark'));
    if (ids.has('tag') || ids.has('decision') || ids.has('suggestion')) tags(of('tag'), ids.has('decision'));
    if (ids.has('setting')) settings();
    for (const runId of of('run')) run(runId);
  }
}
