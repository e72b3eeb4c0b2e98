/**
 * `npm start [-- FOLDER…]`: builds the window and opens it: as the desktop app when Electron's binary is here, else in
 * the browser. Folders are analysed meanwhile.
 */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { buildMain, buildPreload } from './build-main.ts';
import { findElectron } from './electron-program.ts';

const folders = process.argv.slice(2).map((folder) => resolve(process.env['INIT_CWD'] ?? '.', folder));

await build({ root: join(INSTALL_FOLDER, 'src', 'renderer'), configFile: join(INSTALL_FOLDER, 'vite.config.ts'), logLevel: 'warn' }); // prettier-ignore
const electron = findElectron();
if (electron === null) {
  console.log(
    'The desktop app is not installed (npx install-electron installs it). Earmark opens in your browser instead.',
  );
  run(process.execPath, [join(INSTALL_FOLDER, 'bin', 'earmark'), 'serve', ...folders]);
} else {
  const out = join(INSTALL_FOLDER, 'dist');
  await buildMain(out);
  await buildPreload(out);
  run(electron, [INSTALL_FOLDER, ...folders]);
}

function run(program: string, args: string[]): void {
  const child = spawn(program, args, { stdio: 'inherit' });
  // Ctrl-C reaches the child through the terminal; this one only has to outlive it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
