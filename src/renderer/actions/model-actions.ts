/** Models: importing one, fetching one, and the library on its way to another. */
import { downloadsOf } from '../screens/models/downloads.svelte.ts';
import { modelSheetsOf } from '../screens/models/model-sheets.svelte.ts';
import { modelsOf } from '../screens/models/models.svelte.ts';
import { moveOf } from '../screens/models/move.svelte.ts';
import type { App } from '../stores/app.svelte.ts';
import { always, type Action } from './action.ts';

const moving = (app: App) => app.settings.now.nextModel !== null;

async function useNextNow(app: App): Promise<void> {
  const move = moveOf(app);
  await move.refresh(); // it may not have been looked at yet, or not for a while
  if (move.now === null) return;
  app.goTo('models');
  modelSheetsOf(app).show({ ask: 'use-now', move: move.now });
}

export const MODEL_ACTIONS: readonly Action[] = [
  {
    id: 'model.import',
    name: 'Import a model from disk…',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) => {
      app.goTo('models');
      modelsOf(app).showField(true);
    },
  },
  {
    id: 'model.cancel-fetch',
    name: 'Cancel the model download',
    group: 'Window',
    keys: [],
    when: (app) => downloadsOf(app).progress !== null,
    run: (app) => void downloadsOf(app).cancel(),
  },
  {
    id: 'model.use-next',
    name: 'Use the next model now',
    group: 'Window',
    keys: [],
    when: moving,
    run: (app) => void useNextNow(app),
  },
  {
    id: 'model.stop-moving',
    name: 'Stop switching to the next model',
    group: 'Window',
    keys: [],
    when: moving,
    run: (app) => void moveOf(app).stop(),
  },
];
