/** Where the saved index lies. Apart from what reads and writes it, so that the engine can ask without loading hnswlib. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes on disk of a space's index; 0 when there is none. */
export function indexBytes(dataFolder: string, spaceId: number): number {
  const folder = indexFolder(dataFolder);
  return filesOf(folder, spaceId).reduce((sum, name) => {
    return sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

export function indexFolder(dataFolder: string): string {
  return join(dataFolder, 'index');
}

/** Names of the files that belong to a space, those of saves that never finished included. */
export function filesOf(folder: string, spaceId: number): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  const ours = new RegExp(`^index-${spaceId}(-[0-9a-z]+)?\\.(json|hnsw|rows)$`);
  return readdirSync(folder).filter((name) => ours.test(name));
}
