/** Sounds as the query, or as one half of it. */
import { queryOf, referencesOf } from '../../shared/query/references.ts';
import { EVEN_BALANCE, type ReferenceSound, type SearchQuery } from '../../shared/types.ts';
import { fileName } from '../words/paths.ts';

export interface LikeSound {
  path: string;
  /** From this moment on, s; null: all of it. */
  startSeconds: number | null;
  /** Up to here, s. @default the model's window at `startSeconds` */
  endSeconds?: number;
  /** Only in this very file. @default false */
  inSameFile?: boolean;
}

/** All sounds of a query. */
export interface Sounds {
  like: readonly LikeSound[];
  unlike: readonly LikeSound[];
  /** Share of the words where there are words, too, 0..1. */
  balance: number;
}

export const NO_SOUNDS: Sounds = { like: [], unlike: [], balance: EVEN_BALANCE };

export function soundsOf(query: SearchQuery): Sounds {
  const { like, unlike } = referencesOf(query);
  const [first, ...others] = like.map(likeOf);
  return {
    like: first === undefined ? [] : [{ ...first, ...(query.inSameFile === true && { inSameFile: true }) }, ...others],
    unlike: unlike.map(likeOf),
    balance: query.balance ?? EVEN_BALANCE,
  };
}

/** The opposite of {@link soundsOf}. */
export function asQuery({ like, unlike, balance }: Sounds): SearchQuery {
  return {
    ...queryOf({ like: like.map(referenceOf), unlike: unlike.map(referenceOf) }),
    ...(like.length > 0 && balance !== EVEN_BALANCE && { balance }),
    ...(like[0]?.inSameFile === true && { inSameFile: true }),
  };
}

/** @returns the sounds without this one */
export function without(sounds: Sounds, gone: LikeSound): Sounds {
  const others = (list: readonly LikeSound[]) => list.filter((one) => one !== gone);
  return { ...sounds, like: others(sounds.like), unlike: others(sounds.unlike) };
}

/** The name on the chip. */
export function likeName({ path }: LikeSound): string {
  return fileName(path);
}

function likeOf({ path, startSeconds, endSeconds }: ReferenceSound): LikeSound {
  return { path, startSeconds: startSeconds ?? null, ...(endSeconds !== undefined && { endSeconds }) };
}
function referenceOf({ path, startSeconds, endSeconds }: LikeSound): ReferenceSound {
  return { path, ...(startSeconds !== null && { startSeconds }), ...(endSeconds !== undefined && { endSeconds }) };
}
