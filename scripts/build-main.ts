/**
 * `npm run build:main`: the desktop app's own code, from TypeScript to what Electron runs, below dist/.
 * The window is built by `npm run build:renderer`.
 */
import { rmSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { PROCESS_ENTRIES, WORKER_ENTRIES } from '../src/main/process/entries.ts';

const SOURCE = join(INSTALL_FOLDER, 'src');
const COMMON: InlineConfig = { root: INSTALL_FOLDER, configFile: false, logLevel: 'warn', publicDir: false };

/**
 * One file for each source file, in the same folders: whatever finds another file by a path relative to its own (child
 * processes, the top of the installation) finds it in dist as in src. Packages stay packages; electron-builder brings
 * them along, the native ones as real files.
 * @param outFolder for `main/`, `demo/` and `shared/` below it; other things in it stay
 */
export async function buildMain(outFolder: string): Promise<void> {
  for (const folder of ['main', 'demo', 'shared']) rmSync(join(outFolder, folder), { recursive: true, force: true });
  const entries = [...Object.values(PROCESS_ENTRIES), ...Object.values(WORKER_ENTRIES)].map((url) =>
    fileURLToPath(url),
  );
  await build({
    ...COMMON,
    build: {
      ssr: true,
      outDir: outFolder,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: [join(SOURCE, 'main', 'host', 'electron', 'main.ts'), ...entries],
        external: (id) => !id.startsWith('.') && !isAbsolute(id),
        output: {
          format: 'esm',
          preserveModules: true,
          preserveModulesRoot: SOURCE,
          entryFileNames: '[name].js',
        },
      },
    },
  });
}

/** A sandboxed preload is one CommonJS file that may ask for nothing but Electron. */
export async function buildPreload(outFolder: string): Promise<void> {
  await build({
    ...COMMON,
    build: {
      ssr: true,
      outDir: join(outFolder, 'preload'),
      emptyOutDir: true,
      target: 'chrome140',
      minify: false,
      rolldownOptions: {
        input: join(SOURCE, 'preload', 'preload.ts'),
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outFolder = join(INSTALL_FOLDER, 'dist');
  await buildMain(outFolder);
  await buildPreload(outFolder);
  process.stdout.write(`Built into ${relative(process.cwd(), outFolder) || '.'}\n`);
}
