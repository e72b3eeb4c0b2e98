/** The models that others publish and that Earmark can fetch: a list that comes with the program, checked when it is read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../shared/errors.ts';
import { SHIPPED_MODELS_FOLDER } from '../../packs/installed.ts';
import { wrongShape } from '../../text/wrong-shape.ts';

/** Names another list in place of the shipped one, for administrators of many machines. */
export const LIST_VARIABLE = 'EARMARK_KNOWN_MODELS';
const SHIPPED_LIST = join(SHIPPED_MODELS_FOLDER, 'known.json');

const https = z.url({ protocol: /^https$/ }).max(2000);
/** One part of a path, on any system: nothing that leads out of the folder, and nothing hidden. */
const PATH = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

const FILE = z.strictObject({
  url: https,
  /** Below the folder that is imported, '/' between its parts. */
  path: z.string().max(200).regex(PATH),
  /** Exactly where there is a hash, else about. */
  bytes: z.number().int().positive(),
  /** Hex; left out where nobody could check it. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
});

const MODEL = z.strictObject({
  /** Of the pack that comes of it. */
  id: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  name: z.string().min(1).max(100),
  goodFor: z.string().min(1).max(300),
  license: z.string().min(1).max(100),
  licenseUrl: https,
  page: https,
  files: z
    .array(FILE)
    .min(1)
    .refine((files) => allDiffer(files.map(({ path }) => path.toLowerCase())), {
      error: 'two files have the same name',
    }),
});

const LIST = z.strictObject({
  models: z
    .array(MODEL)
    .refine((models) => allDiffer(models.map(({ id }) => id.toLowerCase())), { error: 'two models have the same id' }),
});

export type ListedFile = z.output<typeof FILE>;
export type ListedModel = z.output<typeof MODEL>;

/**
 * @param path of the list @default the shipped one, or what {@link LIST_VARIABLE} names
 * @throws UserError model-damaged when it cannot be read or is not as it should be
 */
export async function readKnownModels(
  path: string = process.env[LIST_VARIABLE] ?? SHIPPED_LIST,
): Promise<ListedModel[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw damaged(path, 'it cannot be read', error);
  }
  const list = LIST.safeParse(content);
  if (list.success) return list.data.models;
  throw damaged(path, wrongShape(list.error), list.error);
}

/** Bytes of all its files. */
export function bytesOf({ files }: ListedModel): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function allDiffer(names: string[]): boolean {
  return new Set(names).size === names.length;
}

function damaged(path: string, what: string, cause: unknown): UserError {
  const advice = path === SHIPPED_LIST ? 'Reinstall Earmark' : `Correct it, or unset ${LIST_VARIABLE}`;
  return new UserError('model-damaged', `The list of models to download, “${path}”, is damaged: ${what}. ${advice}.`, cause); // prettier-ignore
}
