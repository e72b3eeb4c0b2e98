/** Begin of the desktop app. Everything is decided in host.ts; here it meets the real Electron. */
import { isAbsolute, join } from 'node:path';
import * as electron from 'electron';
import { toWire } from '../../../shared/errors.ts';
import { defaultDataFolder, INSTALL_FOLDER, RESOURCES_FOLDER } from '../../files/install.ts';
import { startDesktopHost } from './host.ts';

const { app, dialog } = electron;

// Not awaited: Electron becomes ready only when this file has been run to its end.
startDesktopHost(electron, {
  dataFolder: process.env['EARMARK_DATA'] ?? defaultDataFolder(),
  windowFolder: join(INSTALL_FOLDER, 'dist', 'renderer'),
  preload: join(INSTALL_FOLDER, 'dist', 'preload', 'preload.cjs'),
  iconFolder: join(RESOURCES_FOLDER, 'icons'),
  // What `npm start -- FOLDER…` names; in development the first argument is the app's own folder.
  folders: process.argv.slice(app.isPackaged ? 1 : 2).filter((argument) => isAbsolute(argument)),
}).catch((error: unknown) => {
  const { userMessage, detail } = toWire(error);
  dialog.showErrorBox('Earmark cannot start', `${userMessage}\n\n${detail}`);
  app.exit(1);
});
