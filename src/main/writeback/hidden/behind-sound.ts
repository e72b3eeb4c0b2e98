/** Tags behind the sound of MP3 and FLAC files, which programs look at when there is no better one in front. */
import type { HiddenField, OpenFile } from '../container.ts';
import { readApev2 } from './apev2.ts';
import { hasId3v1, ID3V1_BYTES, readId3v1 } from './id3v1.ts';
import type { NamedValue, Placed } from './names.ts';

/** One block's values; those of the block that programs prefer come first. */
export interface Source {
  /** For sentences. */
  from: string;
  values: readonly NamedValue[];
}

/** APEv2 before ID3v1, which cuts texts short. */
export async function sourcesBehindSound(file: OpenFile): Promise<Source[]> {
  const end = (await hasId3v1(file)) ? file.size - ID3V1_BYTES : file.size;
  return [
    { from: 'APEv2', values: await readApev2(file, end) },
    { from: 'ID3v1', values: await readId3v1(file) },
  ];
}

/**
 * @param place where a value goes in the block that is written; null: there is none for it
 * @returns of each name the values of the first block that has any
 */
export function hiddenFields(
  sources: readonly Source[],
  place: (name: string, value: string) => Placed | null,
): HiddenField[] {
  const taken = new Set<string>();
  return sources.flatMap(({ from, values }) => {
    const fresh = values.filter(({ name }) => !taken.has(name));
    for (const { name } of fresh) taken.add(name);
    return fresh.flatMap(({ name, value, fromId }) => {
      const placed = place(name, value);
      return placed === null ? [] : [{ ...placed, from, fromId }];
    });
  });
}
