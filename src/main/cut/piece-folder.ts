/** The folder that pieces are written into: each whole or not at all, and never over what is there. */
import { constants } from 'node:fs';
import { access, mkdir, open, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Piece, PieceFormat, PieceRange } from '../../shared/calls/cut.ts';
import { UserError } from '../../shared/errors.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { quoted } from '../decode/file-errors.ts';
import type { CutPiece } from '../decode/report.ts';
import { fullPath } from '../files/full-path.ts';
import { removeAbandoned, temporaryBeside } from '../files/temporary-files.ts';
import { describeWriteError, placeWithoutReplacing, syncFolder } from '../files/write-whole.ts';
import { ChildExitedError } from '../process/child.ts';
import { isInside } from '../scan/roots.ts';
import { pieceName } from './piece-name.ts';

/** More pieces of one name than anybody keeps in a folder. */
const MOST_OF_ONE_NAME = 10_000;

export interface PieceFolderOptions {
  /** Absolute. */
  folder: string;
  /** Absolute; nothing is written into it. null: our own folder. */
  dataFolder: string | null;
  format: PieceFormat;
  /** Name pattern, checked. */
  name: string;
}

export class PieceFolder {
  readonly #options: PieceFolderOptions;
  /** The folder was not there before. */
  readonly #isNew: boolean;

  /** @throws UserError bad-input, not-found, no-permission when nothing can be written there */
  static async open(options: PieceFolderOptions): Promise<PieceFolder> {
    const { dataFolder } = options;
    const folder = fullPath(options.folder);
    const own = dataFolder && (await realpath(dataFolder).catch(() => dataFolder)); // not made yet: nothing is in it
    // Asked before anything is made.
    const above = await realpath(dirname(folder)).catch(() => dirname(folder)); // making it will say what is wrong
    if (own !== null && isInside(join(above, basename(folder)), own)) throw reserved(folder);
    let isNew = false;
    try {
      await mkdir(folder);
      isNew = true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whether a folder or something else is there, is asked next.
      if (code !== 'EEXIST') throw describeWriteError(error, folder) ?? error;
    }
    const real = await realpath(folder).catch(() => {
      throw new UserError('bad-input', `“${folder}” is a broken link. Choose another folder.`);
    });
    if (!(await stat(real)).isDirectory()) throw new UserError('bad-input', `“${folder}” is a file. Choose a folder.`);
    if (own !== null && isInside(real, own)) throw reserved(folder);
    try {
      await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw describeWriteError(error, join(folder, 'a piece')) ?? error;
    }
    if (!isNew) await removeAbandoned(folder);
    return new PieceFolder({ ...options, folder }, isNew);
  }

  private constructor(options: PieceFolderOptions, isNew: boolean) {
    this.#options = options;
    this.#isNew = isNew;
  }

  /** Takes a folder away again that was made for nothing. */
  async close(): Promise<void> {
    // Whatever lies in it by now, it stays then.
    if (this.#isNew) await rmdir(this.#options.folder).catch(() => undefined);
  }

  /**
   * @param at which of how many it is, from 1 on
   * @returns with what is worth saying of it, a sentence each
   * @throws UserError as `DecoderPool.cut`, decoder-crashed; signal.reason. Nothing is left then
   */
  async cut(
    range: PieceRange,
    at: { number: number; of: number },
    pool: DecoderPool,
    signal: AbortSignal,
  ): Promise<{ piece: Piece; notices: string[] }> {
    const { folder, format, name } = this.#options;
    const { path, startSeconds, endSeconds } = range;
    const stem = basename(path, extname(path));
    const base = pieceName(name, { stem, startSeconds, endSeconds }, at);
    const named = join(folder, `${base}.${format}`);
    const piecePath = temporaryBeside(named);
    try {
      await makeEmpty(piecePath, named);
      const request = { path, startSeconds, endSeconds, format, piecePath, finalPath: named };
      const { startSample, endSample, sampleRate, ...flaws } = await cutTwice(() => pool.cut(request, signal), path);
      const placed = await this.#place(piecePath, base);
      const span = { startSeconds: startSample / sampleRate, endSeconds: endSample / sampleRate };
      return { piece: { path: placed, source: path, ...span }, notices: noticesOf(placed, path, format, flaws) };
    } catch (error) {
      await rm(piecePath, { force: true });
      throw error;
    }
  }

  async #place(piecePath: string, base: string): Promise<string> {
    const { folder, format } = this.#options;
    for (let number = 1; ; number++) {
      const target = join(folder, `${number === 1 ? base : `${base}_${number}`}.${format}`);
      try {
        await placeWithoutReplacing(piecePath, target);
        await syncFolder(folder);
        return target;
      } catch (error) {
        const isTaken = error instanceof UserError && error.code === 'name-taken' && number < MOST_OF_ONE_NAME;
        if (!isTaken) throw describeWriteError(error, target) ?? error;
      }
    }
  }
}

function noticesOf(
  placed: string,
  source: string,
  format: PieceFormat,
  { isClipped, isCutOff }: Pick<CutPiece, 'isClipped' | 'isCutOff'>,
): string[] {
  const notices: string[] = [];
  if (isClipped) notices.push(`${quoted(placed)} is clipped: its source exceeds 0 dBFS, which ${format.toUpperCase()} cannot hold. Choose WAV to keep the peaks.`); // prettier-ignore
  if (isCutOff) notices.push(`${quoted(source)} is truncated: ${quoted(placed)} ends where the file does.`);
  return notices;
}

function reserved(folder: string): UserError {
  return new UserError('bad-input', `“${folder}” is in Earmark’s data folder, which is reserved. Choose another folder.`); // prettier-ignore
}

/** Here, so that the piece has the rights that the user's files have. @param named for the sentence */
async function makeEmpty(path: string, named: string): Promise<void> {
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    throw describeWriteError(error, named) ?? error;
  }
}

/** A decoder that crashes is tried once more, as in analysis. */
async function cutTwice<T>(cut: () => Promise<T>, path: string): Promise<T> {
  try {
    return await cut();
  } catch (error) {
    if (!(error instanceof ChildExitedError)) throw error;
  }
  try {
    return await cut();
  } catch (error) {
    if (!(error instanceof ChildExitedError)) throw error;
    throw new UserError('decoder-crashed', `“${path}” crashed the decoder twice and was skipped. The file may be damaged; try to play it in another program.`, error); // prettier-ignore
  }
}
