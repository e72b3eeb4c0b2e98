/**
 * Data sets without a table: a folder of clips for each class, as GTZAN and Speech Commands have them, or the class in the
 * names of the files, as CREMA-D, RAVDESS, VocalSound and NSynth do.
 */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { EvalRequest } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import { claimsAudio } from '../decode/extensions.ts';
import { withoutUnderscores, type DatasetRow } from './layouts.ts';

/** Not a class: hidden, or set apart as Speech Commands does it ("_background_noise_"). */
const SET_APART = /^[._]/;
/** Between the parts of a name: `1001_DFA_ANG_XX`, `03-01-06-01`, `224030__akshaylaya__bheem-b-001`. */
const BETWEEN_PARTS = /[-_]+/;

interface ClassClip {
  /** Relative to the data set. */
  file: string;
  /** As it stands in the name of the folder or file. */
  code: string;
}

/**
 * @param request `classes`: what codes mean; clips with other codes are left out
 * @returns a row for each audio file, in the order of the names
 * @throws UserError bad-input, not-found when no audio file has a class; no-permission
 */
export async function readClassClips(request: EvalRequest): Promise<DatasetRow[]> {
  const { dataset, layout, classPart, classes } = request;
  const clips = layout === 'names' ? await clipsByName(dataset, classPart ?? 1) : await clipsByFolder(dataset);
  const named = clips.flatMap(({ file, code }) => {
    if (classes === undefined) return [{ file, name: withoutUnderscores(code) }];
    return Object.hasOwn(classes, code) ? [{ file, name: classes[code]! }] : [];
  });
  if (named.length > 0) {
    return named.map(({ file, name }, at) => ({ line: at + 1, file, fold: null, labels: [name], captions: [] }));
  }
  const codes = [...new Set(clips.map(({ code }) => code))].sort();
  throw new UserError('bad-input', `None of the classes in “${dataset}” is in --classes. They are ${some(codes)}.`);
}

async function clipsByFolder(dataset: string): Promise<ClassClip[]> {
  const clips: ClassClip[] = [];
  for (const name of await namesIn(dataset, 'folder')) {
    if (SET_APART.test(name)) continue;
    for (const file of await namesIn(join(dataset, name), 'file')) {
      if (claimsAudio(file)) clips.push({ file: join(name, file), code: name });
    }
  }
  if (clips.length > 0) return clips;
  throw new UserError('not-found', `No folder in “${dataset}” has audio files. Specify the folder that has one folder for each class.`); // prettier-ignore
}

/** @param part which part of the name, from 1; from the end when negative */
async function clipsByName(dataset: string, part: number): Promise<ClassClip[]> {
  const files = (await filesBelow(dataset)).filter((file) => claimsAudio(file));
  if (files.length === 0) throw new UserError('not-found', `There are no audio files in “${dataset}”. Specify the folder of the clips.`); // prettier-ignore
  return files.map((file) => {
    const name = basename(file, extname(file));
    const code = name.split(BETWEEN_PARTS).at(part > 0 ? part - 1 : part);
    if (code !== undefined && code !== '') return { file, code };
    throw new UserError('bad-input', `“${file}” has no part ${part} in its name. Choose another one with --class-part.`); // prettier-ignore
  });
}

/** Relative paths of all that are no folders, by name; hidden ones are left out. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = (await entriesOf(folder, true)).filter((entry) => !entry.isDirectory());
  const files = entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  return files.filter((file) => file.split(sep).every((part) => !part.startsWith('.'))).sort();
}

async function namesIn(folder: string, kind: 'file' | 'folder'): Promise<string[]> {
  const entries = await entriesOf(folder, false);
  return entries.flatMap((entry) => ((kind === 'folder') === entry.isDirectory() ? [entry.name] : [])).sort();
}

async function entriesOf(folder: string, recursive: boolean): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true, recursive });
  } catch (error) {
    throw new UserError('no-permission', `The folder “${basename(folder)}” cannot be read. Check its permissions.`, error); // prettier-ignore
  }
}

/** The first of them, for a sentence. */
function some(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} others` : shown;
}
