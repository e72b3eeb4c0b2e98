/** Folder filters: an absolute folder, or part of a folder's name. */
import { isAbsolute, resolve } from 'node:path';
import { withHome } from '../../files/full-path.ts';
import { joined, likeLiteral, type Condition } from './condition.ts';

export interface Root {
  id: number;
  /** Absolute, in the platform's own form. */
  path: string;
}

/** Whether `folder` is an absolute path on any platform, or begins in the home folder (`~/`). */
export function isAbsoluteFolder(folder: string): boolean {
  return /^(?:[/\\]|[a-z]:[/\\]|~(?:[/\\]|$))/i.test(folder);
}

/**
 * Absolute: files anywhere below that folder, which may lie in a root, be one, or hold several. Relative: files
 * with a folder on their path whose name holds these words; `sfx/doors` may span two levels, the root's own path
 * counts, the file name does not. Case is folded for ASCII letters by SQLite, for others as far as {@link spellings} goes.
 * @param roots all roots of the catalogue
 */
export function folderCondition(folder: string, roots: readonly Root[]): Condition {
  return isAbsoluteFolder(folder) ? belowFolder(folder, roots) : namedFolder(folder, roots);
}

function namedFolder(folder: string, roots: readonly Root[]): Condition {
  const part = withSlashes(folder).replace(/^\/+|\/+$/g, '');
  const below = (pattern: string): Condition => ({
    sql: `inside.relative_path LIKE ? ESCAPE '!'`,
    parameters: [pattern],
  });
  const inPath = joined(
    spellings(part).map((spelling) => below(`%${likeLiteral(spelling)}%/%`)),
    'OR',
  );
  // The sub-select is answered from the index over (root_id, relative_path) alone.
  const all: Condition[] = [
    { sql: `file.id IN (SELECT inside.id FROM file AS inside WHERE ${inPath.sql})`, parameters: inPath.parameters },
  ];
  for (const { id, path } of roots) {
    const root = folded(withSlashes(path));
    if (root.includes(folded(part))) all.push({ sql: 'file.root_id = ?', parameters: [id] });
    // "sfx/doors" where the root is …/sfx and has a folder doors…
    for (const { index } of part.matchAll(/\//g)) {
      if (!root.endsWith(folded(part.slice(0, index)))) continue;
      const rest = joined(
        spellings(part.slice(index + 1)).map((spelling) => below(`${likeLiteral(spelling)}%/%`)),
        'OR',
      );
      const sql = `file.id IN (SELECT inside.id FROM file AS inside WHERE inside.root_id = ? AND ${rest.sql})`;
      all.push({ sql, parameters: [id, ...rest.parameters] });
    }
  }
  return joined(all, 'OR');
}

function belowFolder(folder: string, roots: readonly Root[]): Condition {
  const expanded = withHome(folder);
  const wanted = comparable(isAbsolute(expanded) ? resolve(expanded) : expanded);
  const parts: Condition[] = [];
  for (const { id, path } of roots) {
    const root = comparable(path);
    if (`${root}/`.startsWith(`${wanted}/`)) {
      parts.push({ sql: 'file.root_id = ?', parameters: [id] });
    } else if (`${wanted}/`.startsWith(`${root}/`)) {
      for (const below of spellings(wanted.slice(root.length + 1), false)) {
        // '0' is the character after '/': a range over the index instead of a pattern.
        const range = 'file.root_id = ? AND file.relative_path > ? AND file.relative_path < ?';
        const pattern = "file.root_id = ? AND file.relative_path LIKE ? ESCAPE '!'";
        parts.push(
          process.platform === 'win32'
            ? { sql: pattern, parameters: [id, `${likeLiteral(below)}/%`] }
            : { sql: range, parameters: [id, `${below}/`, `${below}0`] },
        );
      }
    }
  }
  return parts.length === 0 ? { sql: 'FALSE', parameters: [] } : joined(parts, 'OR');
}

/** As the catalogue writes relative paths. Elsewhere than on Windows a backslash is a letter like any other. */
function withSlashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

/** Without a slash at the end and in one Unicode form; without case where the file system has none. */
function comparable(path: string): string {
  const plain = (process.platform === 'win32' ? withSlashes(path).toLowerCase() : path).normalize('NFC');
  return plain.replace(/\/+$/, '');
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** macOS hands out decomposed names, keyboards make composed ones; LIKE folds the case of ASCII only. */
function spellings(text: string, anyCase = true): string[] {
  const cases = anyCase ? [text, text.toLowerCase(), text.toUpperCase()] : [text];
  const forms = cases.flatMap((form) => [form.normalize('NFC'), form.normalize('NFD')]);
  // For ASCII they are all the same to LIKE.
  return /^[\x20-\x7e]*$/.test(text) ? [text] : [...new Set(forms)];
}
