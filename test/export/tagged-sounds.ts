/** Sounds in a real catalogue, with decisions about them as a user makes them. */
import { EngineTrial } from '../calls/engine-trial.ts';
import { inDatabase, type Database } from '../kit/catalogue.ts';

export class TaggedSounds extends EngineTrial {
  /** Starts the engine, which keeps running, and indexes all sounds. */
  override async index(...folders: string[]) {
    await this.start();
    return super.index(...(folders.length > 0 ? folders : [this.sounds]));
  }

  /** With the engine that is running. */
  reindex(...folders: string[]) {
    return super.index(...folders);
  }

  idOf(relativePath: string): number {
    return this.read((db) => {
      const id = db.prepare<[string], number>('SELECT id FROM file WHERE relative_path = ?').pluck().get(relativePath);
      if (id === undefined) throw new Error(`no file ${relativePath}`);
      return id;
    });
  }

  /** Below the sounds folder. */
  pathOf(id: number): string | undefined {
    return this.read((db) => db.prepare<[number], string>('SELECT relative_path FROM file WHERE id = ?').pluck().get(id)); // prettier-ignore
  }

  /** A decision as the review makes it. */
  async accept(relativePath: string, vocabularyId: string, labelId: string, probability: number | null): Promise<void> {
    const fileId = this.idOf(relativePath);
    this.read((db) => {
      db.prepare('INSERT OR IGNORE INTO tag (vocabulary_id, label_id, name) VALUES (?, ?, ?)').run(vocabularyId, labelId, labelId); // prettier-ignore
      const tagId = db
        .prepare<[string, string], number>('SELECT id FROM tag WHERE vocabulary_id = ? AND label_id = ?')
        .pluck()
        .get(vocabularyId, labelId)!;
      db.prepare('INSERT OR REPLACE INTO decision VALUES (?, ?, 1, 0, ?, ?)').run(
        fileId,
        tagId,
        probability,
        Date.now(),
      );
    });
    return Promise.resolve();
  }

  read<T>(work: (db: Database) => T): T {
    return inDatabase(this.data, work);
  }
}
