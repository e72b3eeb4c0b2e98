/** The one way by which a file that the user named is written: never a sound, and nothing of Earmark's own. */
import { open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { byteReader } from '../files/byte-reader.ts';
import { fullPath } from '../files/full-path.ts';
import { sniff } from '../decode/sniff.ts';
import { isInside, toRelative } from '../scan/roots.ts';
import { writeWhole, type TextChunks } from '../files/write-whole.ts';

export interface OutputDeps {
  /** Absolute. Nothing is written into it. */
  dataFolder: string;
  catalogue: Catalogue | null;
}

export interface Output {
  /** Absolute. */
  path: string;
  /** What its name may end in, and that of the file that a link leads to: lower case, with the dot. */
  endings: readonly string[];
  /** An existing file is replaced. */
  replace: boolean;
}

/**
 * @param chunks not read when the path is refused
 * @throws UserError bad-input for a path that is not absolute or ends otherwise, for a sound (by catalogue or by content),
 *   for a file of Earmark's own, also behind links; what {@link writeWhole} throws
 */
export async function writeOutput(output: Output, chunks: TextChunks, deps: OutputDeps): Promise<void> {
  await refuseUnfit(output, deps);
  await writeWhole(output.path, chunks, output.replace);
}

async function refuseUnfit({ path, endings, replace }: Output, deps: OutputDeps): Promise<void> {
  fullPath(path);
  requireEnding(path, path, endings);
  const folder = await realpath(dirname(path)).catch((error: unknown) => {
    throw new UserError(
      'not-found',
      `The folder “${dirname(path)}” does not exist. Create it first, or choose another folder.`,
      error,
    );
  });
  const place = join(folder, basename(path));
  await refuseOwn(path, place, deps.dataFolder);
  if (!replace) return; // writing refuses whatever is there
  const target = await realpath(place).catch(() => null); // null: nothing there, or a link that leads nowhere
  if (target === null) return;
  requireEnding(path, target, endings);
  await refuseOwn(path, target, deps.dataFolder);
  if (isCatalogued(deps.catalogue, [path, place, target]) || (await isSound(target))) {
    throw new UserError('bad-input', `“${path}” is an audio file and cannot be overwritten. Choose another name.`);
  }
}

function requireEnding(path: string, target: string, endings: readonly string[]): void {
  if (endings.includes(extname(target).toLowerCase())) return;
  const wanted = endings.map((ending) => `“${ending}”`).join(' or ');
  const where = target === path ? `The name “${path}”` : `“${path}” is a link to “${target}”, which`;
  throw new UserError('bad-input', `${where} must end in ${wanted}. Choose another name.`);
}

async function refuseOwn(path: string, target: string, dataFolder: string): Promise<void> {
  const own = await realpath(dataFolder).catch(() => dataFolder); // not made yet: nothing is in it
  if (!isInside(target, own)) return;
  throw new UserError('bad-input', `“${path}” is in Earmark’s data folder, which is reserved. Choose another folder.`); // prettier-ignore
}

/** Whatever was met in a library and is or claims to be a sound; tables and lists lie there as well. */
function isCatalogued(catalogue: Catalogue | null, paths: readonly string[]): boolean {
  if (catalogue === null) return false;
  const roots = [...catalogue.roots.list(), ...catalogue.roots.removed()];
  return roots.some((root) =>
    paths.some((path) => {
      const row = isInside(path, root.path) ? catalogue.files.byPath(root.id, toRelative(path, root.path)) : null;
      return row?.state === 'ready' || row?.state === 'failed';
    }),
  );
}

async function isSound(path: string): Promise<boolean> {
  const facts = await stat(path);
  if (!facts.isFile()) return false; // writing refuses it in words of its own
  const file = await open(path, 'r').catch(() => null); // may be replaced all the same where only reading is forbidden
  if (file === null) return false;
  try {
    return (await sniff(byteReader(file, facts.size))) !== null;
  } finally {
    await file.close();
  }
}
