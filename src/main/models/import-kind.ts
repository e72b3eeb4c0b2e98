/** What a path that someone wants to import as a model holds. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { isHuggingFaceLayout } from './hugging-face/layout.ts';
import type { ImportKind } from './import-protocol.ts';

/** As its makers call the file. */
const MSCLAP_FILE = /^CLAP_weights_2023.*\.pth$/i;
const CHECKPOINT = /^\.(pth?|ckpt|bin)$/i;
const WHAT_CAN_BE =
  'Choose CLAP_weights_2023.pth, a folder with a model.json, or a folder of a CLAP model in ONNX as Hugging Face lays it out';

export interface Importable {
  kind: ImportKind;
  /** Absolute; the file or folder that is meant. */
  path: string;
  /** About what the pack will take on the disk; 0 where its own installation finds out. */
  bytes: number;
}

/**
 * By names and layout only: whether the content is what it seems shows when it is read.
 * @param path absolute
 * @throws UserError not-found, model-unusable with a sentence that says what can be imported
 */
export async function importableAt(path: string): Promise<Importable> {
  const facts = await stat(path).catch((error: unknown) => {
    throw new UserError('not-found', `There is nothing at “${path}”. Check the spelling, or connect its drive.`, error);
  });
  if (facts.isDirectory()) return folderAt(path);
  if (!facts.isFile()) throw new UserError('model-unusable', `“${basename(path)}” is not a regular file, so it is no model. ${WHAT_CAN_BE}.`); // prettier-ignore
  return fileAt(path, facts.size);
}

function fileAt(path: string, size: number): Importable | Promise<Importable> {
  if (basename(path) === 'model.json') return folderAt(dirname(path));
  if (CHECKPOINT.test(extname(path))) return { kind: 'msclap', path, bytes: roomFor(size) };
  const advice =
    extname(path).toLowerCase() === '.onnx' ? 'One graph is not a model yet: choose the folder around it' : WHAT_CAN_BE;
  throw new UserError('model-unusable', `“${basename(path)}” is no model that Earmark can import. ${advice}.`);
}

async function folderAt(path: string): Promise<Importable> {
  const names = await readdir(path).catch((error: unknown) => {
    throw new UserError('not-found', `The folder “${path}” cannot be read. Check its permissions.`, error);
  });
  if (names.includes('model.json')) return { kind: 'pack', path, bytes: 0 };
  const layout = await isHuggingFaceLayout(path);
  if (layout !== null) return { kind: 'hugging-face', path, bytes: roomFor(layout.bytes) };
  const checkpoints = names.filter((name) => MSCLAP_FILE.test(name));
  if (checkpoints.length === 1)
    return fileAt(join(path, checkpoints[0]!), (await stat(join(path, checkpoints[0]!))).size);
  throw new UserError('model-unusable', `There is no model in “${path}” that Earmark can import. ${WHAT_CAN_BE}.`);
}

/** The same weights in other files, some of them also in lower precision, and a margin. */
export function roomFor(bytes: number): number {
  return Math.ceil(1.5 * bytes) + 50e6;
}
