/** What was measured on the user's library, kept in the data folder, so that scores mean the same from day to day. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LibraryLevels } from './calibration.ts';
import { vocabularyHash, type Vocabulary } from './vocabulary.ts';

/** Measured anew when the library has grown or shrunk by this factor. */
const GROWN = 1.5;

export interface StoredLevels extends LibraryLevels {
  /** Windows of the whole library when it was measured. */
  libraryWindows: number;
  /** Part of what decides scores: another one after each measurement. */
  measuredMs: number;
}

interface OnDisk {
  format: number;
  vocabularyHash: string;
  windows: number;
  libraryWindows: number;
  measuredMs: number;
  labels: Record<string, [centre: number, spread: number]>;
}

export interface LevelPlace {
  dataFolder: string;
  spaceId: number;
}

/** @returns null when it was not measured, or for other labels or prompts, or the file is damaged: it is measured again */
export async function readLevels(place: LevelPlace, vocabulary: Vocabulary): Promise<StoredLevels | null> {
  let content: OnDisk;
  try {
    content = JSON.parse(await readFile(pathOf(place, vocabulary.id), 'utf8')) as OnDisk;
  } catch {
    return null;
  }
  if (content.format !== 1 || content.vocabularyHash !== vocabularyHash(vocabulary)) return null;
  const levels = vocabulary.labels.map(({ id }) => content.labels[id]);
  if (!levels.every((level) => level?.every(Number.isFinite))) return null;
  return {
    windows: content.windows,
    libraryWindows: content.libraryWindows,
    measuredMs: content.measuredMs,
    centres: Float32Array.from(levels, (level) => level![0]),
    spreads: Float32Array.from(levels, (level) => level![1]),
  };
}

export async function writeLevels(place: LevelPlace, vocabulary: Vocabulary, levels: StoredLevels): Promise<void> {
  const { windows, libraryWindows, measuredMs, centres, spreads } = levels;
  const content: OnDisk = {
    format: 1,
    vocabularyHash: vocabularyHash(vocabulary),
    windows,
    libraryWindows,
    measuredMs,
    labels: Object.fromEntries(vocabulary.labels.map(({ id }, at) => [id, [centres[at]!, spreads[at]!]])),
  };
  const path = pathOf(place, vocabulary.id);
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${String(process.pid)}`;
  await writeFile(temporary, JSON.stringify(content));
  await rename(temporary, path);
}

export function stillHolds({ libraryWindows }: StoredLevels, windowsNow: number): boolean {
  return windowsNow < libraryWindows * GROWN && windowsNow > libraryWindows / GROWN;
}

function pathOf({ dataFolder, spaceId }: LevelPlace, vocabularyId: string): string {
  return join(dataFolder, 'tags', `library-${String(spaceId)}-${vocabularyId}.json`);
}
