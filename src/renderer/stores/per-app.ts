/** What one screen knows, kept for as long as the window lives: made when the screen is opened for the first time. */
import type { App } from './app.svelte.ts';

/** @returns the same one for the same App */
export function perApp<Store>(make: (app: App) => Store): (app: App) => Store {
  const stores = new WeakMap<App, Store>();
  return (app) => {
    const known = stores.get(app);
    if (known !== undefined) return known;
    const store = make(app);
    stores.set(app, store);
    return store;
  };
}
