/** The vocabularies there are, read again when a file of theirs has changed; saving and removing those of the user. */
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { vocabularyMissing } from '../../shared/refusals.ts';
import { describeWriteError, writeWhole } from '../files/write-whole.ts';
import { readVocabularies, SHIPPED_VOCABULARIES_FOLDER, type InstalledVocabularies } from './installed.ts';
import { parseVocabulary, type Vocabulary } from './vocabulary.ts';

export interface InstalledVocabulary {
  vocabulary: Vocabulary;
  /** Absolute. */
  path: string;
  shipped: boolean;
}

export class Vocabularies {
  readonly #dataFolder: string;
  #read: { stamp: string; installed: InstalledVocabularies } | null = null;

  /** @param dataFolder absolute; those of the user lie in its folder `vocabularies` */
  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  get folder(): string {
    return join(this.#dataFolder, 'vocabularies');
  }

  /** Shipped ones first; `broken`: files that cannot be used. Never rejects. */
  async all(): Promise<{ found: InstalledVocabulary[]; broken: InstalledVocabularies['broken'] }> {
    const stamp = `${await stampOf(SHIPPED_VOCABULARIES_FOLDER)}\n${await stampOf(this.folder)}`;
    if (this.#read?.stamp !== stamp) {
      this.#read = { stamp, installed: await readVocabularies({ dataFolder: this.#dataFolder }) };
    }
    const { found, broken } = this.#read.installed;
    const isShipped = (path: string) => path.startsWith(SHIPPED_VOCABULARIES_FOLDER);
    return { found: found.map(({ path, vocabulary }) => ({ path, vocabulary, shipped: isShipped(path) })), broken };
  }

  /** @throws UserError not-found */
  async get(id: string): Promise<InstalledVocabulary> {
    const { found, broken } = await this.all();
    const one = found.find(({ vocabulary }) => vocabulary.id === id);
    if (one) return one;
    const [first] = broken.flatMap(({ sentences }) => sentences);
    throw vocabularyMissing(id, found.map(({ vocabulary }) => vocabulary.id), first); // prettier-ignore
  }

  /** The one that has words for nearly every sound: others are compared with it (rivals.ts). */
  async reference(): Promise<Vocabulary> {
    return (await this.get('sfx')).vocabulary;
  }

  /** null when there is none of that id. */
  async find(id: string): Promise<InstalledVocabulary | null> {
    return (await this.all()).found.find(({ vocabulary }) => vocabulary.id === id) ?? null;
  }

  /**
   * Makes or replaces one of the user's.
   * @param content of any shape: it is checked as a file would be
   * @throws UserError vocabulary-damaged (all that is wrong with it), bad-input for the id of a shipped one
   */
  async save(content: unknown): Promise<Vocabulary> {
    const text = `${JSON.stringify(content, null, 2)}\n`;
    const vocabulary = parseVocabulary(text, nameOf(content));
    const other = await this.find(vocabulary.id);
    if (other?.shipped) {
      throw new UserError('bad-input', `“${vocabulary.id}” is the id of a built-in vocabulary, which cannot be changed. Save yours with another id.`); // prettier-ignore
    }
    const path = other?.path ?? join(this.folder, `${vocabulary.id}.json`);
    await mkdir(this.folder, { recursive: true }).catch((error: unknown) => {
      throw describeWriteError(error, this.folder) ?? error;
    });
    await writeWhole(path, [text], true);
    this.#read = null;
    return vocabulary;
  }

  /** Its file stays beside with the ending `.removed`. @throws UserError not-found, bad-input for a shipped one */
  async remove(id: string): Promise<void> {
    const { path, shipped } = await this.get(id);
    if (shipped) {
      throw new UserError('bad-input', `“${id}” is a built-in vocabulary and cannot be removed. Deselect it instead.`); // prettier-ignore
    }
    try {
      await rename(path, `${path}.removed`);
    } catch (error) {
      throw new UserError('no-permission', `“${path}” cannot be renamed. Check the permissions of its folder.`, error);
    }
    this.#read = null;
  }
}

function nameOf(content: unknown): string {
  const { id } = Object(content) as { id?: unknown };
  return typeof id === 'string' ? id : 'new vocabulary';
}

/** Names, sizes and times of the files in a folder. */
async function stampOf(folder: string): Promise<string> {
  try {
    const names = (await readdir(folder)).filter((name) => /^[^.].*\.json$/iu.test(name)).sort();
    const facts = await Promise.all(names.map((name) => stat(join(folder, name))));
    return facts.map(({ size, mtimeMs }, at) => `${names[at]!} ${String(size)} ${String(mtimeMs)}`).join('\n');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable'; // what is wrong, reading it says
  }
}
