/** The tree of the sidebar as lines: what the library holds, and what of it stands in the search. */
import type { Collection, LibraryFolder, SavedSearch } from '../../../../shared/calls/files.ts';
import type { TagRow } from '../../../../shared/calls/tags.ts';
import type { FilterKey } from '../../../../shared/query/filters.ts';
import type { SearchQuery } from '../../../../shared/types.ts';
import { filtersIn, typeable } from '../../../query/edit.ts';
import { nameOfSearch } from '../../../query/recent.ts';
import { fileName } from '../../../words/paths.ts';

export const SECTIONS = ['folders', 'collections', 'saved', 'tags', 'recent'] as const;
export type Section = (typeof SECTIONS)[number];
const SECTION_NAMES: Record<Section, string> = {
  folders: 'Folders',
  collections: 'Collections',
  saved: 'Saved searches',
  tags: 'Tags',
  recent: 'Recent searches',
};

/** What a line stands for. */
export type Target =
  | { kind: 'section' | 'group' }
  | { kind: 'folder'; folder: LibraryFolder }
  /** A filter that is put into the search, or taken out of it. */
  | { kind: 'filter'; key: FilterKey; value: string; beside: boolean }
  | { kind: 'collection'; collection: Collection }
  | { kind: 'saved'; search: SavedSearch }
  | { kind: 'recent'; query: SearchQuery }
  /** Says why there is nothing. */
  | { kind: 'note' };

export interface Node {
  /** Stays the same as long as it stands for the same. */
  id: string;
  label: string;
  /** More of it, such as the whole path. */
  title: string;
  files: number | null;
  /** From 1. */
  level: number;
  /** Place among its neighbours, from 1, and how many these are. */
  place: number;
  neighbours: number;
  /** null: nothing is below it. */
  open: boolean | null;
  /** It stands in the search. */
  used: boolean;
  target: Target;
}

export interface TreeContent {
  /** Ids of nodes that are open. */
  open: ReadonlySet<string>;
  /** By {@link folderId}; of the roots: by ''. What is missing has not come yet. */
  folders: ReadonlyMap<string, readonly LibraryFolder[]>;
  collections: readonly Collection[];
  /** A list that is open beside the text. */
  listed: { collectionId?: number; favourite?: boolean };
  saved: readonly SavedSearch[];
  tags: readonly TagRow[];
  recent: readonly SearchQuery[];
  /** Of the search. */
  text: string;
}

/** The same, with the filters of the text read once. */
type Content = TreeContent & { has: ReturnType<typeof filtersIn> };

/** A line, and what is below it when it is open; null: nothing ever is. */
interface Branch {
  id: string;
  label: string;
  title?: string;
  files?: number | null;
  used?: boolean;
  target: Target;
  below?: (() => Branch[]) | null;
}

export const sectionId = (section: Section) => `section:${section}`;
export const folderId = ({ rootId, folder }: Pick<LibraryFolder, 'rootId' | 'folder'>) => `folder:${rootId}:${folder}`;

/** The lines that are seen, from top to bottom. */
export function sidebarNodes(given: TreeContent): Node[] {
  const content: Content = { ...given, has: filtersIn(given.text) };
  const below: Record<Section, () => Branch[]> = {
    folders: () => folders(content, ''),
    collections: () => collections(content),
    saved: () => saved(content),
    tags: () => tags(content),
    recent: () => recent(content),
  };
  const sections = SECTIONS.map((section): Branch => {
    return { id: sectionId(section), label: SECTION_NAMES[section], target: { kind: 'section' }, below: below[section] }; // prettier-ignore
  });
  return lines(sections, content.open, 1);
}

function lines(branches: readonly Branch[], open: ReadonlySet<string>, level: number): Node[] {
  return branches.flatMap(({ id, label, title = label, files = null, used = false, target, below = null }, at) => {
    const isOpen = below !== null && open.has(id);
    const own: Node = { id, label, title, files, level, place: at + 1, neighbours: branches.length, open: below === null ? null : isOpen, used, target }; // prettier-ignore
    return isOpen ? [own, ...lines(below(), open, level + 1)] : [own];
  });
}

function note(section: string, label: string): Branch[] {
  return [{ id: `note:${section}`, label, target: { kind: 'note' } }];
}

function folders(content: Content, of: string): Branch[] {
  const all = content.folders.get(of);
  if (all === undefined) return of === '' ? [] : note(of, '…');
  if (all.length === 0) return of === '' ? note('folders', 'No folders yet.') : [];
  return all.map((folder) => {
    const { path, files, hasFolders } = folder;
    const id = folderId(folder);
    const used = content.has('in', path);
    const below = hasFolders ? () => folders(content, id) : null;
    return { id, label: fileName(path) || path, title: path, files, used, target: { kind: 'folder', folder }, below };
  });
}

