/** How a service of the engine reaches the catalogue, which is opened when it is first needed. */
import type { Catalogue } from './open.ts';

export interface CatalogueAccess {
  /** Absolute. */
  readonly dataFolder: string;
  /** Made when missing. @throws UserError catalogue-unwritable and what opening it throws */
  catalogue(): Catalogue;
  /** null when there is none yet; nothing is made. */
  existingCatalogue(): Catalogue | null;
  /** @throws UserError catalogue-unwritable when the data folder was removed or replaced meanwhile */
  checkThere(): void;
  /** Tells the user, one sentence. */
  notice(message: string): void;
}

/** foreground: all cores, started from a terminal. background: as the settings say. */
export type LoadKind = 'foreground' | 'background';
