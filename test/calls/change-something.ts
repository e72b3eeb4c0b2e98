/** Started by other-writers.test.ts: a process of its own that changes something in a catalogue. */
import { openCatalogue } from '../../src/main/catalogue/open.ts';

const [folder, what] = process.argv.slice(2) as [string, string];
const catalogue = openCatalogue(folder);
const { collections, decisions, files, ratings, roots, settings, tagRows, windows, writeJournal } = catalogue;
const spaceId = windows.ensureSpace({ modelId: 'tiny', weightHash: 'a', preprocessing: 1, dim: 8 });
const FILE = 1;
if (what === 'file') {
  files.insertPending({ rootId: roots.add('/elsewhere').id, relativePath: 'a.wav', size: 1, mtimeMs: 1 });
} else if (what === 'marks') {
  ratings.setStars([FILE], 3);
} else if (what === 'model') {
  settings.set({ model: 'other' });
} else {
  roots.setOnline(1, false);
  files.setOffline([FILE]);
  collections.create('Doors');
  const [tagId] = tagRows.ensure('v', [{ id: 'door', name: 'door' }]);
  decisions.decide([{ fileId: FILE, tagId: tagId!, accepted: true }], spaceId);
  writeJournal.begin('sfx');
  settings.set({ volume: 0.25 });
}
catalogue.close();
