/**
 * Table `analysis_versions`: by which version each kind of analysis was done. There are a few dozen such states, however
 * many files; which of them are stale is found out here, and their files by an index.
 */
import type { Database } from 'better-sqlite3';
import { NEEDS, type AnalysisKind, type Need } from '../../../shared/analysis.ts';

/** A kind as this program does it. */
export interface KindVersion {
  kind: AnalysisKind;
  needs: Need;
  /** ≥ 1 */
  version: number;
}

/** Versions by kind, also of kinds that this program does not know. A kind that is missing has never been tried. */
interface Versions {
  done: Readonly<Record<string, number>>;
  /** Higher than what was done. */
  failed: Readonly<Record<string, number>>;
}

export interface StaleKinds {
  /** Older than this program's, or missing. */
  kinds: AnalysisKind[];
  /** No need that comes later has stale kinds as well. */
  last: boolean;
}

const NONE: Versions = { done: {}, failed: {} };

export type AnalysisVersions = ReturnType<typeof analysisVersions>;

export function analysisVersions(db: Database, analyses: readonly KindVersion[]) {
  const all = db.prepare<[], { id: number; versions: string }>('SELECT id, versions FROM analysis_versions');
  const ofFile = db
    .prepare<[number], string>(
      'SELECT versions FROM analysis_versions WHERE id = (SELECT versions_id FROM file WHERE id = ?)',
    )
    .pluck();
  const idOf = db.prepare<[string], number>('SELECT id FROM analysis_versions WHERE versions = ?').pluck();
  const add = db.prepare<[string]>('INSERT INTO analysis_versions (versions) VALUES (?)');
  const set = db.prepare<[number, number]>('UPDATE file SET versions_id = ? WHERE id = ?');

  const isDone = (versions: Versions, { kind, version }: KindVersion) => (versions.done[kind] ?? 0) >= version;
  const isTried = (versions: Versions, analysis: KindVersion) =>
    isDone(versions, analysis) || (versions.failed[analysis.kind] ?? 0) >= analysis.version;
  const staleKinds = (versions: Versions, need: Need): StaleKinds => {
    const stale = analyses.filter((analysis) => !isTried(versions, analysis));
    return {
      kinds: stale.filter(({ needs }) => needs === need).map(({ kind }) => kind),
      last: stale.every(({ needs }) => NEEDS.indexOf(needs) <= NEEDS.indexOf(need)),
    };
  };
  const states = () => all.all().map(({ id, versions }) => ({ id, versions: JSON.parse(versions) as Versions }));
  const versionsOf = (fileId: number) => {
    const versions = ofFile.get(fileId);
    return versions === undefined ? NONE : (JSON.parse(versions) as Versions);
  };
  const put = (fileId: number, versions: Versions) => {
    const text = canonical(versions);
    set.run(idOf.get(text) ?? Number(add.run(text).lastInsertRowid), fileId);
  };
  const versionsOfKinds = (kinds: readonly AnalysisKind[]) =>
    Object.fromEntries(analyses.filter(({ kind }) => kinds.includes(kind)).map(({ kind, version }) => [kind, version]));

  return {
    /** @returns states in which kinds with this need are stale */
    stale: (need: Need): (StaleKinds & { id: number })[] =>
      states()
        .map(({ id, versions }) => ({ id, ...staleKinds(versions, need) }))
        .filter(({ kinds }) => kinds.length > 0),
    /** @returns ids of states in which every kind was tried, and one of them failed */
    failedIds: (): number[] =>
      states().flatMap(({ id, versions }) => {
        const tried = analyses.every((analysis) => isTried(versions, analysis));
        return tried && !analyses.every((analysis) => isDone(versions, analysis)) ? [id] : [];
      }),
    staleKinds: (fileId: number, need: Need): StaleKinds => staleKinds(versionsOf(fileId), need),
    /** These kinds, and nothing else, have been done: what was known of an older sound counts no more. */
    replace: (fileId: number, kinds: readonly AnalysisKind[]): void =>
      put(fileId, { done: versionsOfKinds(kinds), failed: {} }),
    done(fileId: number, kinds: readonly AnalysisKind[]): void {
      const { done, failed } = versionsOf(fileId);
      put(fileId, { done: { ...done, ...versionsOfKinds(kinds) }, failed });
    },
    /** Versions by kind; a kind that is missing was never done. */
    doneOf: (fileId: number): Readonly<Record<string, number>> => versionsOf(fileId).done,
    /** Another machine has done them, by these versions and no others; what failed here stays noted. */
    setDone: (fileId: number, done: Readonly<Record<string, number>>): void =>
      put(fileId, { done, failed: versionsOf(fileId).failed }),
    failed(fileId: number, kinds: readonly AnalysisKind[]): void {
      const { done, failed } = versionsOf(fileId);
      put(fileId, { done, failed: { ...failed, ...versionsOfKinds(kinds) } });
    },
  };
}

/** One text for one state. */
function canonical({ done, failed }: Versions): string {
  const sorted = (versions: Readonly<Record<string, number>>, holds: (kind: string) => boolean) =>
    Object.fromEntries(
      Object.entries(versions)
        .filter(([kind]) => holds(kind))
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  const stillFailed = (kind: string) => failed[kind]! > (done[kind] ?? 0);
  return JSON.stringify({ done: sorted(done, () => true), failed: sorted(failed, stillFailed) });
}
