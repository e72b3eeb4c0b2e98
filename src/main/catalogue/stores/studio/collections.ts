/** Table `studio_collection`: which collections here are which in the studio. Their members are words about sounds. */
import type { Database } from 'better-sqlite3';
import { nameKey, tidyName } from '../../given-name.ts';

/** A collection as the studio has it. */
export interface StudioCollection {
  /** In the studio. */
  id: string;
  name: string;
  removed: boolean;
  /** Epoch ms. */
  atMs: number;
}

/** One that is here, and what the studio knows of it. */
export interface LinkedCollection {
  collectionId: number;
  name: string;
  nameKey: string;
  removed: boolean;
  /** The user wants it out of the studio. */
  personal: boolean;
  /** null: the studio does not have it. */
  studio: Omit<StudioCollection, 'atMs'> | null;
}

interface Row {
  collectionId: number;
  name: string;
  nameKey: string;
  removed: 0 | 1;
  personal: 0 | 1;
  id: string | null;
  studioName: string | null;
  studioRemoved: 0 | 1 | null;
}

export function studioCollectionStore(db: Database) {
  const COLUMNS = `collection.id AS collectionId, collection.name, name_key AS nameKey, removed_ms IS NOT NULL AS removed, personal,
    studio_collection.id, studio_collection.name AS studioName, studio_collection.removed AS studioRemoved`;
  const FROM = 'FROM collection LEFT JOIN studio_collection ON studio_collection.collection_id = collection.id';
  const byId = db.prepare<[number], Row>(`SELECT ${COLUMNS} ${FROM} WHERE collection.id = ?`);
  const linked = db.prepare<[], Row>(`SELECT ${COLUMNS} ${FROM} WHERE studio_collection.id IS NOT NULL`);
  const byStudioId = db.prepare<[string], Row>(`SELECT ${COLUMNS} ${FROM} WHERE studio_collection.id = ?`);
  const byKey = db.prepare<[string], Row>(`SELECT ${COLUMNS} ${FROM} WHERE name_key = ? AND removed_ms IS NULL`);
  const insert = db.prepare<[string, string, number, number | null]>(
    'INSERT INTO collection (name, name_key, created_ms, removed_ms) VALUES (?, ?, ?, ?)',
  );
  const change = db.prepare<[string, string, number | null, number]>(
    'UPDATE collection SET name = ?, name_key = ?, removed_ms = ? WHERE id = ?',
  );
  const link = db.prepare<[number, string, string, 0 | 1]>(
    `INSERT INTO studio_collection (collection_id, id, name, removed) VALUES (?, ?, ?, ?)
       ON CONFLICT (collection_id) DO UPDATE SET id = excluded.id, name = excluded.name, removed = excluded.removed`,
  );

  const unlink = db.prepare<[number]>('DELETE FROM studio_collection WHERE collection_id = ?');
  const makePersonal = db.prepare<[number]>('UPDATE collection SET personal = 1 WHERE id = ?');
  const forgetItems = db.prepare<[number]>("DELETE FROM studio_word WHERE kind = 'item' AND about = ?");

  /** A name that no other collection here has: `Doors`, `Doors (2)`, … */
  const freeName = (name: string, ownId: number | null): string => {
    for (let number = 1; ; number++) {
      const tried = number === 1 ? tidyName(name) : `${tidyName(name)} (${number})`;
      const holder = byKey.get(nameKey(tried));
      if (!holder || holder.collectionId === ownId) return tried;
    }
  };

  return {
    byId(collectionId: number): LinkedCollection | null {
      const row = byId.get(collectionId);
      return row ? toCollection(row) : null;
    },
    /** Those that the studio has. */
    linked: (): LinkedCollection[] => linked.all().map(toCollection),
    /** The studio has it so now. @returns false, and nothing is changed, when another one here is that one */
    link: db.transaction((collectionId: number, { id, name, removed }: Omit<StudioCollection, 'atMs'>): boolean => {
      const other = byStudioId.get(id);
      if (other && other.collectionId !== collectionId) return false;
      link.run(collectionId, id, name, removed ? 1 : 0);
      return true;
    }),
    /** The studio does not have it any more: it is one of this library alone. */
    unlink: db.transaction((collectionId: number): void => {
      forgetItems.run(collectionId);
      unlink.run(collectionId);
    }),
    /** Another one here is the one of that name in the studio: this one gets a name that is free. */
    giveWay: db.transaction((collectionId: number): LinkedCollection => {
      const { name } = byId.get(collectionId)!;
      change.run(...named(freeName(name, null)), null, collectionId);
      return toCollection(byId.get(collectionId)!);
    }),
    /**
     * The studio says it. A change that was made here meanwhile stays; one of that name that the studio did not know yet is
     * the same collection, and any other one of that name gives way.
     * @returns its id here, and whether it is another one than before
     * @throws UserError bad-input when the name has neither letter nor digit
     */
    receive: db.transaction((said: StudioCollection): { id: number; changed: boolean } => {
      const known = byStudioId.get(said.id);
      const removedMs = said.removed ? said.atMs : null;
      if (!known) {
        const alike = said.removed ? undefined : byKey.get(nameKey(said.name));
        const id =
          alike?.id === null && alike.personal === 0
            ? alike.collectionId
            : Number(
                insert.run(...named(said.removed ? said.name : freeName(said.name, null)), said.atMs, removedMs)
                  .lastInsertRowid,
              );
        link.run(id, said.id, said.name, said.removed ? 1 : 0);
        return { id, changed: true };
      }
      const { collectionId } = known;
      const name = known.name === known.studioName ? said.name : known.name;
      const removed = known.removed === known.studioRemoved ? said.removed : known.removed === 1;
      const changed = name !== known.name || removed !== (known.removed === 1);
      if (changed) {
        const free = removed ? name : freeName(name, collectionId);
        change.run(...named(free), removed ? (removedMs ?? Date.now()) : null, collectionId);
      }
      link.run(collectionId, said.id, said.name, said.removed ? 1 : 0);
      return { id: collectionId, changed };
    }),
    /** Somebody has made it personal: what is here is the user's own. @returns whether it was shared here */
    keep: db.transaction((studioId: string): boolean => {
      const known = byStudioId.get(studioId);
      if (!known) return false;
      forgetItems.run(known.collectionId);
      unlink.run(known.collectionId);
      makePersonal.run(known.collectionId);
      return true;
    }),
    /** Another one in the studio has the name that was given here: it is as the studio has it again. */
    takeBack: db.transaction((collectionId: number): void => {
      const row = byId.get(collectionId);
      if (row?.studioName == null) return;
      change.run(
        ...named(freeName(row.studioName, collectionId)),
        row.studioRemoved === 1 ? Date.now() : null,
        collectionId,
      );
    }),
  };
}

function named(name: string): [name: string, key: string] {
  return [tidyName(name), nameKey(name)];
}

function toCollection({
  collectionId,
  name,
  nameKey: key,
  removed,
  personal,
  id,
  studioName,
  studioRemoved,
}: Row): LinkedCollection {
  const studio = id === null ? null : { id, name: studioName!, removed: studioRemoved === 1 };
  return { collectionId, name, nameKey: key, removed: removed === 1, personal: personal === 1, studio };
}
