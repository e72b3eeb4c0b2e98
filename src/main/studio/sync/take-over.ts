/**
 * What the studio knows of files that wait here is taken over instead of analysed. A path of the server is never opened: the
 * files are those that a walk found here, and the studio is asked about them.
 */
import { mapUnordered } from '../../async/map-unordered.ts';
import type { PendingRow } from '../../catalogue/stores/files.ts';
import type { SharedSound, SharedTags, SharedWindows } from '../../catalogue/stores/studio/shared-sounds.ts';
import type { DecoderPool } from '../../decode/decoder-pool.ts';
import { ChildExitedError } from '../../process/child.ts';
import { toAbsolute } from '../../scan/walk.ts';
import { ANALYSES } from '../../../shared/analysis.ts';
import { isFileError } from '../../../shared/errors.ts';
import { placeInShare, type MountedShare } from '../shares.ts';
import type { SpacePair, SyncSession } from './session.ts';
import { sound as soundShape, SOUND_COLUMNS, tags as tagsShape, valid, windows as windowsShape } from './wire.ts';

/** Files asked about at a time: with their embeddings a few megabytes. */
const BATCH = 200;
/** A file is the same as on another machine when its time differs by no more: drives keep it more or less exactly. */
const SAME_TIME_MS = 2000;
const TAGS_VERSION = ANALYSES.find(({ kind }) => kind === 'tags')!.version;

/** What the studio knows of one sound in one space. */
interface Known {
  sound: SharedSound;
  made: SharedWindows;
}

interface WaitingFile extends PendingRow {
  share: MountedShare;
  /** Below the share. */
  path: string;
}

/**
 * @param spaceId of the model in use
 * @param pool identifies what lies elsewhere than the studio knows it
 */
export async function takeOver(session: SyncSession, spaceId: number, pool: () => DecoderPool): Promise<void> {
  const { catalogue, context, shares, spaces } = session;
  const space = spaces.find(({ local }) => local === spaceId);
  const roots = [...new Set(shares.map(({ root }) => root.id))];
  let batch: WaitingFile[] = [];
  let asked = 0;
  const ask = async () => {
    const rest = space ? await takeOverByPath(session, batch, space) : batch;
    const left = space ? await takeOverByContent(session, rest, space, pool) : rest;
    session.summary.pending += left.length;
    context.report({ stage: 'receiving', done: (asked += batch.length), total: null });
    batch = [];
  };
  for (const row of catalogue.files.pending(roots, spaceId)) {
    const place = placeInShare(row, shares);
    if (!place) continue;
    await context.whileNotPaused();
    batch.push({ ...row, ...place });
    if (batch.length === BATCH) await ask();
  }
  await ask();
}

/** Same share, path, size and time: the file that another member has analysed. @returns those that are not */
async function takeOverByPath(
  session: SyncSession,
  files: readonly WaitingFile[],
  space: SpacePair,
): Promise<WaitingFile[]> {
  const rows = await session.connection.rows<{ at: number; gone: boolean; tags: unknown }>(
    `SELECT given.at, gone, tags, places, embeddings, ${SOUND_COLUMNS}
       FROM jsonb_to_recordset($1) AS given (at integer, "shareId" integer, path text, size bigint, "mtimeMs" float8)
            JOIN earmark.file ON file.share_id = given."shareId" AND file.path = given.path AND file.size = given.size
                             AND abs(file.mtime_ms - given."mtimeMs") <= $3
            JOIN earmark.sound USING (content_id) JOIN earmark.analysis ON analysis.content_id = sound.content_id AND space_id = $2`,
    [
      JSON.stringify(
        files.map(({ share, path, size, mtimeMs }, at) => ({ at, shareId: share.id, path, size, mtimeMs })),
      ),
      space.remote,
      SAME_TIME_MS,
    ],
  );
  const done = new Set<WaitingFile>();
  // One for all: a commit for each file would take longer than what it commits.
  session.catalogue.transaction(() => {
    for (const row of rows) {
      const [known, tags] = [knownOf(row), valid(tagsShape, row.tags)];
      const file = files[row.at];
      if (!known || !tags || !file || !take(session, file, space, known, tags)) continue;
      if (!row.gone) session.takenOver.add(file.id);
      done.add(file);
    }
  });
  return files.filter((file) => !done.has(file));
}

/** A file that lies elsewhere, or has another time, is read once and not decoded. @returns those that nobody has analysed */
async function takeOverByContent(
  session: SyncSession,
  files: readonly WaitingFile[],
  space: SpacePair,
  pool: () => DecoderPool,
): Promise<WaitingFile[]> {
  const { connection, context } = session;
  const sizes = await connection.rows<{ size: string }>(
    'SELECT DISTINCT size FROM earmark.file WHERE size = ANY ($1::bigint[]) AND content_id IS NOT NULL',
    [files.map(({ size }) => size)],
  );
  const known = new Set(sizes.map(({ size }) => Number(size)));
  const alike = files.filter(({ size }) => known.has(size));
  const done = new Set<WaitingFile>();
  if (alike.length > 0) {
    const look = (file: WaitingFile, stop: AbortSignal) => lookInto(file, pool(), stop);
    for await (const { file, found } of mapUnordered(alike, pool().size + 1, look, context.signal)) {
      if (!found) continue;
      if (await takeContent(session, file, space, found)) done.add(file);
    }
  }
  return files.filter((file) => !done.has(file));
}

/** @returns whether the studio has the analysis of this content, which the file has now */
export async function takeContent(
  session: SyncSession,
  file: Pick<WaitingFile, 'id'>,
  space: SpacePair,
  found: { contentId: string; tags: SharedTags },
): Promise<boolean> {
  const [row] = await session.connection.rows(
    `SELECT places, embeddings, ${SOUND_COLUMNS} FROM earmark.sound JOIN earmark.analysis USING (content_id)
      WHERE content_id = $1 AND space_id = $2`,
    [found.contentId, space.remote],
  );
  const there = knownOf(row);
  return there !== null && take(session, file, space, there, found.tags);
}

/** @returns null when the file cannot be read: its analysis will say why */
export async function lookInto<F extends Pick<WaitingFile, 'share' | 'relativePath'>>(
  file: F,
  pool: DecoderPool,
  signal: AbortSignal,
): Promise<{ file: F; found: { contentId: string; tags: SharedTags } | null }> {
  const path = toAbsolute(file.share.root.path, file.relativePath);
  try {
    const { contentId } = await pool.identify({ path }, signal);
    if (contentId === null) return { file, found: null };
    const read = await pool.tags({ path }, signal);
    const fields = read.map(({ nativeId, field, value }): [string, string, string] => [nativeId, field, value]);
    return { file, found: { contentId, tags: { v: TAGS_VERSION, fields } } };
  } catch (error) {
    signal.throwIfAborted();
    if (isFileError(error) || error instanceof ChildExitedError) return { file, found: null };
    throw error;
  }
}

function take(
  { catalogue, summary, changed }: SyncSession,
  file: Pick<WaitingFile, 'id'>,
  space: SpacePair,
  { sound, made }: Known,
  tags: SharedTags,
): boolean {
  try {
    catalogue.studio.sounds.takeOver(file.id, space.local, sound, made, tags);
  } catch (error) {
    if (error instanceof RangeError) return false; // no embeddings of this space: the file is analysed here
    throw error;
  }
  summary.takenOver++;
  changed.files.add(file.id);
  return true;
}

function knownOf(row: unknown): Known | null {
  const [sound, made] = [valid(soundShape, row), valid(windowsShape, row)];
  return sound && made && { sound, made };
}
