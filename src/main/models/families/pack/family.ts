/** Packs of Earmark's own layout: copied as they are. */
import { dirname } from 'node:path';
import type { InstalledFamily } from '../family.ts';
import { installPack } from './install.ts';

export const pack: InstalledFamily = {
  name: 'pack',
  choice: 'a folder with a model.json',
  recognise({ path, name, entries }) {
    if (entries === null) return Promise.resolve(name === 'model.json' ? { path: dirname(path), bytes: 0 } : null);
    return Promise.resolve(entries.includes('model.json') ? { path, bytes: 0 } : null);
  },
  install: installPack,
};
