/** Runs in the page before it: puts the engine that is not there where the desktop app's bridge would be. */
import type { Bridge, DraggedRegion } from '../src/renderer/client/host.ts';
import { toWire, UserError } from '../src/shared/errors.ts';
import { fakeEngine, type FakeEngine, type FakeOptions } from '../test/renderer/fake-client.ts';

declare global {
  interface Window {
    /** Set by the test before this runs. */
    fakeOptions: FakeOptions;
    fake: FakeEngine;
    /** For a test to make an error of this kind in the page. */
    UserErrorPrototype: UserError;
    /** Paths that were given to the system's own drag, a list for each drag. */
    dragged: string[][];
    /** Parts of files that were. */
    draggedPieces: DraggedRegion[];
  }
}

const fake = fakeEngine(window.fakeOptions);
window.fake = fake;
window.dragged = [];
window.draggedPieces = [];
const bridge: Bridge = {
  async invoke(name, input) {
    try {
      return { ok: true, value: await fake.call(name, input) };
    } catch (error) {
      return { ok: false, error: toWire(error) };
    }
  },
  on: (event, listener) => fake.on(event, listener),
  host: {
    audioUrl: (fileId) => `./audio/${fileId}`,
    revealFile: () => Promise.resolve(),
    chooseFolders: () => Promise.resolve(['/Volumes/SFX']),
    chooseFile: () => Promise.resolve('/Volumes/SFX/words.csv'),
    chooseOutput: null, // a path is typed, as in a browser, until a test puts the system's dialog there
    chooseOutputFolder: null,
    pathOfDroppedFile: (file) => `/dropped/${file.name}`,
    dragPiece: (piece) => void window.draggedPieces.push(piece),
    dragOut: (paths) => void window.dragged.push(paths),
  },
};
window.earmark = bridge;
window.UserErrorPrototype = UserError.prototype;
