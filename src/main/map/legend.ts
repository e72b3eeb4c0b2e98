/** Classes of points, by which the map is coloured. */
import type { MapColouring, MapLegend } from '../../shared/calls/map.ts';
import { camelot, keyName, kindName } from '../../shared/music.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { MusicalFacts } from '../catalogue/stores/file-places.ts';
import { folderClasses } from './folder-classes.ts';
import { tagClasses } from './tag-classes.ts';

export const MOST_CLASSES = 12;
const NO_CLASS = 255;
/** Points looked up at a time: some ms. */
const AT_ONCE = 4000;
/** Fields whose values say what a sound is; a title or a comment is nobody else's. */
const TAG_FIELDS = ['category', 'genre', 'keywords', 'mood', 'instrument'];

/** Tempi in one colour, BPM. */
const TEMPO_STEP = 20;
const [SLOW, FAST] = [80, 180];

/** Classes of the facts of a file; null: it has none. */
const FACT_CLASSES: Readonly<Record<'kind' | 'tempo' | 'key', (facts: MusicalFacts) => string | null>> = {
  kind: ({ kind }) => (kind === null || kind < 0 ? null : kindName(kind)),
  tempo: ({ bpm }) => {
    if (bpm === null || bpm < 0) return null;
    if (bpm < SLOW) return `below ${SLOW} BPM`;
    if (bpm >= FAST) return `${FAST} BPM and more`;
    const from = TEMPO_STEP * Math.floor(bpm / TEMPO_STEP);
    return `${from} to ${from + TEMPO_STEP} BPM`;
  },
  // Major and minor of the same notes: twelve places on the Camelot wheel, as many as there are colours.
  key: ({ key }) => {
    if (key === null || key < 0) return null;
    const major = key < 12 ? key : (key + 3) % 12;
    const minor = 12 + ((major + 9) % 12);
    return `${camelot(major).slice(0, -1)}: ${keyName(minor)}, ${keyName(major)}`;
  },
};

/** @param fileIds of the points, in their order */
export async function legendOf(
  catalogue: Pick<Catalogue, 'filePlaces' | 'decided' | 'tags'>,
  colouring: MapColouring,
  fileIds: Int32Array,
): Promise<MapLegend> {
  const { filePlaces } = catalogue;
  switch (colouring) {
    case 'format':
      return fromNames(await lookedUp(fileIds, (ids) => filePlaces.formats(ids)));
    case 'folder':
      return fromNames(folderClasses(await lookedUp(fileIds, (ids) => filePlaces.ofFiles(ids))));
    case 'tag':
      return fromNames(tagClasses(await lookedUp(fileIds, (ids) => tagsOf(catalogue, ids))));
    case 'kind':
    case 'tempo':
    case 'key':
      return fromNames(
        (await lookedUp(fileIds, (ids) => filePlaces.musicalFacts(ids))).map(
          (facts) => facts && FACT_CLASSES[colouring](facts),
        ),
      );
  }
}

/**
 * @param names of the class of each point; null: in none
 * @returns the classes with most points; equal ones by name
 */
export function fromNames(names: readonly (string | null)[]): MapLegend {
  const points = new Map<string, number>();
  for (const name of names) if (name !== null) points.set(name, (points.get(name) ?? 0) + 1);
  const classes = [...points]
    .map(([name, count]) => ({ name, points: count }))
    .sort((a, b) => b.points - a.points || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_CLASSES);
  const numbers = new Map(classes.map(({ name }, number) => [name, number]));
  const classOfPoint = Uint8Array.from(names, (name) => (name === null ? NO_CLASS : (numbers.get(name) ?? NO_CLASS)));
  return { classes, classOfPoint: Buffer.from(classOfPoint).toString('base64') };
}

/** In the order of the ids, some thousand at a time; null for a file that is gone. */
async function lookedUp<T>(
  fileIds: Int32Array,
  look: (ids: readonly number[]) => Map<number, T>,
): Promise<(T | null)[]> {
  const found: (T | null)[] = [];
  for (let from = 0; from < fileIds.length; from += AT_ONCE) {
    const ids = Array.from(fileIds.subarray(from, from + AT_ONCE));
    const values = look(ids);
    for (const id of ids) found.push(values.get(id) ?? null);
    await new Promise(setImmediate);
  }
  return found;
}

/** What the user accepted, then what the files say of themselves. */
function tagsOf({ decided, tags }: Pick<Catalogue, 'decided' | 'tags'>, ids: readonly number[]): Map<number, string[]> {
  const accepted = decided.acceptedNames(ids).map(({ fileId, name }) => ({ fileId, value: name }));
  const found = new Map<number, string[]>();
  for (const { fileId, value } of [...accepted, ...tags.values(ids, TAG_FIELDS)]) {
    const known = found.get(fileId);
    if (known) known.push(value);
    else found.set(fileId, [value]);
  }
  return found;
}
