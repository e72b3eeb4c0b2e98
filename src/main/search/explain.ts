/** Why a hit is a hit, in words for the screen. */
import type { Why } from '../../shared/types.ts';
import { BAND_FROM } from './relevance.ts';
import type { NameEvidence } from './name-evidence.ts';

export interface SoundEvidence {
  /** Of the model in use, or of the only one that has analysed the file. */
  cosine: number;
  probability: number;
  /** With two models: the cosines of those that have analysed the file. */
  byModel?: { model: string; cosine: number }[];
}

export interface Evidence {
  /** The words as a query, or null when none were given. */
  text: SoundEvidence | null;
  /** The sounds as a query together, or null when none was given. */
  like: SoundEvidence | null;
  /** How many sounds were given. */
  sounds: number;
  names: NameEvidence | null;
  /** Tags asked for by filters. */
  tags: readonly string[];
  /** Minus terms that count against the hit. */
  minus: readonly { term: string; by: 'sound' | 'name' }[];
}

/**
 * `sounds like it (0.41)`, `name matches "door"`, `folder matches "doors"`, `tag matches "wood"`; with two models
 * `sounds like it (starter-1 0.41, msclap-2023 0.55)`. A sound that speaks neither for nor against the hit is left out
 * unless it is all there is.
 */
export function explain({ text, like, sounds: many, names, tags, minus }: Evidence): Why[] {
  const why: Why[] = [];
  const named = names !== null && names.name.length + names.folder.length + names.tags.length > 0;
  const sounds = [
    { side: text, what: like ? 'sounds like the text' : 'sounds like it' },
    { side: like, what: many > 1 ? 'sounds like the files' : text ? 'sounds like the file' : 'sounds like it' },
  ];
  for (const { side, what } of sounds) {
    if (side === null) continue;
    const convincing = side.probability >= BAND_FROM.maybe;
    if (!convincing && named) continue;
    const words = convincing ? what : what.replace('sounds', 'barely sounds');
    const { cosine, byModel } = side;
    const cosines = byModel?.map(({ model, cosine: own }) => `${model} ${own.toFixed(2)}`) ?? [cosine.toFixed(2)];
    why.push({ kind: 'sound', cosine, ...(byModel && { byModel }), text: `${words} (${cosines.join(', ')})` });
  }
  const inTags = [...new Set([...(names?.tags ?? []), ...tags])];
  for (const { kind, words } of [
    { kind: 'name', words: names?.name ?? [] },
    { kind: 'folder', words: names?.folder ?? [] },
    { kind: 'tag', words: inTags },
  ] as const) {
    if (words.length > 0) why.push({ kind, words: [...words], text: `${kind} matches ${quotedList(words)}` });
  }
  for (const { term, by } of minus) {
    why.push({ kind: 'minus', text: by === 'name' ? `name or tag says "${term}"` : `also sounds like "${term}"` });
  }
  return why;
}

function quotedList(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}
