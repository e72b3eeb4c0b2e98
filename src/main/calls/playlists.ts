/** The call that makes playlists, from a search and the embeddings of what it found. */
import type { PlaylistCalls } from '../../shared/calls/playlists.ts';
import type { Engine } from '../../shared/contract.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { diverse } from '../search/diverse.ts';
import { meanDirection } from '../vectors/normalise.ts';

type PlaylistDeps = Pick<CatalogueAccess, 'existingCatalogue'> & Pick<ModelAccess, 'spaceId'>;

/** Candidates for each place: with more, the last ones hardly fit. */
const CANDIDATES_EACH = 8;
const MIN_CANDIDATES = 100;

export function playlistCalls(
  deps: PlaylistDeps,
  search: Pick<Engine, 'search.query'>,
): Pick<Engine, keyof PlaylistCalls> {
  return {
    'playlist.make': async ({ query, count, diversity }) => {
      const limit = Math.max(MIN_CANDIDATES, count * CANDIDATES_EACH);
      const { model, hits, notices } = await search['search.query']({ ...query, limit, grouped: true });
      const windows = deps.existingCatalogue()?.windows;
      const spaceId = await deps.spaceId();
      const items = hits.map((hit) => {
        const own = windows?.ofFile(hit.fileId, spaceId).map(({ embedding }) => embedding) ?? [];
        return { hit, score: hit.score, embedding: own.length === 0 ? null : meanDirection(own) };
      });
      const entries = diverse(items, count, diversity).map(({ hit }) => {
        const { fileId, path, durationSeconds, score, band } = hit;
        return { fileId, path, durationSeconds, score, band };
      });
      return { model, entries, notices };
    },
  };
}
