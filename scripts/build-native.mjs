/**
 * Builds hnswlib-node, the one native package that ships no ready binary, after `npm install`.
 * The headers come from the Node that will run it, so that nothing is downloaded.
 * With --portable it is built again for any x64 CPU that the app supports: for packages, which run elsewhere.
 * Plain JavaScript: it runs before anything else is installed, on whatever Node npm itself uses.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(top, 'node_modules');
const packageFolder = join(modules, 'hnswlib-node');
const nodeGyp = join(modules, 'node-gyp', 'bin', 'node-gyp.js');

if (!existsSync(packageFolder) || !existsSync(nodeGyp)) {
  console.error('earmark: hnswlib-node or node-gyp is not installed; run `npm ci` with development dependencies.');
  process.exit(1);
}

const bundled = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win-x64']
  .map((platform) => join(modules, `node-${platform}`))
  .find((folder) => existsSync(join(folder, 'include', 'node', 'node.h')));
const runningPrefix = resolve(dirname(process.execPath), process.platform === 'win32' ? '.' : '..');
const headers = [bundled, runningPrefix].find(
  (folder) => folder && existsSync(join(folder, 'include', 'node', 'node.h')),
);
const bundledNode = bundled && join(bundled, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const node = bundledNode && existsSync(bundledNode) ? bundledNode : process.execPath;

const portable = process.argv.includes('--portable');

if (!portable && loads()) process.exit(0);
const build = spawnSync(node, [nodeGyp, 'rebuild', ...(headers ? [`--nodedir=${headers}`] : [])], {
  cwd: packageFolder,
  env: { ...process.env, CXXFLAGS: [process.env.CXXFLAGS, simdFlags()].filter(Boolean).join(' ') },
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (build.status !== 0 || !loads()) {
  console.error(build.stdout ?? '', build.stderr ?? '', build.error ?? '');
  console.error(
    'earmark: the index (hnswlib-node) could not be compiled. It needs python3, make and a C++ compiler\n' +
      '(Debian: apt-get install python3 make g++; macOS: xcode-select --install; Windows: Visual Studio Build Tools).',
  );
  process.exit(1);
}

/**
 * A checkout is built for the machine it is on: 256-bit vectors build the index in a fifth less time (measured). A
 * package runs on any CPU with x86-64-v2 (SSE4.2, from about 2009), and so gets nothing newer.
 */
function simdFlags() {
  if (process.platform === 'win32' || process.arch !== 'x64') return '';
  if (portable) return '-march=x86-64-v2';
  if (process.platform !== 'linux') return '';
  const cpu = readFileSync('/proc/cpuinfo', 'utf8');
  return /\bavx2\b/.test(cpu) && /\bfma\b/.test(cpu) ? '-mavx2 -mfma' : '';
}

function loads() {
  const addon = join(packageFolder, 'build', 'Release', 'addon.node');
  if (!existsSync(addon)) return false;
  try {
    createRequire(import.meta.url)(addon);
    return true;
  } catch {
    return false; // built for another platform: build again
  }
}
