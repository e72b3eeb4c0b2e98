/** Begin of the desktop app. Everything is decided in host.ts; here it meets the real Electron. */
import { join } from 'node:path';
import * as electron from 'electron';
import { toWire } from '../../../shared/errors.ts';
import { defaultDataFolder, INSTALL_FOLDER, RESOURCES_FOLDER } from '../../files/install.ts';
import { startDesktopHost } from './host.ts';
import { pathsAmong } from './opened-paths.ts';

const { app, dialog } = electron;

// Not awaited: Electron becomes ready only when this file has been run to its end.
startDesktopHost(electron, {
  dataFolder: process.env['EARMARK_DATA'] ?? defaultDataFolder(),
  windowFolder: join(INSTALL_FOLDER, 'dist', 'renderer'),
  preload: join(INSTALL_FOLDER, 'dist', 'preload', 'preload.cjs'),
  iconFolder: join(RESOURCES_FOLDER, 'icons'),
  // In development the first argument is the app's own folder.
  opened: pathsAmong(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd()),
}).catch((error: unknown) => {
  const { userMessage, detail } = toWire(error);
  dialog.showErrorBox('Earmark cannot start', `${userMessage}\n\n${detail}`);
  app.exit(1);
});
