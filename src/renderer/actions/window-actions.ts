/** How the window looks and what lies over it. */
import { tick } from 'svelte';
import { sidebarOf } from '../screens/search/sidebar/sidebar.svelte.ts';
import { columnsOf } from '../stores/columns.svelte.ts';
import type { App } from '../stores/app.svelte.ts';
import { always, onSearch, type Action } from './action.ts';

/** What is shown has the keys. */
function toggleSidebar(app: App): void {
  const sidebar = sidebarOf(app);
  sidebar.show(!sidebar.shown);
  if (sidebar.shown) void tick().then(() => app.focusSidebar());
  else app.backToList();
}

export const WINDOW_ACTIONS: readonly Action[] = [
  {
    id: 'window.panel',
    name: 'Show or hide the details panel',
    group: 'Window',
    keys: ['I'],
    when: always,
    run: (app) => app.togglePanel(),
  },
  {
    id: 'window.sidebar',
    name: 'Show or hide the sidebar',
    group: 'Window',
    keys: ['Mod+B'],
    whileTyping: true,
    when: (app) => onSearch(app) && !app.firstStart,
    run: toggleSidebar,
  },
  {
    id: 'window.table',
    name: 'Switch between rows and a table',
    group: 'Window',
    keys: [],
    when: onSearch,
    run: (app) => columnsOf(app).setTable(!columnsOf(app).table),
  },
  {
    id: 'window.theme',
    name: 'Switch between dark and light',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) =>
      app.settings.set({ appearance: document.documentElement.dataset['theme'] === 'light' ? 'dark' : 'light' }),
  },
  {
    id: 'window.rows',
    name: 'Switch between comfortable and compact rows',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) => app.settings.set({ rowHeight: app.settings.now.rowHeight === 'compact' ? 'comfortable' : 'compact' }),
  },
  {
    id: 'window.play-on-select',
    name: 'Toggle play on selection',
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
    name: 'Keyboard shortcuts',
    group: 'Window',
    keys: ['?'],
    when: always,
    run: (app) => app.show(app.overlay === 'help' ? null : 'help'),
  },
];
