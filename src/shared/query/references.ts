/** The sounds that a query is about. */
import type { ReferenceSound, SearchQuery } from '../types.ts';

export interface References {
  like: ReferenceSound[];
  unlike: ReferenceSound[];
}

/** All of them, `likePath` before those of `alsoLike`. */
export function referencesOf(query: SearchQuery): References {
  const { likePath: path, likeStartSeconds, likeEndSeconds, alsoLike = [], unlike = [] } = query;
  if (path === undefined) return { like: alsoLike, unlike };
  const first = {
    path,
    ...(likeStartSeconds !== undefined && { startSeconds: likeStartSeconds }),
    ...(likeEndSeconds !== undefined && { endSeconds: likeEndSeconds }),
  };
  return { like: [first, ...alsoLike], unlike };
}

/** The opposite of {@link referencesOf}. */
export function queryOf({
  like,
  unlike,
}: Readonly<{ like: readonly ReferenceSound[]; unlike: readonly ReferenceSound[] }>): SearchQuery {
  const [first, ...alsoLike] = like;
  return {
    ...(first && {
      likePath: first.path,
      ...(first.startSeconds !== undefined && { likeStartSeconds: first.startSeconds }),
      ...(first.endSeconds !== undefined && { likeEndSeconds: first.endSeconds }),
    }),
    ...(alsoLike.length > 0 && { alsoLike }),
    ...(unlike.length > 0 && { unlike: [...unlike] }),
  };
}

/** Whether results are to resemble a sound. */
export function hasReference({ likePath, alsoLike = [] }: SearchQuery): boolean {
  return likePath !== undefined || alsoLike.length > 0;
}
