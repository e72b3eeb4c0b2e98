/** Table `rating`: stars and favourites. */
import type { Database } from 'better-sqlite3';
import { knownFileStore } from './known-files.ts';

export type RatingStore = ReturnType<typeof ratingStore>;

export function ratingStore(db: Database) {
  const favourite = db.prepare<{ ids: string; favourite: 0 | 1; now: number }>(
    `INSERT INTO rating (file_id, favourite, stars, changed_ms)
       SELECT value, :favourite, 0, :now FROM json_each(:ids) WHERE TRUE
     ON CONFLICT (file_id) DO UPDATE SET favourite = excluded.favourite, changed_ms = excluded.changed_ms`,
  );
  const stars = db.prepare<{ ids: string; stars: number; now: number }>(
    `INSERT INTO rating (file_id, favourite, stars, changed_ms)
       SELECT value, 0, :stars, :now FROM json_each(:ids) WHERE TRUE
     ON CONFLICT (file_id) DO UPDATE SET stars = excluded.stars, changed_ms = excluded.changed_ms`,
  );
  const tidy = db.prepare<[string]>(
    'DELETE FROM rating WHERE file_id IN (SELECT value FROM json_each(?)) AND favourite = 0 AND stars = 0',
  );
  const starred = db.prepare<[], { fileId: number; stars: number }>(
    'SELECT file_id AS fileId, stars FROM rating WHERE stars > 0',
  );
  const known = knownFileStore(db);

  return {
    /** @throws UserError file-missing; nothing is changed then */
    setFavourite: db.transaction((fileIds: readonly number[], isFavourite: boolean): void => {
      known.requireAll(fileIds);
      const ids = JSON.stringify(fileIds);
      favourite.run({ ids, favourite: isFavourite ? 1 : 0, now: Date.now() });
      tidy.run(ids);
    }),
    /** @param count 0 (none) .. 5 @throws UserError file-missing; nothing is changed then */
    setStars: db.transaction((fileIds: readonly number[], count: number): void => {
      known.requireAll(fileIds);
      const ids = JSON.stringify(fileIds);
      stars.run({ ids, stars: count, now: Date.now() });
      tidy.run(ids);
    }),
    /** Files that have stars, by number of stars. */
    starred: (): Map<number, number> => new Map(starred.all().map(({ fileId, stars: count }) => [fileId, count])),
  };
}
