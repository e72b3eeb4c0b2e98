/**
 * Tells the studio which files lie in its shares and what was found out about their sounds. What it knows already is not
 * sent; where it knows better, that is taken over.
 */
import { createHash } from 'node:crypto';
import type { Kinds, SharedSound, SharedWindows } from '../../catalogue/stores/studio/shared-sounds.ts';
import type { SpacePair, SyncSession } from './session.ts';
import { json, sendPlaces, type PlacedFile } from './send-places.ts';
import { SOUND_COLUMNS, sound as soundShape, valid, windows as windowsShape } from './wire.ts';

/** Embeddings sent in one statement, bytes. */
const MOST_BYTES = 4 * 1024 * 1024;

export async function sendFiles(session: SyncSession, files: readonly PlacedFile[]): Promise<void> {
  const news = files.filter(({ fileId }) => !session.takenOver.has(fileId));
  const sounds = [...new Map(news.map(({ sound, fileId }) => [sound.contentId, { sound, fileId }])).values()];
  const ids = sounds.map(({ sound }) => sound.contentId);
  await takeNewerFigures(
    session,
    ids,
    await sendSounds(
      session,
      sounds.map(({ sound }) => sound),
    ),
  );
  for (const space of session.spaces) await exchangeAnalyses(session, sounds, space);
  await sendPlaces(session, news);
}

/** @returns what the studio knows of these sounds now: versions by kind */
async function sendSounds(
  { connection, toServerMs }: SyncSession,
  sounds: readonly SharedSound[],
): Promise<Map<string, Record<string, number>>> {
  if (sounds.length === 0) return new Map();
  const known = new Map(
    (
      await connection.rows<{ contentId: string; versions: Record<string, number> }>(
        `SELECT content_id AS "contentId",
                (SELECT coalesce(jsonb_object_agg(key, value -> 'v'), '{}') FROM jsonb_each(kinds)) AS versions
           FROM earmark.sound WHERE content_id = ANY ($1)`,
        [sounds.map(({ contentId }) => contentId)],
      )
    ).map(({ contentId, versions }) => [contentId, versions]),
  );
  const news = sounds.filter(({ contentId, kinds }) => {
    const versions = known.get(contentId);
    return !versions || Object.entries(kinds).some(([kind, { v }]) => v > (versions[kind] ?? 0));
  });
  const now = toServerMs(Date.now());
  await connection.rows(
    `INSERT INTO earmark.sound (content_id, format, codec, duration_s, sample_rate, channels, bit_depth, warnings, kinds, at_ms)
       SELECT "contentId", format, codec, "durationSeconds", "sampleRate", channels, "bitDepth", warnings, kinds, $2
         FROM jsonb_to_recordset($1) AS given ("contentId" text, format text, codec text, "durationSeconds" float8,
              "sampleRate" integer, channels integer, "bitDepth" integer, warnings jsonb, kinds jsonb)
        ORDER BY "contentId"
     ON CONFLICT (content_id) DO UPDATE SET kinds = earmark.newer_kinds(sound.kinds, excluded.kinds), at_ms = excluded.at_ms`,
    [json(news), now],
  );
  return known;
}

/** Where a newer Earmark has analysed a sound again. */
async function takeNewerFigures(
  { connection, catalogue, changed }: SyncSession,
  ids: readonly string[],
  known: ReadonlyMap<string, Record<string, number>>,
): Promise<void> {
  if (known.size === 0) return;
  const rows = await connection.rows<{ contentId: string; kinds: Kinds }>(
    `SELECT ${SOUND_COLUMNS} FROM earmark.sound WHERE content_id = ANY ($1)`,
    [ids.filter((id) => known.has(id))],
  );
  for (const row of rows) {
    const there = valid(soundShape, row);
    if (there)
      for (const fileId of catalogue.studio.sounds.updateFigures(there.contentId, there.kinds))
        changed.files.add(fileId);
  }
}

async function exchangeAnalyses(
  session: SyncSession,
  sounds: readonly { sound: SharedSound; fileId: number }[],
  space: SpacePair,
): Promise<void> {
  const { connection, catalogue } = session;
  const known = new Map(
    (
      await connection.rows<{ contentId: string; digest: string }>(
        `SELECT content_id AS "contentId", encode(digest, 'hex') AS digest FROM earmark.analysis
          WHERE space_id = $1 AND content_id = ANY ($2)`,
        [space.remote, sounds.map(({ sound }) => sound.contentId)],
      )
    ).map(({ contentId, digest }) => [contentId, digest]),
  );
  const others: string[] = [];
  let batch: { contentId: string; made: SharedWindows }[] = [];
  let bytes = 0;
  const send = async () => {
    others.push(...(await sendAnalyses(session, space, batch)));
    [batch, bytes] = [[], 0];
  };
  for (const { sound, fileId } of sounds) {
    const made = catalogue.studio.sounds.windows(fileId, space.local);
    if (!made) continue;
    const digest = known.get(sound.contentId);
    if (digest === undefined) {
      batch.push({ contentId: sound.contentId, made });
      bytes += made.embeddings.length;
      if (bytes > MOST_BYTES) await send();
    } else if (digest !== createHash('sha256').update(made.embeddings).digest('hex')) others.push(sound.contentId);
  }
  await send();
  await takeAnalyses(session, space, others);
}

/** @returns those that somebody else has sent meanwhile */
async function sendAnalyses(
  { connection, summary }: SyncSession,
  space: SpacePair,
  analyses: readonly { contentId: string; made: SharedWindows }[],
): Promise<string[]> {
  if (analyses.length === 0) return [];
  const given = analyses.map(({ contentId, made: { places, embeddings } }) => ({ contentId, places, embeddings: embeddings.toString('base64') })); // prettier-ignore
  const sent = await connection.rows<{ contentId: string }>(
    `INSERT INTO earmark.analysis (content_id, space_id, places, embeddings, at_ms)
       SELECT "contentId", $2, places, decode(embeddings, 'base64'), 0
         FROM jsonb_to_recordset($1) AS given ("contentId" text, places jsonb, embeddings text) ORDER BY "contentId"
     ON CONFLICT DO NOTHING RETURNING content_id AS "contentId"`,
    [json(given), space.remote],
  );
  summary.analysesSent += sent.length;
  const ours = new Set(sent.map(({ contentId }) => contentId));
  return analyses.map(({ contentId }) => contentId).filter((contentId) => !ours.has(contentId));
}

/** Two machines have analysed the same sound, and another one was first: what it found holds for all. */
async function takeAnalyses(
  { connection, catalogue, changed }: SyncSession,
  space: SpacePair,
  ids: readonly string[],
): Promise<void> {
  for (const contentId of ids) {
    const [row] = await connection.rows(
      'SELECT places, embeddings FROM earmark.analysis WHERE content_id = $1 AND space_id = $2',
      [contentId, space.remote],
    );
    const made = valid(windowsShape, row);
    if (!made) continue;
    try {
      const fileIds = catalogue.studio.sounds.replaceWindows(contentId, space.local, made);
      for (const fileId of fileIds) changed.files.add(fileId);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // no embeddings of this space: what was found here stays
    }
  }
}
