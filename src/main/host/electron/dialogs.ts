/** The system's dialogs for choosing paths. What a page asks of them is checked; what they give, the user has chosen. */
import { win32 } from 'node:path';
import type { Dialog, OpenDialogOptions } from 'electron';
import { z } from 'zod';

/** What a window may ask to open: `.csv`. */
const extension = z.string().regex(/^\.[a-z0-9]{1,8}$/);
const extensions = z.array(extension).min(1).max(20);

/** Kinds of files that Earmark writes for other programs, by ending. */
const OUTPUT_KINDS = {
  '.csv': 'Table (CSV)',
  '.json': 'JSON',
  '.m3u8': 'Playlist (M3U)',
} as const;

const output = z.strictObject({
  // Both kinds of separators, whatever the system: it is only a name.
  name: z.string().min(1).max(120).refine((name) => win32.basename(name) === name, 'must be a file name without a folder'), // prettier-ignore
  endings: z.array(z.literal(Object.keys(OUTPUT_KINDS) as (keyof typeof OUTPUT_KINDS)[])).min(1),
});

export interface PathDialogs {
  /** @returns absolute; empty when it was closed */
  folders: (window: Electron.BrowserWindow | null) => Promise<string[]>;
  /** @param wanted extensions of files @returns absolute; null when it was closed @throws ZodError */
  file: (window: Electron.BrowserWindow | null, wanted: unknown) => Promise<string | null>;
  /**
   * Where a file is to be written; that one which is there may be replaced, the dialog has asked itself.
   * @param wanted name to begin with, and endings @returns absolute; null when it was closed @throws ZodError
   */
  output: (window: Electron.BrowserWindow | null, wanted: unknown) => Promise<string | null>;
  /** Where files are to be written. @returns absolute; null when it was closed */
  outputFolder: (window: Electron.BrowserWindow | null) => Promise<string | null>;
}

export function pathDialogs(dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>): PathDialogs {
  const open = async (window: Electron.BrowserWindow | null, options: OpenDialogOptions) => {
    const chosen = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return chosen.canceled ? [] : chosen.filePaths;
  };
  return {
    folders: (window) =>
      open(window, {
        title: 'Choose folders',
        buttonLabel: 'Choose',
        properties: ['openDirectory', 'multiSelections', 'dontAddToRecent'],
      }),
    file: async (window, wanted) => {
      const [path = null] = await open(window, {
        filters: [filter('Supported files', extensions.parse(wanted))],
        properties: ['openFile', 'dontAddToRecent'],
      });
      return path;
    },
    outputFolder: async (window) => {
      const [path = null] = await open(window, {
        title: 'Choose a folder to export to',
        buttonLabel: 'Choose',
        properties: ['openDirectory', 'createDirectory', 'dontAddToRecent'],
      });
      return path;
    },
    output: async (window, wanted) => {
      const { name, endings } = output.parse(wanted);
      const options = {
        defaultPath: name,
        filters: endings.map((ending) => filter(OUTPUT_KINDS[ending], [ending])),
        properties: ['createDirectory', 'showOverwriteConfirmation', 'dontAddToRecent'],
      } satisfies Electron.SaveDialogOptions;
      const chosen = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
      return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
    },
  };
}

/** Electron wants endings without their dot. */
function filter(name: string, endings: readonly string[]): Electron.FileFilter {
  return { name, extensions: endings.map((ending) => ending.slice(1)) };
}
