/** `rename.propose`: what files would be called by UCS, and what is in the way. Nothing is renamed here. */
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { NameParts, RenameProposal } from '../../shared/calls/write.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { readVocabularies } from '../tag/installed.ts';
import { listedFiles, type ListedFile } from './listed-files.ts';
import { sidecarPath } from './sidecars.ts';
import { catIdsOf, checkNameParts, numbered, ucsBase } from './ucs-name.ts';

/**
 * @returns one for each file that was ever analysed, in the order of the ids. Names that would be the same, as
 *   any file system sees it, are numbered
 * @throws UserError bad-input for parts that no name can hold, file-missing
 */
export async function proposeNames(
  catalogue: Catalogue,
  dataFolder: string,
  fileIds: readonly number[],
  given: NameParts,
): Promise<RenameProposal[]> {
  checkNameParts(given);
  const { found } = await readVocabularies({ dataFolder });
  const catIds = catIdsOf(found.flatMap(({ vocabulary }) => vocabulary.labels.flatMap(({ ucs }) => ucs?.catId ?? [])));
  const names = new TakenNames(catalogue);
  const proposals: RenameProposal[] = [];
  for await (const file of listedFiles(catalogue, dataFolder, [...new Set(fileIds)])) {
    const { fileId, path, tags } = file;
    const accepted = tags.flatMap(({ ucs }) => ucs?.catId ?? []);
    const base = ucsBase(basename(path, extname(path)), accepted, catIds, given);
    const reason = (await whyNot(file, base)) ?? '';
    const proposed = reason === '' && base !== null ? await proposal(file, base, names) : path;
    proposals.push({ fileId, path, proposed, reason });
  }
  return proposals;
}

async function whyNot({ path, offline }: ListedFile, base: string | null): Promise<string | null> {
  const name = basename(path);
  const facts = offline ? null : await lstat(path).catch(() => null);
  if (!facts) return `“${name}” is not available. Connect its drive and try again.`;
  if (facts.isSymbolicLink()) return `“${name}” is a symbolic link. Rename its target instead.`;
  if (base === null) return `“${name}” has no accepted tag with a UCS category. Accept one first.`; // prettier-ignore
  const sidecar = await lstat(sidecarPath(path)).catch(() => null);
  if (sidecar) return `“${basename(sidecarPath(path))}” is tied to the current name of the file and would be orphaned. Move it to another folder first.`; // prettier-ignore
  return null;
}

async function proposal({ fileId, path }: ListedFile, base: string, names: TakenNames): Promise<string> {
  const ending = extname(path);
  for (let number = 1; ; number++) {
    const name = `${number === 1 ? base : numbered(base, number)}${ending}`;
    if (await names.take(fileId, path, name)) return join(dirname(path), name);
  }
}

/** Two names that any usual file system takes for one (Windows and macOS: whatever the case; macOS: however composed). */
export function foldedName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** The same folder with another name. @param relativePath below a root, '/' between folders */
export function besideRelative(relativePath: string, name: string): string {
  return relativePath.slice(0, relativePath.lastIndexOf('/') + 1) + name;
}

/** Names that are given already: on disk, in the catalogue for a file that is away, or by an earlier proposal. */
class TakenNames {
  readonly #catalogue: Catalogue;
  readonly #folders = new Map<string, Set<string>>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** @returns whether the file may have this name; from then on nobody else may */
  async take(fileId: number, path: string, name: string): Promise<boolean> {
    const taken = await this.#namesIn(dirname(path));
    const wanted = foldedName(name);
    const own = foldedName(basename(path)) === wanted;
    if (!own && (taken.has(wanted) || this.#keepsPlace(fileId, name))) return false;
    taken.add(wanted);
    return true;
  }

  /** A file that was analysed and is offline now keeps its path, so that it can come back. */
  #keepsPlace(fileId: number, name: string): boolean {
    const { rootId, relativePath } = this.#catalogue.files.byId(fileId)!;
    const row = this.#catalogue.files.byPath(rootId, besideRelative(relativePath, name));
    return row?.contentId != null;
  }

  async #namesIn(folder: string): Promise<Set<string>> {
    const known = this.#folders.get(folder);
    if (known) return known;
    const names = new Set((await readdir(folder)).map(foldedName));
    this.#folders.set(folder, names);
    return names;
  }
}
