/** Columns of table `file` that analyses fill, and the files whose facts are stale. */
import type { Database } from 'better-sqlite3';
import {
  ANALYSES,
  columnsOf,
  KINDS,
  NEEDS,
  type AnalysisKind,
  type Need,
  type SampleFacts,
} from '../../../shared/analysis.ts';
import { analysisVersions, type KindVersion, type StaleKinds } from './analysis-versions.ts';

/** A file whose facts are older than this program's analyses, or missing. */
export interface StaleFile extends StaleKinds {
  fileId: number;
  rootId: number;
  relativePath: string;
  /** Bytes. */
  size: number;
  contentId: string;
}

export interface StaleCount {
  /** Files whose analysis is out of date. */
  pending: number;
  /** The kinds of analysis to be repeated for them. */
  kinds: AnalysisKind[];
  /** Files that keep what is known of them, since a newer analysis failed. */
  failed: number;
}

export type AnalysisStore = ReturnType<typeof analysisStore>;

/** Files read at a time: a reader holds no statement open, so that others may write in between. */
const PAGE = 500;

/** Files with the same versions in the same root, after the last one that was read. */
interface Group {
  versionsId: number;
  rootId: number;
  seconds: number;
  fileId: number;
}
type Row = Omit<StaleFile, keyof StaleKinds> & { durationSeconds: number };

/** @returns −Infinity and other figures that are none as null */
export function storable(facts: object): Record<string, unknown> {
  const stored = (value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? null : value);
  return Object.fromEntries(Object.entries(facts).map(([field, value]) => [field, stored(value)]));
}

/** @param analyses the versions of this program */
export function analysisStore(db: Database, analyses: readonly KindVersion[] = ANALYSES) {
  const versions = analysisVersions(db, analyses);
  const COLUMNS =
    'id AS fileId, root_id AS rootId, relative_path AS relativePath, size, content_id AS contentId, duration_s AS durationSeconds';
  const page = db.prepare<Group, Row>(
    `SELECT ${COLUMNS} FROM file
      WHERE versions_id = :versionsId AND root_id = :rootId AND offline = 0 AND state = 'ready'
        AND (duration_s, id) > (:seconds, :fileId) ORDER BY duration_s, id LIMIT ${PAGE}`,
  );
  const byId = db.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM file WHERE id = ? AND state = 'ready' AND offline = 0 AND content_id IS NOT NULL`,
  );
  const count = db
    .prepare<[number], number>(
      `SELECT count(*) FROM root CROSS JOIN file ON file.root_id = root.id
        WHERE versions_id = ? AND state = 'ready' AND removed_ms IS NULL`,
    )
    .pluck();

  function* filesOf(group: Group): Generator<Row, void, undefined> {
    for (let rows = page.all(group); rows.length > 0; rows = page.all(group)) {
      yield* rows;
      const { durationSeconds, fileId } = rows.at(-1)!;
      group = { ...group, seconds: durationSeconds, fileId };
    }
  }

  return {
    /**
     * Short files before long ones, those out of reach left out. Asks for no file where nothing is stale. Writing is
     * allowed meanwhile: what was done by then may still come, so look it up.
     * @param rootIds of these roots
     */
    *staleFiles(need: Need, rootIds: readonly number[]): Generator<StaleFile, void, undefined> {
      const groups = versions
        .stale(need)
        .flatMap(({ id: versionsId, ...stale }) =>
          rootIds.map((rootId) => ({ stale, rows: filesOf({ versionsId, rootId, seconds: -1, fileId: 0 }) })),
        );
      const heads = groups.flatMap(({ stale, rows }) => {
        const row = rows.next().value;
        return row ? [{ stale, rows, row }] : [];
      });
      while (heads.length > 0) {
        const shortest = heads.reduce((a, b) => (b.row.durationSeconds < a.row.durationSeconds ? b : a));
        yield { ...shortest.row, ...shortest.stale };
        const row = shortest.rows.next().value;
        if (row) shortest.row = row;
        else heads.splice(heads.indexOf(shortest), 1);
      }
    },
    /** @returns null when it is not there, or there is nothing to do again */
    staleFile(fileId: number, need: Need): StaleFile | null {
      const file = byId.get(fileId);
      if (!file) return null;
      const stale = versions.staleKinds(fileId, need);
      return stale.kinds.length === 0 ? null : { ...file, ...stale };
    },
    count(): StaleCount {
      const files = new Map<number, number>();
      const kinds = new Set<AnalysisKind>();
      for (const state of NEEDS.flatMap((need) => versions.stale(need))) {
        files.set(state.id, files.get(state.id) ?? count.get(state.id)!);
        if (files.get(state.id)! > 0) for (const kind of state.kinds) kinds.add(kind);
      }
      return {
        pending: [...files.values()].reduce((sum, number) => sum + number, 0),
        kinds: KINDS.filter((kind) => kinds.has(kind)),
        failed: versions.failedIds().reduce((sum, id) => sum + count.get(id)!, 0),
      };
    },
    /** A sound was analysed: all kinds are as this program finds them; in one transaction with their facts. */
    markAll: (fileId: number): void =>
      versions.replace(
        fileId,
        analyses.map(({ kind }) => kind),
      ),
    /** These kinds are. */
    markDone: (fileId: number, kinds: readonly AnalysisKind[]): void => versions.done(fileId, kinds),
    /** These kinds could not be done; what was known stays, and this version does not try again. */
    markFailed: db.transaction((fileId: number, kinds: readonly AnalysisKind[]): void =>
      versions.failed(fileId, kinds),
    ),
    /**
     * Facts found again in the samples of a file.
     * @param contentId of the sound that was analysed
     * @returns false, and nothing is written, when the catalogue knows the file with another sound by now
     */
    storeFacts: db.transaction(
      (fileId: number, contentId: string, kinds: readonly AnalysisKind[], facts: Partial<SampleFacts>): boolean => {
        if (byId.get(fileId)?.contentId !== contentId) return false;
        const columns = columnsOf(kinds);
        if (columns.length > 0) {
          const sets = columns.map(({ column, field }) => `${column} = :${field}`).join(', ');
          db.prepare(`UPDATE file SET ${sets} WHERE id = :fileId`).run({ ...storable(facts), fileId });
        }
        versions.done(fileId, kinds);
        return true;
      },
    ),
  };
}
