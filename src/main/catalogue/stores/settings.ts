/** Table `setting`: what the user has set, as JSON by key. What the values may be is known to setting-values.ts. */
import type { Database } from 'better-sqlite3';

export type SettingStore = ReturnType<typeof settingStore>;

export function settingStore(db: Database) {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM setting ORDER BY key');
  const put = db.prepare<[string, string]>(
    'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    /** Everything that was ever set, of this and of other versions of the program. */
    all: (): Map<string, unknown> => new Map(all.all().map(({ key, value }) => [key, JSON.parse(value) as unknown])),
    /** All or nothing. @param values survive JSON; undefined ones are left as they are */
    set: db.transaction((values: Record<string, unknown>): void => {
      for (const [key, value] of Object.entries(values)) {
        if (value !== undefined) put.run(key, JSON.stringify(value));
      }
    }),
  };
}
