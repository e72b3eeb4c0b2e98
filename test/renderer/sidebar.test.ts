/** The tree of the sidebar: its lines, what its keys do, and the text that its filters make. */
import { expect, test } from 'vitest';
import { filtersIn, typeable, withFilter, withoutFilter } from '../../src/renderer/query/edit.ts';
import {
  sectionId,
  sidebarNodes,
  treeStep,
  typedAhead,
  type TreeContent,
} from '../../src/renderer/screens/search/sidebar/nodes.ts';
import type { TagRow } from '../../src/shared/calls/tags.ts';

const folder = (path: string, files: number, hasFolders: boolean) => ({
  rootId: 1,
  folder: path.replace(/^\/SFX\/?/, ''),
  path,
  files,
  hasFolders,
});
const tag = (tagId: number, name: string, groupName: string, category: string | null, accepted = 1): TagRow => ({
  ...{ tagId, name, groupName, accepted, vocabularyId: 'sfx', labelId: name, suggested: 3, rejected: 0, taught: null },
  ucs: category === null ? null : { catId: 'X', category, subCategory: 'Y' },
});
const CONTENT: TreeContent = {
  open: new Set(['folders', 'collections', 'saved'].map((name) => `section:${name}`)),
  folders: new Map([
    ['', [folder('/SFX', 12_480, true)]],
    ['folder:1:', [folder('/SFX/Doors', 40, true), folder('/SFX/Rain', 9, false)]],
  ]),
  collections: [{ id: 7, name: 'Night "Train"', files: 3 }],
  listed: {},
  saved: [],
  tags: [],
  recent: [],
  text: '',
};
const shown = (content: Partial<TreeContent>) =>
  sidebarNodes({ ...CONTENT, ...content }).map(({ level, label }) => `${'  '.repeat(level - 1)}${label}`);
const used = (content: Partial<TreeContent>) =>
  sidebarNodes({ ...CONTENT, ...content }).filter((node) => node.used).map(({ label }) => label); // prettier-ignore

test('sections with what is open below them', () => {
  expect(shown({})).toEqual(['Folders', '  SFX', 'Collections', '  Favourites', '  Night "Train"', 'Saved searches', '  No saved searches.', 'Tags', 'Recent searches']); // prettier-ignore
  const open = new Set([...CONTENT.open, 'folder:1:', 'folder:1:Doors']);
  expect(shown({ open }).slice(0, 5)).toEqual(['Folders', '  SFX', '    Doors', '      …', '    Rain']);
  const [, root, doors, , rain] = sidebarNodes({ ...CONTENT, open });
  expect(root).toMatchObject({ level: 2, place: 1, neighbours: 1, open: true, files: 12_480, title: '/SFX' });
  expect(doors).toMatchObject({ level: 3, place: 1, neighbours: 2, open: true });
  expect(rain).toMatchObject({ place: 2, open: null });
});

test('what stands in the search is marked, also a list that is open beside the text', () => {
  expect(used({ text: 'slam in:/SFX' })).toEqual(['SFX']);
  expect(used({ text: 'in:/sfx' })).toEqual([]); // another folder, on most systems
  expect(used({ text: 'col:"night train" fav:' })).toEqual(['Favourites', 'Night "Train"']);
  expect(used({ listed: { collectionId: 7 } })).toEqual(['Night "Train"']);
  expect(used({ text: 'rain dur:<4', saved: [{ id: 1, name: 'Short rain', query: { text: 'rain dur:<4' } }] })).toEqual(['Short rain']); // prettier-ignore
});

test('accepted tags below their UCS category and group; what was only suggested is not there', () => {
  const tags = [
    tag(1, 'wood door', 'Doors', 'DOORS'),
    tag(2, 'dog bark', 'Dogs', 'ANIMALS', 4),
    tag(3, 'cat meow', 'Cats', 'ANIMALS'),
    tag(4, 'dark', 'Mood', null),
    tag(5, 'never said', 'Mood', null, 0),
  ];
  const open = new Set([sectionId('tags'), 'tags:Animals', 'tags:Animals/Dogs', 'tags:Doors', 'tags:Mood']);
  expect(shown({ tags, open }).slice(3, -1)).toEqual(['Tags', '  Animals', '    Cats', '    Dogs', '      dog bark', '  Doors', '    wood door', '  Mood', '    dark']); // prettier-ignore
  expect(used({ tags, open, text: 'tag:"dog bark" tag:DARK' })).toEqual(['dog bark', 'dark']);
});

test('keys move through it as through any tree', () => {
  const nodes = sidebarNodes({ ...CONTENT, open: new Set([...CONTENT.open, 'folder:1:']) });
  const at = (label: string) => nodes.findIndex((node) => node.label === label);
  const step = (label: string, key: string) => treeStep(nodes, at(label), key);
  expect(step('SFX', 'ArrowRight')).toEqual({ to: at('Doors') });
  expect(step('Doors', 'ArrowRight')).toEqual({ open: at('Doors') });
  expect(step('Rain', 'ArrowRight')).toBeNull();
  expect(step('Rain', 'ArrowLeft')).toEqual({ to: at('SFX') });
  expect(step('SFX', 'ArrowLeft')).toEqual({ close: at('SFX') });
  expect(step('Tags', 'ArrowLeft')).toBeNull();
  expect(step('Rain', 'ArrowDown')).toEqual({ to: at('Collections') });
  expect(step('Folders', 'ArrowUp')).toEqual({ to: 0 });
  expect(step('Rain', 'End')).toEqual({ to: nodes.length - 1 });
  expect(step('Rain', 'x')).toBeNull();
  expect(treeStep([], 0, 'ArrowDown')).toBeNull();
});

test('letters lead to the next line that begins with them, and round', () => {
  const nodes = sidebarNodes({ ...CONTENT, open: new Set([...CONTENT.open, 'folder:1:']) });
  const label = (current: number, typed: string) => nodes[typedAhead(nodes, current, typed)]?.label;
  expect(label(0, 'r')).toBe('Rain');
  expect(label(4, 'f')).toBe('Favourites');
  expect(label(5, 'f')).toBe('Folders');
  expect(label(0, 'fav')).toBe('Favourites');
  expect(label(0, 'x')).toBeUndefined();
});

test('a filter takes the place of the others with its key, or stands beside them, and goes again', () => {
  expect(withFilter('', 'in', '/Sounds/My doors')).toBe('in:"/Sounds/My doors"');
  expect(withFilter('slam in:/a dur:<4 in:/b', 'in', '/c')).toBe('slam dur:<4 in:/c');
  expect(withFilter('tag:wood', 'tag', 'old', true)).toBe('tag:wood tag:old');
  expect(withFilter('tag:wood tag:OLD', 'tag', 'old', true)).toBe('tag:wood tag:old');
  expect(withFilter('', 'fav', '')).toBe('fav:');
  expect(withFilter('-"in:/a" in', 'in', '/c')).toBe('-"in:/a" in in:/c'); // words
  expect(withFilter('slam', 'in', '/Sounds/12" hits')).toBeNull();
  expect(withoutFilter('slam in:/a tag:x', 'in', '/a')).toBe('slam tag:x');
  expect(withoutFilter('slam in:/a', 'in', '/b')).toBe('slam in:/a');
  expect(withoutFilter('in:/a slam in:/b', 'in')).toBe('slam');
  expect(typeable(' Night  "Train" ')).toBe('Night Train');
  const has = filtersIn('col:"night train" -fav: in:/a');
  expect([has('col', 'Night "Train"'), has('fav', ''), has('in', '/a'), has('in', '/A')]).toEqual([true, false, true, false]); // prettier-ignore
});
