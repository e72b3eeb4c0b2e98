/** Does everything Earmark needs work on this machine? Each check stands alone, so that one fault hides no other. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { inWords } from '../../shared/analysis.ts';
import { toWire } from '../../shared/errors.ts';
import type { DoctorLine } from '../../shared/types.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { selfCheck } from '../packs/self-check.ts';

/** The oldest Node on which everything was tried. */
const NODE_MAJOR = 24;
/** Below this the catalogue of a large library may not fit, bytes. */
const LITTLE_SPACE = 1e9;

const STATE_WORDS = { loaded: 'loaded from its file', new: 'not saved yet', rebuilding: 'being rebuilt' } as const;

type Check = [what: string, check: () => Promise<Finding> | Finding];
type Finding = Omit<DoctorLine, 'what'>;

const fine = (message: string): Finding => ({ ok: true, message });
const fix = (message: string): Finding => ({ ok: false, message });

export interface DoctorDeps extends CatalogueAccess, Pick<ModelAccess, 'pack'> {
  pool(): DecoderPool;
  supervisor(): Promise<EncoderSupervisor>;
  index(): Promise<VectorIndex>;
}

/** @returns one line a check, in the order in which things depend on each other */
export async function runDoctor(deps: DoctorDeps): Promise<DoctorLine[]> {
  const checks: Check[] = [
    ['Node', checkNode],
    ['native modules', checkNativeModules],
    ['decoder', () => checkDecoder(deps)],
    ['model pack', () => checkPack(deps)],
    ['model self-check', () => checkModel(deps)],
    ['execution provider', () => checkProvider(deps)],
    ['data folder', () => checkDataFolder(deps.dataFolder)],
    ['catalogue', () => checkCatalogue(deps)],
    ['file information', () => checkAnalysis(deps)],
    ['index', () => checkIndex(deps)],
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
    return fix(`${missing.join(', ')} could not be loaded; run npm ci in Earmark's folder and check its output`);
  const names = ['better-sqlite3', 'hnswlib-node', 'onnxruntime-node'];
  return fine(names.map((name) => `${name} ${versionOf(name, require)}`).join(', '));
}

function versionOf(name: string, require: NodeJS.Require): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

async function checkDecoder(deps: DoctorDeps): Promise<Finding> {
  const { ok, message } = await deps.pool().backend(AbortSignal.timeout(20_000));
  return { ok, message };
}

async function checkPack(deps: DoctorDeps): Promise<Finding> {
  const { name, id, folder, dim } = await deps.pack();
  return fine(`${name} (${id}), ${dim} dimensions, all files verified · ${folder}`);
}

async function checkModel(deps: DoctorDeps): Promise<Finding> {
  const supervisor = await deps.supervisor();
  const pack = await deps.pack();
  await supervisor.loadAudio(); // on what it runs at work
  const { ok, message } = await supervisor.asking((encoder) => selfCheck(pack, encoder));
  return { ok, message };
}

async function checkProvider(deps: DoctorDeps): Promise<Finding> {
  const { provider, reason } = await (await deps.supervisor()).loadAudio();
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

function checkCatalogue(deps: DoctorDeps): Finding {
  const catalogue = deps.existingCatalogue();
  if (!catalogue) return fine('none yet; create it with: earmark index FOLDER');
  const problems = catalogue.integrityCheck();
  return problems.length > 0 ? fix(problems.join(' ')) : fine('integrity check passed');
}

function checkAnalysis(deps: DoctorDeps): Finding {
  const catalogue = deps.existingCatalogue();
  if (!catalogue) return fine('none yet');
  const { pending, kinds, failed } = catalogue.analysis.count();
  const old = failed === 0 ? '' : `; ${failed} files keep their previous values because reanalysis failed`;
  if (pending === 0) return fine(`${failed === 0 ? 'up to date' : 'no pending updates'}${old}`);
  return fine(`the next run updates ${inWords(kinds)} of ${pending} files: earmark index${old}`);
}

async function checkIndex(deps: DoctorDeps): Promise<Finding> {
  if (!deps.existingCatalogue()) return fine('none yet');
  const index = await deps.index();
  return fine(`${index.count} windows indexed (${STATE_WORDS[index.state]})`);
}
