/** `write.sidecars`: accepted tags beside files that cannot be written themselves, as `name.ext.xmp`. */
import { lstat, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { WriteCalls } from '../../shared/calls/write.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { version } from '../files/install.ts';
import { listedFiles, type ListedFile } from './listed-files.ts';
import { describeWriteError, writeWhole } from '../files/write-whole.ts';
import { isOwnPacket, xmpPacket } from './xmp.ts';

/** Larger than any of ours: what is larger is another program's and is not read. */
const MAX_OWN_BYTES = 1 << 20;

/**
 * One file that fails does not stop the others. A sidecar that another program made, or changed, is left alone.
 * @throws UserError file-missing for an id that is not in the catalogue
 */
export async function writeSidecars(
  catalogue: Catalogue,
  dataFolder: string,
  fileIds: readonly number[],
): Promise<WriteCalls['write.sidecars']['output']> {
  const written: string[] = [];
  const leftOut: { path: string; reason: string }[] = [];
  for await (const file of listedFiles(catalogue, dataFolder, fileIds)) {
    const reason = (await whyNot(file)) ?? (await writeSidecar(file));
    if (reason === null) written.push(sidecarPath(file.path));
    else leftOut.push({ path: file.path, reason });
  }
  return { written, leftOut };
}

/** @param path of the sound, absolute */
export function sidecarPath(path: string): string {
  return `${path}.xmp`;
}

async function whyNot({ path, tags, offline }: ListedFile): Promise<string | null> {
  const name = basename(path);
  if (offline) return `“${name}” is not available. Connect its drive and try again.`;
  if (tags.length === 0) return `“${name}” has no accepted tags to write.`;
  const sidecar = sidecarPath(path);
  const facts = await lstat(sidecar).catch(() => null);
  if (!facts) return null;
  const own = facts.isFile() && facts.size <= MAX_OWN_BYTES && isOwnPacket(await readFile(sidecar, 'utf8').catch(() => '')); // prettier-ignore
  return own
    ? null
    : `“${basename(sidecar)}” was created or changed by another program and was not overwritten. To write a new sidecar, move it to another folder first.`;
}

/** @returns what went wrong, a sentence; null when it is written */
async function writeSidecar({ path, tags }: ListedFile): Promise<string | null> {
  const packet = xmpPacket(tags, `Earmark ${version()}`, new Date());
  const sidecar = sidecarPath(path);
  try {
    const there = (await lstat(sidecar).catch(() => null)) !== null;
    await writeWhole(sidecar, [packet], there);
    return null;
  } catch (error) {
    const known = describeWriteError(error, sidecar);
    if (!known) throw error;
    return known.userMessage;
  }
}
