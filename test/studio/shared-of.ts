/** What is shared of a library, read past the stores: two members who know the same have the same. */
import type { Database } from '../kit/catalogue.ts';

/**
 * Every row that is shared, in one form for all machines: numbers of rows, paths of mounts and times of analysing left out,
 * embeddings bit by bit.
 */
export function sharedOf(db: Database): Record<string, unknown[]> {
  const rows = (sql: string) => db.prepare(sql).all();
  return {
    files:
      rows(`SELECT relative_path, size, state, content_id, format, codec, duration_s, sample_rate, channels, bit_depth,
        peak_db, loudness_lufs, clipped_samples, hex(waveform) AS waveform, warnings, versions
      FROM file LEFT JOIN analysis_versions ON analysis_versions.id = versions_id ORDER BY relative_path`),
    tags: rows(
      `SELECT relative_path, native_id, field, value FROM file_tag JOIN file ON file.id = file_id ORDER BY 1, 2, 4`,
    ),
    windows: rows(`SELECT relative_path, start_s, seconds, hex(embedding) AS embedding FROM window
      JOIN file ON file.id = file_id ORDER BY 1, 2`),
    decisions:
      rows(`SELECT relative_path, vocabulary_id, label_id, accepted, bulk, probability, decided_ms FROM decision
      JOIN file ON file.id = file_id JOIN tag ON tag.id = tag_id ORDER BY 1, 2, 3`),
    stars: rows('SELECT relative_path, stars FROM rating JOIN file ON file.id = file_id WHERE stars > 0 ORDER BY 1'),
    collections: rows(`SELECT studio_collection.id, collection.name, removed_ms IS NOT NULL AS removed
      FROM collection JOIN studio_collection ON collection_id = collection.id ORDER BY 1`), // an empty one is nobody else’s
    items: rows(`SELECT name, relative_path FROM collection_file JOIN collection ON collection.id = collection_id
      JOIN file ON file.id = file_id WHERE removed_ms IS NULL ORDER BY 1, 2`),
    said: rows(`SELECT content_id, kind, value, author, at_ms,
        CASE kind WHEN 'decision' THEN (SELECT label_id FROM tag WHERE id = about)
                  WHEN 'item' THEN (SELECT id FROM studio_collection WHERE collection_id = about) END AS about
      FROM studio_word WHERE kind <> 'favourite' ORDER BY 1, 2, 6`),
  };
}
