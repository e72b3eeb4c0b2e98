/** A host's own look at the catalogue: read-only, opened when first needed. Reading never waits for the engine's writing. */
import { statSync } from 'node:fs';
import { cataloguePath, openCatalogue, type Catalogue } from '../catalogue/open.ts';

export class CatalogueReader {
  readonly #dataFolder: string;
  #catalogue: Catalogue | null = null;

  /** @param dataFolder absolute */
  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** @returns null as long as there is no catalogue @throws what {@link openCatalogue} throws */
  get(): Catalogue | null {
    if (this.#catalogue) return this.#catalogue;
    if (!statSync(cataloguePath(this.#dataFolder), { throwIfNoEntry: false })) return null;
    this.#catalogue = openCatalogue(this.#dataFolder, { readonly: true });
    return this.#catalogue;
  }

  /** Before the engine closes: the last connection to leave tidies up the write-ahead log. */
  close(): void {
    this.#catalogue?.close();
    this.#catalogue = null;
  }
}
