/**
 * The new version of a file, looked at before it takes the place of the old one: by the reader that made it, and by the
 * one that knows nothing of how it was made (decode/tags.ts, mostly music-metadata).
 */
import { UserError } from '../../shared/errors.ts';
import type { NativeTag } from '../../shared/types.ts';
import { byteReader } from '../files/byte-reader.ts';
import { readTags } from '../decode/tags.ts';
import type { Container, FieldEdit, OpenFile, StoredField } from './container.ts';
import type { HeldFile } from './open-file.ts';
import { hashSound } from './splice.ts';

export interface OldVersion {
  fields: readonly StoredField[];
  /** SHA-256 (hex). */
  payload: string;
  /** As the second reader has them; none when it cannot read the file, or loses its way in it. */
  tags: readonly NativeTag[];
}

/** @throws what reading it throws */
export async function oldVersion(file: HeldFile, container: Container, goOn: () => void): Promise<OldVersion> {
  return {
    fields: await container.read(file),
    payload: await hashSound(container.payload(file), goOn),
    tags: (await container.isIrregular?.(file)) === true ? [] : await secondReading(file),
  };
}

export function secondReading(file: HeldFile): Promise<NativeTag[]> {
  return readTags(file.path, byteReader(file.handle, file.size));
}

/** @throws UserError when the new version is not the old one with these edits and nothing else */
export async function checkNewVersion(
  temp: OpenFile,
  tagsNow: readonly NativeTag[],
  container: Container,
  old: OldVersion,
  edits: readonly FieldEdit[],
  goOn: () => void,
): Promise<void> {
  if ((await hashSound(container.payload(temp), goOn)) !== old.payload) throw notAsItShould('the audio data differs');
  const fields = await container.read(temp);
  const edited = new Set(edits.map(({ nativeId }) => nativeId));
  for (const { nativeId, values } of edits) {
    const found = valuesOf(fields, nativeId);
    if (JSON.stringify(found) !== JSON.stringify(values))
      throw notAsItShould(`${nativeId} differs from what was written`);
  }
  const untouched = (all: readonly StoredField[]) => all.filter(({ nativeId }) => !edited.has(nativeId) && nativeId !== ''); // prettier-ignore
  if (JSON.stringify(texts(untouched(fields))) !== JSON.stringify(texts(untouched(old.fields)))) {
    throw notAsItShould('another field has changed');
  }
  if (old.tags.length > 0) checkSecondReading(tagsNow, container, old, edits);
}

/**
 * Names differ between readers, so values are compared, and what an edit took out or put in is left out of it. Values
 * that were there already are not looked for: what the other reader makes of them is its own affair.
 */
function checkSecondReading(
  now: readonly NativeTag[],
  container: Container,
  old: OldVersion,
  edits: readonly FieldEdit[],
): void {
  const names = edits.flatMap(({ nativeId }) => [nativeId, ...(container.otherNames?.(nativeId) ?? [])]);
  const edited = new Set(names.map((name) => name.toLowerCase()));
  const before = (id: string) => valuesOf(old.fields, id).map(plain);
  const gone = edits.flatMap(({ nativeId }) => before(nativeId));
  const there = new Set(now.map(({ nativeId, value }) => `${nativeId}\0${value}`));
  for (const { nativeId, value } of old.tags) {
    const isEdited = edited.has(nativeId.toLowerCase()) || gone.some((each) => touches(each, plain(value)));
    if (!isEdited && !there.has(`${nativeId}\0${value}`)) {
      throw notAsItShould(`the tag reader no longer finds ${nativeId}`);
    }
  }
  const nowPlain = now.map(({ value }) => plain(value));
  for (const { nativeId, values } of edits) {
    const kept = new Set(before(nativeId));
    for (const value of values.map(plain)) {
      if (kept.has(value) || nowPlain.some((each) => touches(each, value))) continue;
      throw notAsItShould(`the tag reader does not find ${nativeId}`);
    }
  }
}

/** One holds the other: readers take lists apart, or put them together, and cut what is long. */
function touches(a: string, b: string): boolean {
  return a !== '' && b !== '' && (a.includes(b) || b.includes(a));
}

/** Of long texts the beginning will do: {@link readTags} cuts them. */
function plain(value: string): string {
  return value
    .replace(/[\s\0]+/gu, ' ')
    .trim()
    .slice(0, 2000);
}

function valuesOf(fields: readonly StoredField[], id: string): string[] {
  return fields.filter(({ nativeId, value }) => nativeId === id && value !== '').map(({ value }) => value);
}

/** Fields without a value say that there is room for one. */
function texts(fields: readonly StoredField[]): string[] {
  return fields.filter(({ value }) => value !== '').map(({ nativeId, value }) => `${nativeId}\0${value}`);
}

export function notAsItShould(what: string): UserError {
  return new UserError(
    'unreadable-file',
    `The new version failed verification (${what}), so the file was not changed. This is a bug in Earmark.`,
  );
}
