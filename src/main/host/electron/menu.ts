/** The menu. It names actions of the window by their ids; what they do, and whether it makes sense now, the window knows. */
import type { MenuItemConstructorOptions } from 'electron';

interface MenuAction {
  /** As in src/renderer/actions/actions.ts; a test compares names and keys. */
  id: string;
  name: string;
  /** In the form of that table; shown only if it has Mod in it. */
  key?: string;
}

const SEPARATOR = 'separator';
type Row = MenuAction | typeof SEPARATOR;

const ADD_FOLDERS: MenuAction = { id: 'library.add', name: 'Add folders…', key: 'Mod+O' };
const SETTINGS: MenuAction = { id: 'go.settings', name: 'Settings', key: 'Mod+,' };
const UNDO: MenuAction = { id: 'mark.undo', name: 'Undo', key: 'Mod+Z' };

const LIBRARY: readonly Row[] = [
  { id: 'library.scan', name: 'Scan all folders for changes' },
  { id: 'library.pause', name: 'Pause or resume analysis' },
];
const FIND: readonly Row[] = [
  { id: 'find.focus', name: 'Search', key: 'Mod+F' },
  { id: 'find.similar', name: 'Find similar files' },
  { id: 'find.similar-moment', name: 'Find files similar to this moment or selection' },
  { id: 'find.clear', name: 'Show all files' },
  SEPARATOR,
  { id: 'find.save', name: 'Save this search…', key: 'Mod+S' },
];
const SOUND: readonly Row[] = [
  { id: 'play.toggle', name: 'Play or stop' },
  { id: 'play.loop', name: 'Loop on or off' },
  { id: 'play.next', name: 'Next file' },
  { id: 'play.previous', name: 'Previous file' },
  SEPARATOR,
  { id: 'audition.level', name: 'Match levels on or off' },
  { id: 'audition.project', name: 'Match tempo and key on or off' },
  { id: 'audition.reverse', name: 'Play backwards' },
  { id: 'audition.reset', name: 'Reset speed, pitch, direction and channel' },
  SEPARATOR,
  { id: 'mark.favourite', name: 'Favourite' },
  { id: 'mark.collect', name: 'Add to a collection…' },
  SEPARATOR,
  { id: 'cut.piece', name: 'Export match or selection…' },
  { id: 'cut.all', name: 'Export all matches…' },
  SEPARATOR,
  { id: 'file.reveal', name: 'Show in folder' },
  { id: 'file.copy-path', name: 'Copy path', key: 'Mod+C' },
];
const VIEW: readonly Row[] = [
  { id: 'go.search', name: 'Search' },
  { id: 'go.map', name: 'Map' },
  { id: 'go.collections', name: 'Collections' },
  { id: 'go.library', name: 'Library' },
  { id: 'go.tags', name: 'Tags' },
  { id: 'go.write', name: 'Write' },
  { id: 'go.models', name: 'Models' },
  SEPARATOR,
  { id: 'window.palette', name: 'All commands', key: 'Mod+K' },
  { id: 'window.panel', name: 'Show or hide the details panel' },
  { id: 'window.theme', name: 'Switch between dark and light' },
  { id: 'window.rows', name: 'Switch between comfortable and compact rows' },
];
const KEYS: MenuAction = { id: 'window.keys', name: 'Keyboard shortcuts' };

/** Every action that the menu offers. */
export const MENU_ACTIONS: readonly MenuAction[] = [
  ADD_FOLDERS,
  SETTINGS,
  UNDO,
  ...[...LIBRARY, ...FIND, ...SOUND, ...VIEW].filter((row) => row !== SEPARATOR),
  KEYS,
];

export interface MenuOptions {
  mac: boolean;
  /** Not packaged: a programmer's tools are there too. */
  development: boolean;
  /** Told the id of an action that was chosen. */
  run: (id: string) => void;
}

export function menuTemplate({ mac, development, run }: MenuOptions): MenuItemConstructorOptions[] {
  const item = (row: Row): MenuItemConstructorOptions => {
    if (row === SEPARATOR) return { type: 'separator' };
    return { id: row.id, label: row.name, click: () => run(row.id), ...acceleratorOf(row) };
  };
  const items = (rows: readonly Row[]) => rows.map(item);
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const appMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      item(SETTINGS),
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  return [
    ...(mac ? [appMenu] : []),
    {
      label: mac ? 'File' : '&File',
      submenu: [
        item(ADD_FOLDERS),
        ...items(LIBRARY),
        separator,
        ...(mac ? [] : [item(SETTINGS), separator]),
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: mac ? 'Edit' : '&Edit',
      submenu: [
        // In a text field a Mac takes its undo from here, and only from here. The window's own is beside it.
        ...(mac ? [{ role: 'undo', label: 'Undo typing' } as const, { role: 'redo' } as const] : []),
        { ...item(UNDO), label: mac ? 'Undo change' : UNDO.name, ...(mac ? { accelerator: '' } : {}) },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    { label: mac ? 'Find' : 'Fin&d', submenu: items(FIND) },
    { label: mac ? 'Sound' : '&Sound', submenu: items(SOUND) },
    {
      label: mac ? 'View' : '&View',
      submenu: [
        ...items(VIEW),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(development ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
      ],
    },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    {
      role: 'help',
      label: mac ? 'Help' : '&Help',
      submenu: [item(KEYS), ...(mac ? [] : [{ role: 'about' } as const])],
    },
  ];
}

/**
 * Keys are the window's to answer; here they are shown, and not registered where the platform allows that. A single
 * letter is not even shown: on a Mac it would be taken from the text that is being typed.
 */
function acceleratorOf({ key }: MenuAction): Pick<MenuItemConstructorOptions, 'accelerator' | 'registerAccelerator'> {
  // Copy stands in the Edit menu already, where it copies text.
  if (!key?.startsWith('Mod+') || key === 'Mod+C') return {};
  return { accelerator: key.replace('Mod+', 'CommandOrControl+'), registerAccelerator: false };
}
