/** A kind of model that can be imported. Each has a folder of its own, and a line in registry.ts. */
import type { ImportReport } from '../import-protocol.ts';
import type { Place } from './place.ts';

/** What is imported of a place. */
export interface Found {
  /** Absolute; a file or a folder, as the family reads it. */
  path: string;
  /** About what the pack will take on the disk; 0 where its own installation finds out. */
  bytes: number;
}

interface Recognised {
  /** Told from all other families by this. */
  readonly name: string;
  /** What to choose on the disk, as part of a sentence. */
  readonly choice: string;
  /** What its makers call the one file that is enough: a folder with one such file in it means that file. */
  readonly publishedAs?: RegExp;
  /**
   * By content where names say too little; values are not read yet.
   * @returns null for what belongs to no model of this family
   * @throws UserError model-damaged, model-unusable for what cannot be looked into
   */
  recognise(place: Place): Promise<Found | null>;
}

/** Brings a pack that is finished. */
export interface InstalledFamily extends Recognised {
  /**
   * @param path as recognised @param dataFolder the engine's
   * @returns the folder where the pack lies now
   */
  install(path: string, dataFolder: string): Promise<string>;
}

/** Something a pack can be built of, in the import process. */
export interface BuiltFamily extends Recognised {
  /** Loaded by the import process alone: the engine needs none of it. */
  builder(): Promise<BuildPack>;
}

export type ModelFamily = InstalledFamily | BuiltFamily;

/**
 * @param path as recognised
 * @param folder existing and empty; the pack is made in it
 * @returns what the user should know: sentences
 * @throws UserError model-damaged, model-unusable, not-found; errors of the disk; signal.reason
 */
export type BuildPack = (path: string, folder: string, report: ImportReport, signal: AbortSignal) => Promise<string[]>;

/** The same weights in other files, some of them also in lower precision, and a margin. */
export function roomFor(bytes: number): number {
  return Math.ceil(1.5 * bytes) + 50e6;
}
