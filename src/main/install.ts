/** Where things lie on this machine: the program's own files, and the user's catalogue. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/** Top of the installation: the folder of package.json and resources/. */
export const INSTALL_FOLDER = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Of the program, as in package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(join(INSTALL_FOLDER, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The platform's usual place for application data; on Linux `$XDG_DATA_HOME/earmark`. */
export function defaultDataFolder(): string {
  return envPaths('earmark', { suffix: '' }).data;
}