function collections({ collections: all, listed, has }: Content): Branch[] {
  const favourites: Branch = {
    id: 'favourites',
    label: 'Favourites',
    used: listed.favourite === true || has('fav', ''),
    target: { kind: 'filter', key: 'fav', value: '', beside: false },
  };
  return [
    favourites,
    ...all.map((collection): Branch => {
      const { id, name, files } = collection;
      const used = listed.collectionId === id || has('col', name);
      return { id: `collection:${id}`, label: name, files, used, target: { kind: 'collection', collection } };
    }),
  ];
}

function saved({ saved: all, text }: Content): Branch[] {
  if (all.length === 0) return note('saved', 'No saved searches.');
  return all.map((search): Branch => {
    const used = text !== '' && search.query.text === text;
    return { id: `saved:${search.id}`, label: search.name, title: nameOfSearch(search.query), used, target: { kind: 'saved', search } }; // prettier-ignore
  });
}

function recent({ recent: all }: Content): Branch[] {
  if (all.length === 0) return note('recent', 'No recent searches.');
  return all.map((query) => ({ id: `recent:${JSON.stringify(query)}`, label: nameOfSearch(query), target: { kind: 'recent', query } })); // prettier-ignore
}

/** Accepted tags below their UCS category and their group, or below their group alone. */
function tags({ tags: all, has }: Content): Branch[] {
  const accepted = all.filter((row) => row.accepted > 0 && typeable(row.name) !== '');
  if (accepted.length === 0) return note('tags', 'No accepted tags.');
  const leaf = ({ tagId, name, accepted: files }: TagRow): Branch => {
    const value = typeable(name);
    return { id: `tag:${tagId}`, label: name, files, used: has('tag', value), target: { kind: 'filter', key: 'tag', value, beside: true } }; // prettier-ignore
  };
  const leaves = (rows: readonly TagRow[]) => rows.map(leaf).sort(byLabel);
  const group = (id: string, label: string, below: () => Branch[]): Branch => ({ id: `tags:${id}`, label, target: { kind: 'group' }, below }); // prettier-ignore
  return [...Map.groupBy(accepted, topOf)]
    .map(([top, rows]) =>
      group(top, top, () => [
        ...[...Map.groupBy(rows.filter((row) => !isTop(row)), ({ groupName }) => groupName)] // prettier-ignore
          .map(([name, some]) => group(`${top}/${name}`, name, () => leaves(some)))
          .sort(byLabel),
        ...leaves(rows.filter(isTop)),
      ]),
    )
    .sort(byLabel);
}

/** UCS writes its categories in capitals: `FOOD & DRINK` → `Food & drink`. */
function topOf({ ucs, groupName }: TagRow): string {
  const name = ucs === null ? groupName : ucs.category.slice(0, 1) + ucs.category.slice(1).toLowerCase();
  return name === '' ? 'Other' : name;
}

/** It stands right below its category. */
function isTop(row: TagRow): boolean {
  return row.groupName.toLowerCase() === topOf(row).toLowerCase() || row.groupName === '';
}

const ORDER = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
function byLabel(a: Branch, b: Branch): number {
  return ORDER.compare(a.label, b.label);
}

/** What a key does in a tree (ARIA Authoring Practices, tree view). */
export type TreeStep = { to: number } | { open: number } | { close: number };

/** @param current index of the line that has the keys @returns null: this key does nothing here */
export function treeStep(nodes: readonly Node[], current: number, key: string): TreeStep | null {
  const node = nodes[current];
  if (node === undefined) return nodes.length === 0 ? null : { to: 0 };
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(nodes.length - 1, current + 1) };
    case 'ArrowUp':
      return { to: Math.max(0, current - 1) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: nodes.length - 1 };
    case 'ArrowRight':
      if (node.open === false) return { open: current };
      return node.open === true && (nodes[current + 1]?.level ?? 0) > node.level ? { to: current + 1 } : null;
    case 'ArrowLeft': {
      if (node.open === true) return { close: current };
      const parent = nodes.slice(0, current).findLastIndex(({ level }) => level < node.level);
      return parent < 0 ? null : { to: parent };
    }
    default:
      return null;
  }
}

/** The next line whose label begins with what was typed, from the current one on and round; −1 when none does. */
export function typedAhead(nodes: readonly Node[], current: number, typed: string): number {
  const wanted = typed.toLowerCase();
  // One letter again and again goes from one to the next; more letters may still mean the same line.
  const from = typed.length > 1 ? Math.max(current, 0) : current + 1;
  for (let step = 0; step < nodes.length; step++) {
    const at = (from + step) % nodes.length;
    if (nodes[at]!.label.toLowerCase().startsWith(wanted)) return at;
  }
  return -1;
}
