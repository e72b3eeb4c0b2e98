/** Scopes of tags as SQL: which files, and which tags. */
import type { Database } from 'better-sqlite3';
import type { TagScope } from '../../shared/calls/tags.ts';
import { joined, likeLiteral, type Condition } from './queries/condition.ts';
import { folderCondition, type Root } from './queries/folder-filter.ts';
import { LISTED } from './queries/listed.ts';

/** The file name alone: what is left when the path up to the last '/' is taken off. */
const FILE_NAME = "replace(file.relative_path, rtrim(file.relative_path, replace(file.relative_path, '/', '')), '')";

export interface ScopeConditions {
  /** On rows of `file`: shown in lists, and in the folder and called as asked. */
  files: Condition;
  /** Nothing but "shown in lists" is asked of the files. */
  everyFile: boolean;
  /** On a column of tag ids; null: any tag. */
  tags: (column: string) => Condition | null;
}

/** @returns reads roots as they are when a scope is asked for */
export function tagScopes(db: Database): (scope: TagScope) => ScopeConditions {
  const roots = db.prepare<[], Root>('SELECT id, path FROM root');
  return ({ tagId, vocabularyId, folder, name }) => {
    const files: Condition[] = [{ sql: LISTED, parameters: [] }];
    if (folder !== undefined) files.push(folderCondition(folder, roots.all()));
    const part = name?.trim() ?? '';
    if (part !== '') files.push({ sql: `${FILE_NAME} LIKE ? ESCAPE '!'`, parameters: [`%${likeLiteral(part)}%`] });
    return {
      files: joined(files, 'AND'),
      everyFile: files.length === 1,
      tags: (column) => {
        const all: Condition[] = [];
        if (tagId !== undefined) all.push({ sql: `${column} = ?`, parameters: [tagId] });
        if (vocabularyId !== undefined) {
          all.push({ sql: `${column} IN (SELECT id FROM tag WHERE vocabulary_id = ?)`, parameters: [vocabularyId] });
        }
        return all.length === 0 ? null : joined(all, 'AND');
      },
    };
  };
}
