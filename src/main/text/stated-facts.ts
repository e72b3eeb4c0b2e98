/** Tempo, key, root note and kind as a file's tags and its name state them. */
import type { FactName } from '../../shared/facts.ts';
import { NOT_APPLICABLE, parseBpm } from '../../shared/facts.ts';
import { KIND_NAMES, noteNumber, parseKey, parseNote, type KindName } from '../../shared/music.ts';
import { PROVENANCE_FIELD } from './provenance-field.ts';
import { parseProvenance } from './provenance.ts';

/** As numbers (shared/music.ts); null where nothing is stated. */
export type Stated = Record<FactName, number | null>;

/** Fields of tags (decode/tag-fields.ts) that state a fact, or say that it is only what Earmark measured itself. */
export const STATING_FIELDS: readonly string[] = ['bpm', 'key', 'root', 'kind', PROVENANCE_FIELD];

/**
 * Programs write 0 for a tempo that they do not know. What Earmark measured and wrote is no statement of the file: a
 * better measurement or a tag of others counts instead.
 */
export function statedByTags(tags: readonly { field: string; value: string }[]): Stated {
  const record = parseProvenance(tags.find(({ field }) => field === PROVENANCE_FIELD)?.value);
  const measured: readonly string[] = record?.measured ?? [];
  const wrote = new Set(Object.values(record?.wrote ?? {}).flat());
  const first = (field: string, parse: (text: string) => number | null) => {
    for (const tag of tags) {
      if (measured.includes(field) && wrote.has(tag.value)) continue;
      const value = tag.field === field ? parse(tag.value) : null;
      if (value !== null) return value;
    }
    return null;
  };
  return {
    kind: first('kind', (text) => numberOf(text as KindName)),
    bpm: first('bpm', parseBpm),
    // ID3v2: "o" for a piece off key.
    key: first('key', (text) => (text === 'o' ? NOT_APPLICABLE : parseKey(text))),
    root: first('root', (text) => {
      const note = parseNote(text);
      return note && noteNumber(note);
    }),
  };
}

const KIND_WORDS: readonly (readonly [RegExp, KindName])[] = [
  [/\b(?:loops?|looped)\b/, 'loop'],
  [/\b(?:one ?shots?|1 ?shots?)\b/, 'one-shot'],
  [/\b(?:ambience|ambiance|atmos|atmosphere|room ?tone)\b/, 'ambience'],
  [/\b(?:risers?|sweeps?|uplifters?|downlifters?)\b/, 'sweep'],
  [/\b(?:dialogue|dialog|voice ?over|speech)\b/, 'speech'],
];

/** Common in names of loops: `120` between separators, before the word. */
const BARE_TEMPO = /(?:^|[\s_-])([6-9]\d|1\d\d)[\s_-](?:.*[\s_-])?loops?(?![a-z])/i;
const NAMED_TEMPO = /(?<![\d.,])(\d{2,3}(?:[.,]\d{1,3})?)[\s_-]*bpm(?![a-z])/i;
const TEMPO_BEHIND = /(?<![a-z])bpm[\s_-]*(\d{2,3}(?:\.\d{1,3})?)(?![\d])/i;
/** A key says its mode, or an accidental: `A` alone is a take. */
const KEY_WORD = /^[A-G](?:(?:#|b|sharp|flat)?(?:m|min|minor|maj|major|Min|Maj|Minor|Major|MIN|MAJ)|(?:#|b))$/;
const TWO_WORDS = /(?<![A-Za-z])([A-G](?:#|b)?)[\s_-](minor|major|min|maj)(?![a-z])/i;
const NOTE_WORD = /^[A-G](?:#|b|s)?-?\d$/;

/** @param fileName with its extension */
export function statedByName(fileName: string): Stated {
  const name = fileName.replace(/\.[^.]*$/, '');
  const words = name.split(/[\s_,.()[\]{}+-]+/).filter((word) => word !== '');
  const tempo = NAMED_TEMPO.exec(name) ?? TEMPO_BEHIND.exec(name) ?? BARE_TEMPO.exec(name);
  const bpm = tempo && parseBpm(tempo[1]!);
  const pair = TWO_WORDS.exec(name);
  const key = pair ? `${pair[1]!.charAt(0).toUpperCase()}${pair[1]!.slice(1)} ${pair[2]!}` : words.find((word, at) => KEY_WORD.test(word) && words[at - 1] !== 'I'); // prettier-ignore
  const note = words.findLast((word) => NOTE_WORD.test(word));
  const pattern = note === undefined ? null : parseNote(note);
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[^a-z0-9]+/gi, ' ').toLowerCase(); // prettier-ignore
  const kind = KIND_WORDS.find(([word]) => word.test(spaced))?.[1];
  return {
    kind: kind === undefined ? null : numberOf(kind),
    bpm: bpm !== null && bpm >= 40 && bpm <= 260 ? bpm : null,
    key: key === undefined ? null : parseKey(key),
    root: pattern && noteNumber(pattern),
  };
}

function numberOf(kind: KindName): number | null {
  const at = KIND_NAMES.indexOf(kind);
  return at < 0 ? null : at;
}
