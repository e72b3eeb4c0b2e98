/**
 * Large files that were hashed when they were installed and have not been touched since: hashing a gigabyte at every
 * start would cost a second of it. A note in the file's own folder says what each looked like then. Only installing
 * writes one; in folders of other people's the files are hashed at every start.
 */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readRegularFile } from '../files/regular-file.ts';

/** Smaller files are hashed within a few milliseconds. */
const NOTED_FROM_BYTES = 32 << 20;
const NOTE = '.verified.json';
const MAX_NOTE_BYTES = 1 << 20;

const NOTES = z.record(z.string(), z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string() }));

/** What a file looks like from outside. */
export interface FileFacts {
  size: number;
  mtimeMs: number;
}

/** @returns its SHA-256 in hex when it was hashed before and looks as it did then; null when it must be hashed */
export async function notedHash(path: string, { size, mtimeMs }: FileFacts): Promise<string | null> {
  if (size < NOTED_FROM_BYTES) return null;
  const note = (await readNotes(dirname(path)))[basename(path)];
  return note?.size === size && note.mtimeMs === mtimeMs ? note.sha256 : null;
}

/** @param sha256 in hex, of the whole file */
export async function noteHash(path: string, { size, mtimeMs }: FileFacts, sha256: string): Promise<void> {
  if (size < NOTED_FROM_BYTES) return;
  const folder = dirname(path);
  const notes = { ...(await readNotes(folder)), [basename(path)]: { size, mtimeMs, sha256 } };
  const unfinished = join(folder, `${NOTE}-${randomUUID()}`);
  try {
    await writeFile(unfinished, JSON.stringify(notes));
    await rename(unfinished, join(folder, NOTE));
  } catch {
    await rm(unfinished, { force: true }).catch(() => {}); // no note, no harm: the file is hashed then
  }
}

async function readNotes(folder: string): Promise<z.infer<typeof NOTES>> {
  try {
    const parsed = NOTES.safeParse(JSON.parse(String(await readRegularFile(join(folder, NOTE), MAX_NOTE_BYTES))));
    return parsed.success ? parsed.data : {};
  } catch {
    return {}; // none yet, or damaged: then the files are hashed, and it is written anew
  }
}
