/** The match of a hit within its window, by analysing that part of the file once more. */
import { fileMissing } from '../../shared/refusals.ts';
import type { RefinedMatch, SearchQuery } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { absolutePath } from '../catalogue/stores/roots.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import { embedFrames } from '../embed/frames.ts';
import { querySound, type QuerySounds } from '../embed/query-sound.ts';
import type { ModelPack } from '../packs/pack.ts';
import { referenceWindows, type ReferenceWindows } from './reference-windows.ts';
import { refineMatch, similarityCurve } from './refine-match.ts';
import type { Search } from './search.ts';

export type QueryEncoders = EncodersInUse<{
  search(): Promise<Search>;
  spaceId(): Promise<number>;
  pack(): Promise<ModelPack>;
  readonly querySounds: QuerySounds;
}>;

/** A longer match was found by many windows together: nothing in it is the one place. */
const LONGEST_REFINED_SECONDS = 60;

/** @throws UserError where a sound of the query cannot be embedded, see {@link querySound} */
export async function queryWindows(
  query: SearchQuery,
  encoders: QueryEncoders,
  catalogue: Catalogue | null,
): Promise<ReferenceWindows> {
  return referenceWindows(query, async (sound) =>
    querySound(sound, catalogue, await encoders.model.spaceId(), { ...encoders, known: encoders.model.querySounds }),
  );
}

/**
 * @param match a window of the file, s
 * @returns null when the model has no frame embeddings, when no frame stands out, and for filters alone
 * @throws UserError file-missing, bad-input, a FileErrorCode; signal.reason
 */
export async function locateMatch(
  { fileId, query, ...match }: { fileId: number; query: SearchQuery; startSeconds: number; endSeconds: number },
  encoders: QueryEncoders,
  catalogue: Catalogue | null,
  signal: AbortSignal,
): Promise<RefinedMatch | null> {
  const place = catalogue?.filePlaces.ofFile(fileId) ?? null;
  if (place === null) throw fileMissing(fileId);
  const pack = await encoders.model.pack();
  const { frames, windowSeconds } = pack.audio;
  if (frames === undefined) return null;
  if (match.endSeconds - match.startSeconds > LONGEST_REFINED_SECONDS) return null;
  const search = await encoders.model.search();
  const sides = await search.embeddingsOf(query, await queryWindows(query, encoders, catalogue));
  if (sides.length === 0) return null;
  const part = {
    startSeconds: match.startSeconds - windowSeconds,
    endSeconds: match.endSeconds + windowSeconds,
  };
  const path = absolutePath(place.rootPath, place.relativePath);
  const embeddings = await embedFrames(path, part, pack, encoders, signal);
  const curve = similarityCurve(embeddings, sides, frames.stepSeconds);
  const span = curve && refineMatch(curve, match);
  return span && { ...span, curve };
}
