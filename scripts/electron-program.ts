/** Where Electron's own program lies, if it is here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

/**
 * As the electron package finds it, without its habit of downloading what is missing.
 * @returns absolute path; null when the binary has not been installed
 */
export function findElectron(): string | null {
  const folder = join(INSTALL_FOLDER, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const program = join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : null;
}
