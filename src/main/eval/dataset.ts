/** From a data set's folder or table to the clips that are there and what is said about them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { claimsAudio } from '../decode/extensions.ts';
import type { EvalLayout, EvalRequest } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import type { FileFailure } from '../../shared/types.ts';
import { findAudioFolder } from './audio-folder.ts';
import { readUntrusted } from '../untrusted/read-untrusted.ts';
import { readClassClips } from './class-clips.ts';
import { DATASET_TABLE } from './dataset-table.ts';
import type { DatasetRow } from './layouts.ts';

/** Where well-known data sets keep the table that papers report on, below the folder that unpacking makes. */
const KNOWN_TABLES = [
  'meta/esc50.csv',
  'metadata/UrbanSound8K.csv',
  'FSD50K.ground_truth/eval.csv',
  'clotho_captions_evaluation.csv',
  'dataset/test.csv', // AudioCaps
];
/** Tried in this order where the table names files without an extension, as FSD50K does. */
const EXTENSIONS = ['.wav', '.flac', '.ogg', '.opus', '.mp3', '.m4a', '.aiff'];

/** An audio file that is there. */
export interface Clip {
  /** Absolute. */
  path: string;
  /** bytes */
  size: number;
  mtimeMs: number;
}

export interface Example extends DatasetRow {
  /** Index into `clips`; null for a row that is only a query. */
  clip: number | null;
}

export interface Dataset {
  layout: EvalLayout;
  /** Absolute paths. */
  csv: string;
  audioFolder: string;
  /** All classes of the table, those of other folds too, sorted: what a model has to choose from. Empty for captions. */
  classes: string[];
  /** Each file once, in the table's order. */
  clips: Clip[];
  /** Rows of the fold asked for whose clip is there. */
  examples: Example[];
  /** Files that are not there, each once. */
  missing: FileFailure[];
}

/**
 * @throws UserError not-found (no such folder or table, no such fold, none of the clips is there), bad-input (what
 *   reading the table (dataset-table.ts) throws; a folder with several tables)
 */
export async function openDataset(request: EvalRequest): Promise<Dataset> {
  const { layout: asked } = request;
  if (asked === 'folders' || asked === 'names') return openWithoutTable(request, asked);
  if (request.classPart !== undefined || request.classes !== undefined) {
    throw new UserError('bad-input', 'Data sets with a table say what their classes are. Leave out --classes and --class-part, or choose --layout folders or names.'); // prettier-ignore
  }
  const { csv, folder } = await findTable(request);
  const name = basename(csv);
  const { layout, rows } = await readUntrusted(DATASET_TABLE, { path: csv, layout: asked }, 'bad-input');
  const chosen = request.fold === undefined ? rows : rows.filter(({ fold }) => fold === request.fold);
  if (chosen.length === 0) {
    const folds = [...new Set(rows.flatMap(({ fold }) => fold ?? []))].sort().join(', ');
    const has = folds === '' ? 'It has no column fold or split' : `It has ${folds}`;
    throw new UserError('not-found', `“${name}” has no rows with fold “${request.fold ?? ''}”. ${has}.`);
  }
  const audioFolder = await findAudioFolder(request.audioFolder, { folder, csv }, chosen.flatMap(possibleNames));
  const located = await locate(chosen, audioFolder);
  const classes = layout === 'captions' ? [] : [...new Set(rows.flatMap(({ labels }) => labels))].sort();
  return { layout, csv, audioFolder, classes, ...located };
}

async function openWithoutTable(request: EvalRequest, layout: 'folders' | 'names'): Promise<Dataset> {
  const { dataset, csv, audioFolder, fold, classPart } = request;
  if (csv !== undefined || audioFolder !== undefined || fold !== undefined) {
    throw new UserError('bad-input', `The layout ${layout} has no table: leave out --csv, --audio and --fold.`);
  }
  if (layout === 'folders' && classPart !== undefined) throw new UserError('bad-input', 'With the layout folders the class is the folder: leave out --class-part.'); // prettier-ignore
  if ((await kindOf(dataset)) !== 'folder') {
    const which = layout === 'folders' ? 'that has one folder for each class' : 'of the clips';
    throw new UserError('not-found', `There is no folder “${dataset}”. Specify the folder ${which}.`);
  }
  const rows = await readClassClips(request);
  const classes = [...new Set(rows.flatMap(({ labels }) => labels))].sort();
  return { layout, csv: dataset, audioFolder: dataset, classes, ...(await locate(rows, dataset)) };
}

