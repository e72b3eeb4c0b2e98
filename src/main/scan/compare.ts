/**
 * What changed since the last walk. Names, sizes and times decide what is unchanged; what is new or changed is
 * left to be recognised by content (see recognise.ts), so that nothing here opens a file.
 */
import { stat } from 'node:fs/promises';
import type { Catalogue } from '../catalogue/open.ts';
import type { FileRow } from '../catalogue/stores/files.ts';
import { RETRYABLE_CODES } from './retry.ts';
import { isBelow, type ScanScope } from './roots.ts';
import { toAbsolute, walk, type WalkEntry } from './walk.ts';
import type { FileFailure } from '../../shared/types.ts';

/** Entries compared in one go: one transaction, and a pause for the engine's event loop in between. */
const BATCH = 500;

/** A file that is not in the catalogue, or whose size or time is not what the catalogue says. */
export interface UnknownFile {
  rootId: number;
  rootPath: string;
  relativePath: string;
  size: number;
  mtimeMs: number;
  ctimeNs: string;
  /** The row at this path, if there is one. */
  known: FileRow | null;
}

export interface Comparison {
  /** Rows in the scope that are audio (or pretend to be), met in this walk with nothing to do. */
  unchanged: number;
  /** Of these, offline before. */
  returned: number;
  /** Rows in the scope not met, now marked offline; without those that were offline before. */
  goneOffline: number[];
  /** Known not to be audio. */
  skipped: number;
  /** To be recognised by content before anything is decoded. */
  unknown: UnknownFile[];
  /** Folders that could not be listed, names that cannot be used, files that failed before and did not change. */
  failed: FileFailure[];
}

/**
 * Walks one scope and compares it with the catalogue. Writes only: new rows (pending), rows back online, rows gone
 * offline, failed rows worth another try (pending).
 * @param onProgress number of files met so far
 * @param again files that look unchanged are looked into as well, and those that failed are tried again
 * @throws signal.reason when cancelled; what was written until then is true
 */
export async function compareWithCatalogue(
  scope: ScanScope,
  catalogue: Catalogue,
  signal: AbortSignal,
  onProgress: (filesMet: number) => void,
  again = false,
): Promise<Comparison> {
  const comparison: Comparison = { unchanged: 0, returned: 0, goneOffline: [], skipped: 0, unknown: [], failed: [] };
  const met = new Set<number>();
  const closedFolders: string[] = [];
  let batch: FileEntry[] = [];
  let filesMet = 0;
  const flush = () => {
    catalogue.transaction(() => {
      for (const entry of batch) compareFile(entry, scope, catalogue, comparison, met, again);
    });
    filesMet += batch.length;
    batch = [];
    onProgress(filesMet);
  };
  if (!(await isThere(scope.root.path))) {
    catalogue.roots.setOnline(scope.root.id, false);
    comparison.goneOffline = markVanished(scope, catalogue, met, closedFolders);
    return comparison;
  }
  for await (const entry of walk(scope.root.path, scope.below, signal)) {
    if (entry.kind === 'file') {
      batch.push(entry);
      if (batch.length >= BATCH) flush();
    } else if (entry.kind === 'unusable-name') {
      comparison.failed.push(describeUnusableName(scope, entry.relativePath));
    } else if (entry.error.code !== 'ENOENT' && entry.error.code !== 'ENOTDIR') {
      closedFolders.push(entry.relativePath);
      comparison.failed.push(describeClosedFolder(scope, entry.relativePath, entry.error));
    }
  }
  flush();
  comparison.goneOffline = markVanished(scope, catalogue, met, closedFolders);
  // The drive may have gone while we walked: then nothing can be said of what lies on it but that.
  if (!(await isThere(scope.root.path))) catalogue.roots.setOnline(scope.root.id, false);
  else if (scope.below === '') catalogue.roots.setScanned(scope.root.id, Date.now());
  return comparison;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

type FileEntry = Extract<WalkEntry, { kind: 'file' }>;

function compareFile(
  entry: FileEntry,
  scope: ScanScope,
  catalogue: Catalogue,
  comparison: Comparison,
  met: Set<number>,
  again: boolean,
): void {
  const { relativePath, size, mtimeMs, ctimeNs } = entry;
  const row = catalogue.files.byPath(scope.root.id, relativePath);
  const unknown = { rootId: scope.root.id, rootPath: scope.root.path, relativePath, size, mtimeMs, ctimeNs };
  if (!row) {
    comparison.unknown.push({ ...unknown, known: null });
    return;
  }
  met.add(row.id);
  if (row.offline) {
    catalogue.files.setOnline([row.id]);
    comparison.returned++;
  }
  if (row.size !== size || row.mtimeMs !== mtimeMs) {
    comparison.unknown.push({ ...unknown, known: row });
  } else if (row.state === 'other') {
    comparison.skipped++;
  } else if (row.state === 'failed') {
    if (again || isWorthRetrying(row)) catalogue.files.setPending(row.id, { size, mtimeMs, ctimeNs });
    else
      comparison.failed.push({
        path: toAbsolute(scope.root.path, relativePath),
        code: row.reasonCode!,
        message: row.reason!,
      });
  } else if (row.state === 'ready' && (again || (row.ctimeNs !== null && row.ctimeNs !== ctimeNs))) {
    // Its rights, its name or its bytes: only its content shows which.
    comparison.unknown.push({ ...unknown, known: row });
  } else if (row.state === 'ready') {
    if (row.ctimeNs === null) catalogue.files.setChangeTime(row.id, ctimeNs);
    comparison.unchanged++;
  }
}

function isWorthRetrying(row: FileRow): boolean {
  const limit = row.reasonCode === null ? 0 : (RETRYABLE_CODES.get(row.reasonCode) ?? 0);
  return row.attempts < limit;
}

function markVanished(
  scope: ScanScope,
  catalogue: Catalogue,
  met: Set<number>,
  closedFolders: readonly string[],
): number[] {
  const gone: number[] = [];
  for (const { id, relativePath, offline } of catalogue.files.idsOfRoot(scope.root.id)) {
    if (offline || met.has(id) || !isBelow(relativePath, scope.below)) continue;
    if (closedFolders.some((folder) => isBelow(relativePath, folder))) continue;
    gone.push(id);
  }
  if (gone.length > 0) catalogue.files.setOffline(gone);
  return gone;
}

function describeClosedFolder(scope: ScanScope, relativePath: string, error: NodeJS.ErrnoException): FileFailure {
  const path = toAbsolute(scope.root.path, relativePath);
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  const message = denied
    ? `You don’t have permission to open the folder “${path}”. Change its permissions and scan again.`
    : `The folder “${path}” could not be read (${error.code ?? error.message}). Check its drive and scan again.`;
  return { path, code: 'unreadable-folder', message };
}

function describeUnusableName(scope: ScanScope, relativePath: string): FileFailure {
  const path = toAbsolute(scope.root.path, relativePath);
  return {
    path,
    code: 'unusable-name',
    message: `The name of “${path}” is not valid Unicode. Rename the file and scan again.`,
  };
}
