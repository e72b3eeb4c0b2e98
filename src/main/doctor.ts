/** Does everything Earmark needs work on this machine? Each check stands alone, so that one fault hides no other. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { toWire } from '../shared/errors.ts';
import type { DoctorLine } from '../shared/types.ts';
import { selfCheck } from './models/self-check.ts';
import type { Parts } from './parts.ts';

/** The oldest Node on which everything was tried. */
const NODE_MAJOR = 24;
/** Below this the catalogue of a large library may not fit, bytes. */
const LITTLE_SPACE = 1e9;

const STATE_WORDS = { loaded: 'loaded from its file', new: 'not saved yet', rebuilding: 'being built again' } as const;

type Check = [what: string, check: () => Promise<Finding> | Finding];
type Finding = Omit<DoctorLine, 'what'>;

const fine = (message: string): Finding => ({ ok: true, message });
const fix = (message: string): Finding => ({ ok: false, message });

/** @returns one line a check, in the order in which things depend on each other */
export async function runDoctor(parts: Parts): Promise<DoctorLine[]> {
  const checks: Check[] = [
    ['Node', checkNode],
    ['native modules', checkNativeModules],
    ['decoder', () => checkDecoder(parts)],
    ['model pack', () => checkPack(parts)],
    ['model self-check', () => checkModel(parts)],
    ['execution provider', () => checkProvider(parts)],
    ['data folder', () => checkDataFolder(parts.options.dataFolder)],
    ['catalogue', () => checkCatalogue(parts)],
    ['index', () => checkIndex(parts)],
  ];
  const lines: DoctorLine[] = [];
  for (const [what, check] of checks) {
    try {
      lines.push({ what, ...(await check()) });
    } catch (error) {
      const wire = toWire(error);
      lines.push({ what, ok: false, message: wire.code === 'internal' ? wire.detail : wire.userMessage });
    }
  }
  return lines;
}

function checkNode(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR) return fix(`${process.versions.node} is too old; install Node ${NODE_MAJOR} or newer`);
  return fine(`${process.versions.node} on ${process.platform} ${process.arch}`);
}

/** Those that the engine itself may load; onnxruntime belongs to the inference process, where the self-check runs it. */
function checkNativeModules(): Finding {
  const require = createRequire(import.meta.url);
  const missing = ['better-sqlite3', 'hnswlib-node'].filter((name) => {
    try {
      require(name);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0)
    return fix(`${missing.join(', ')} cannot be loaded; run npm ci in Earmark's folder and read what it prints`);
  const names = ['better-sqlite3', 'hnswlib-node', 'onnxruntime-node'];
  return fine(names.map((name) => `${name} ${versionOf(name, require)}`).join(', '));
}

function versionOf(name: string, require: NodeJS.Require): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

async function checkDecoder(parts: Parts): Promise<Finding> {
  const { ok, message } = await parts.pool().backend(AbortSignal.timeout(20_000));
  return { ok, message };
}

async function checkPack(parts: Parts): Promise<Finding> {
  const { name, id, folder, dim } = await parts.pack();
  return fine(`${name} (${id}), ${dim} dimensions, all files as published · ${folder}`);
}

async function checkModel(parts: Parts): Promise<Finding> {
  const supervisor = await parts.supervisor();
  const pack = await parts.pack();
  await supervisor.loadAudio(); // on what it runs at work
  const { ok, message } = await supervisor.asking((encoder) => selfCheck(pack, encoder));
  return { ok, message };
}

async function checkProvider(parts: Parts): Promise<Finding> {
  const { provider, reason } = await (await parts.supervisor()).loadAudio();
  return fine(`${provider} (${reason}); earmark doctor --gpu tries the others`);
}

async function checkDataFolder(dataFolder: string): Promise<Finding> {
  mkdirSync(dataFolder, { recursive: true });
  accessSync(dataFolder, constants.W_OK);
  const { bavail, bsize } = await statfs(existsSync(dataFolder) ? dataFolder : dirname(dataFolder));
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free`;
  return free < LITTLE_SPACE
    ? fix(`${text} on the disk of ${dataFolder}; free some space`)
    : fine(`${dataFolder}, ${text}`);
}

function checkCatalogue(parts: Parts): Finding {
  const catalogue = parts.existingCatalogue();
  if (!catalogue) return fine('none yet; earmark index FOLDER makes one');
  const problems = catalogue.integrityCheck();
  return problems.length > 0 ? fix(problems.join(' ')) : fine('every page and every row is sound');
}

async function checkIndex(parts: Parts): Promise<Finding> {
  if (!parts.existingCatalogue()) return fine('none yet');
  const index = await parts.index();
  return fine(`${index.count} windows can be found (${STATE_WORDS[index.state]})`);
}
