/** Where things lie on this machine: the program's own files, and the user's catalogue. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/** Top of the installation: the folder of package.json and resources/. */
export const INSTALL_FOLDER = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

/**
 * Model packs, vocabularies, icons: real files, since native code opens them by path. In the packaged app they lie beside
 * the archive that holds the code (electron-builder.yml, extraResources).
 */
export const RESOURCES_FOLDER = resourcesFolder(INSTALL_FOLDER);

/** @param installFolder absolute */
export function resourcesFolder(installFolder: string): string {
  return installFolder.endsWith('.asar') ? dirname(installFolder) : join(installFolder, 'resources');
}

/** Of the program, as in package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(join(INSTALL_FOLDER, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The platform's usual place for application data; on Linux `$XDG_DATA_HOME/earmark`. */
export function defaultDataFolder(): string {
  return envPaths('earmark', { suffix: '' }).data;
}
