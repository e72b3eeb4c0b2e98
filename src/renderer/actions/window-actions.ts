/** How the window looks and what lies over it. */
import { always, type Action } from './action.ts';

export const WINDOW_ACTIONS: readonly Action[] = [
  {
    id: 'window.panel',
    name: 'Fold the panel in or out',
    group: 'Window',
    keys: ['I'],
    when: always,
    run: (app) => app.togglePanel(),
  },
  {
    id: 'window.theme',
    name: 'Change between dark and light',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) =>
      app.settings.set({ appearance: document.documentElement.dataset['theme'] === 'light' ? 'dark' : 'light' }),
  },
  {
    id: 'window.rows',
    name: 'Change between comfortable and compact rows',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) => app.settings.set({ rowHeight: app.settings.now.rowHeight === 'compact' ? 'comfortable' : 'compact' }),
  },
  {
    id: 'window.play-on-select',
    name: 'Play sounds as they are selected, or not',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) => app.settings.set({ playOnSelect: !app.settings.now.playOnSelect }),
  },
  {
    id: 'window.palette',
    name: 'All commands',
    group: 'Window',
    keys: ['Mod+K'],
    whileTyping: true,
    when: always,
    run: (app) => app.show(app.overlay === 'palette' ? null : 'palette'),
  },
  {
    id: 'window.keys',
    name: 'Keys',
    group: 'Window',
    keys: ['?'],
    when: always,
    run: (app) => app.show(app.overlay === 'help' ? null : 'help'),
  },
];