async function findTable({ dataset, csv }: EvalRequest): Promise<{ csv: string; folder: string }> {
  const given = await kindOf(dataset);
  if (given === null) throw new UserError('not-found', `“${dataset}” was not found. Specify the folder of a data set, or its table.`); // prettier-ignore
  if (csv !== undefined) {
    if ((await kindOf(csv)) !== 'file') throw new UserError('not-found', `The table “${csv}” was not found.`);
    return { csv, folder: given === 'folder' ? dataset : dirname(dataset) };
  }
  if (given === 'file') return { csv: dataset, folder: dirname(dataset) };
  for (const known of KNOWN_TABLES) {
    if ((await kindOf(join(dataset, known))) === 'file') return { csv: join(dataset, known), folder: dataset };
  }
  const tables = (await readdir(dataset)).filter((name) => name.toLowerCase().endsWith('.csv')).sort();
  const [only, ...more] = tables;
  if (only === undefined) throw new UserError('not-found', `No table (.csv) in “${dataset}”. Specify it with --csv, or choose --layout folders or names if its classes are in the names of folders or files.`); // prettier-ignore
  if (more.length > 0) throw new UserError('bad-input', `Several tables in “${dataset}”: ${tables.join(', ')}. Choose one with --csv.`); // prettier-ignore
  return { csv: join(dataset, only), folder: dataset };
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isMissing(error)) return null;
    throw new UserError('no-permission', `“${path}” cannot be read. Check its permissions.`, error);
  }
}

/** Below the audio folder; UrbanSound8K has a folder for each fold. */
function possibleNames({ file, fold }: DatasetRow): string[] {
  if (file === null) return [];
  const names = claimsAudio(file) ? [file] : [...EXTENSIONS.map((extension) => file + extension), file];
  return fold === null ? names : [...names, ...names.map((name) => join(`fold${fold}`, name))];
}

async function locate(
  rows: DatasetRow[],
  audioFolder: string,
): Promise<Pick<Dataset, 'clips' | 'examples' | 'missing'>> {
  const clips: Clip[] = [];
  const examples: Example[] = [];
  const missing = new Map<string, FileFailure>();
  /** Of rows looked up before, by the names that they could mean; null where none of them is there. */
  const looked = new Map<string, number | null>();
  const byPath = new Map<string, number>();
  for (const row of rows) {
    const names = possibleNames(row);
    const [first] = names;
    if (first === undefined) {
      examples.push({ ...row, clip: null });
      continue;
    }
    const key = names.join('\0');
    let clip = looked.get(key);
    if (clip === undefined) {
      const there = await firstThere(names, audioFolder);
      clip = there === null ? null : (byPath.get(there.path) ?? clips.push(there) - 1);
      looked.set(key, clip);
      if (there !== null) byPath.set(there.path, clip!);
    }
    if (clip !== null) examples.push({ ...row, clip });
    else {
      const path = resolve(audioFolder, row.file!);
      missing.set(path, { path, code: 'vanished', message: `“${row.file!}” is not in “${audioFolder}”.` });
    }
  }
  if (clips.length === 0) {
    throw new UserError('not-found', `None of the ${missing.size} clips is in “${audioFolder}”. Specify their folder with --audio.`); // prettier-ignore
  }
  return { clips, examples, missing: [...missing.values()] };
}

async function firstThere(names: string[], audioFolder: string): Promise<Clip | null> {
  for (const name of names) {
    const path = resolve(audioFolder, name);
    try {
      const facts = await stat(path);
      if (facts.isFile()) return { path, size: facts.size, mtimeMs: facts.mtimeMs };
    } catch (error) {
      if (!isMissing(error)) throw new UserError('no-permission', `“${path}” cannot be accessed. Check the permissions of its folder.`, error); // prettier-ignore
    }
  }
  return null;
}

/** No such file, a file where a folder should be, or a name that no file can have. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE';
}
