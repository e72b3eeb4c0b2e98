/**
 * The tables that data sets come with, distinguished by their columns:
 * ESC-50 (`filename,fold,target,category`, github.com/karolpiczak/ESC-50) and UrbanSound8K
 * (`slice_file_name,…,fold,classID,class`); FSD50K (`fname,labels,mids,split`, doi.org/10.5281/zenodo.4060432);
 * Clotho (`file_name,caption_1..caption_5`, doi.org/10.5281/zenodo.4783391), AudioCaps
 * (`audiocap_id,youtube_id,start_time,caption`, github.com/cdjkim/audiocaps), MusicCaps (`ytid,…,caption,…`,
 * huggingface.co/datasets/google/MusicCaps) and plain caption lists.
 */
import type { TableLayout } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import type { CsvRecord } from '../csv/parse-csv.ts';

/** A line of the table, whatever its layout. */
export interface DatasetRow {
  line: number;
  /** As written; null in a caption table's row that is only a query. */
  file: string | null;
  /** Value of the column `fold`, else `split`; null without either. */
  fold: string | null;
  /** Class names in words. esc50: exactly one; fsd50k: one or more; captions: none or one. */
  labels: string[];
  captions: string[];
}

export interface Table {
  layout: TableLayout;
  rows: DatasetRow[];
}

const FILE_COLUMNS = ['filename', 'file_name', 'slice_file_name', 'fname', 'path', 'file', 'youtube_id', 'ytid'];
const CLASS_COLUMNS = ['category', 'class', 'label'];
const FOLD_COLUMNS = ['fold', 'split'];
const CAPTION_COLUMN = /^caption(_\d+)?$/;

const UNDERSTOOD =
  'Supported columns: filename, category, optional fold (esc50); fname, labels, optional split (fsd50k); ' +
  'file_name or path, caption or caption_1, caption_2, …, optional label (captions)';

/** Where things stand in a record; −1 and [] where the table has no such column. */
interface Columns {
  file: number;
  fold: number;
  oneClass: number;
  classes: number;
  captions: number[];
}

/**
 * @param records header first, as {@link parseCsv} gives them
 * @param name of the file, for the sentences
 * @throws UserError bad-input when the columns are those of no layout or not of the one asked for, when there are no
 *   rows, or when a row lacks what its layout needs
 */
export function readTable(records: CsvRecord[], asked: TableLayout | 'auto', name: string): Table {
  const [header, ...body] = records;
  if (!header) throw new UserError('bad-input', `“${name}” is empty. ${UNDERSTOOD}.`);
  const columns = findColumns(header.fields);
  const layout = asked === 'auto' ? recognise(columns) : asked;
  if (layout === null || !fits(columns, layout)) {
    const found = header.fields.map((field) => field.trim()).join(', ');
    const as = asked === 'auto' ? '' : ` as ${asked}`;
    throw new UserError('bad-input', `“${name}” cannot be used${as}: its columns are ${found}. ${UNDERSTOOD}.`);
  }
  if (body.length === 0) throw new UserError('bad-input', `“${name}” has a header row but no data rows.`);
  return { layout, rows: body.map((record) => readRow(record, columns, layout, name)) };
}

function findColumns(header: string[]): Columns {
  const names = header.map((field) => field.trim().toLowerCase());
  const first = (wanted: string[]) => {
    const there = wanted.find((one) => names.includes(one));
    return there === undefined ? -1 : names.indexOf(there);
  };
  return {
    file: first(FILE_COLUMNS),
    fold: first(FOLD_COLUMNS),
    oneClass: first(CLASS_COLUMNS),
    classes: first(['labels']),
    captions: names.flatMap((column, at) => (CAPTION_COLUMN.test(column) ? [at] : [])),
  };
}

/** Captions first: their tables may have a label column as well. */
function recognise(columns: Columns): TableLayout | null {
  return (['captions', 'fsd50k', 'esc50'] as const).find((layout) => fits(columns, layout)) ?? null;
}

function fits(columns: Columns, layout: TableLayout): boolean {
  if (columns.file < 0) return false;
  if (layout === 'captions') return columns.captions.length > 0;
  return layout === 'fsd50k' ? columns.classes >= 0 : columns.oneClass >= 0;
}

function readRow({ line, fields }: CsvRecord, columns: Columns, layout: TableLayout, name: string): DatasetRow {
  const cell = (at: number) => (at < 0 ? '' : fields[at]!.trim());
  const row: DatasetRow = {
    line,
    file: cell(columns.file) || null,
    fold: cell(columns.fold) || null,
    labels: [],
    captions: [],
  };
  const fail = (what: string) => new UserError('bad-input', `“${name}”, line ${line}: ${what}.`);
  if (layout === 'captions') {
    row.captions = columns.captions.map(cell).filter((caption) => caption !== '');
    row.labels = [cell(columns.oneClass)].filter((label) => label !== '').map(withoutUnderscores);
    if (row.file === null && (row.captions.length === 0 || row.labels.length === 0)) {
      throw fail('a row without a file must have a caption and a label');
    }
    return row;
  }
  if (row.file === null) throw fail('the file name is missing');
  row.labels =
    layout === 'fsd50k'
      ? [...new Set(cell(columns.classes).split(',').map(displayName))].filter((label) => label !== '')
      : [withoutUnderscores(cell(columns.oneClass))].filter((label) => label !== '');
  if (row.labels.length === 0) throw fail('the class is missing');
  return row;
}

/**
 * FSD50K writes AudioSet's display names as identifiers: spaces as "_", commas as "_and_". This is the way back:
 * "Chirp_and_tweet" → "Chirp, tweet". Published zero-shot figures use the display names.
 */
function displayName(identifier: string): string {
  return withoutUnderscores(identifier.replaceAll('_and_', ', '));
}

/** "crackling_fire" → "crackling fire" */
export function withoutUnderscores(identifier: string): string {
  return identifier.replaceAll('_', ' ').replaceAll(/\s+/g, ' ').trim();
}
