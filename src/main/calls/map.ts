/** The map: what it shows now, what its points are called by, and drawing it. */
import type { MapCalls } from '../../shared/calls/map.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { embeddedFiles, type EmbeddedFiles } from '../map/embedded-files.ts';
import { legendOf } from '../map/legend.ts';
import type { MapMaking } from '../map/making.ts';
import { loadMap, type SavedMap } from '../map/map-file.ts';
import { pick, standing } from '../map/shown.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';

interface OpenMap {
  catalogue: Catalogue;
  map: SavedMap;
  embedded: EmbeddedFiles;
  model: string;
}

type MapDeps = Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'> & Pick<ModelAccess, 'pack' | 'spaceId'>;

export function mapCalls(deps: MapDeps, making: MapMaking): Pick<Engine, keyof MapCalls> {
  /** null before one has been made, and when the one that was made cannot be used. */
  const open = async (): Promise<OpenMap | null> => {
    const catalogue = deps.existingCatalogue();
    if (!catalogue) return null;
    const { id: model, dim } = await deps.pack();
    const spaceId = await deps.spaceId();
    const map = await loadMap(deps.dataFolder, spaceId);
    if (map === null || map === 'damaged') return null;
    return { catalogue, map, embedded: embeddedFiles(catalogue, spaceId, dim), model };
  };
  return {
    'map.get': async () => {
      const found = await open();
      if (!found) return null;
      const { map, embedded, model } = found;
      const { shown, missing } = await standing(map, embedded);
      const { fileIds, places } = pick(map, shown);
      return {
        model,
        fileIds: base64(fileIds),
        places: base64(places),
        missing: missing.length,
        madeMs: map.madeMs,
      };
    },
    'map.make': ({ anew }) => making.start(anew),
    'map.legend': async (colouring) => {
      const found = await open();
      if (!found) throw new UserError('not-found', 'No map yet. Draw it first.');
      const { shown } = await standing(found.map, found.embedded);
      return legendOf(found.catalogue, colouring, pick(found.map, shown).fileIds);
    },
  };
}

function base64({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
