/** What windows and scripts of DAWs have to say to each other. */
import { basename, extname } from 'node:path';
import type { DawCalls, OfferedSound } from '../../shared/calls/daw.ts';
import type { SoundEvents } from '../../shared/calls/sounds.ts';
import type { Engine } from '../../shared/contract.ts';
import type { ReferenceSound } from '../../shared/types.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { absolutePath } from '../catalogue/stores/roots.ts';

/** What a script gets. */
export interface DawSound {
  /** Absolute. */
  path: string;
  /** File name without its extension. */
  name: string;
  startSeconds: number;
  /** null: the end of the file. */
  endSeconds: number | null;
}

export class DawDesk {
  readonly #deps: Pick<CatalogueAccess, 'existingCatalogue'>;
  readonly #wanted: (wanted: SoundEvents['search.wanted']) => void;
  #offered: OfferedSound | null = null;

  /** @param wanted called when a script looks for a sound */
  constructor(
    deps: Pick<CatalogueAccess, 'existingCatalogue'>,
    wanted: (wanted: SoundEvents['search.wanted']) => void,
  ) {
    this.#deps = deps;
    this.#wanted = wanted;
  }

  get calls(): Pick<Engine, keyof DawCalls> {
    return {
      'daw.offer': (sound) => {
        this.#offered = sound;
        return Promise.resolve(null);
      },
    };
  }

  /** null when nothing is selected, or it has left the catalogue since */
  current(): DawSound | null {
    if (this.#offered === null) return null;
    const { fileId, startSeconds, endSeconds } = this.#offered;
    const place = this.#deps.existingCatalogue()?.filePlaces.ofFile(fileId) ?? null;
    if (place === null) return null;
    const path = absolutePath(place.rootPath, place.relativePath);
    return { path, name: basename(path, extname(path)), startSeconds, endSeconds };
  }

  find(sound: ReferenceSound): void {
    this.#wanted({ like: [sound] });
  }
}
