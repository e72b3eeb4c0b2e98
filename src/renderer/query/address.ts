/** The address of a place in the window, behind the `#`: the screen, and on the Search screen what is looked for. */
import { ORDERS, type Order } from './order.ts';
import { MOST_REFERENCES, type ReferenceSound, type SearchQuery } from '../../shared/types.ts';
import { isScreen, type Screen } from '../stores/screens.ts';

/** Of the parameter `in`: only the file of `like`. */
const SAME_FILE = 'file';

/** What is looked for, and the order of the results. */
export interface Asked {
  /** Filters: a list that is open beside the text, and nothing else. */
  query: SearchQuery;
  order: Order;
}

/** `#/search?q=door+dur%3A%3C4&sort=-duration` @param asked null: not said */
export function addressOf(screen: Screen, asked: Asked | null): string {
  const params = screen === 'search' && asked !== null ? paramsOf(asked).toString() : '';
  return `#/${screen}${params === '' ? '' : `?${params}`}`;
}

function paramsOf({ query, order }: Asked): URLSearchParams {
  const { text, likePath, likeStartSeconds, likeEndSeconds, alsoLike = [], unlike = [], balance, inSameFile, filters } = query; // prettier-ignore
  const params = new URLSearchParams();
  if (text !== undefined && text !== '') params.set('q', text);
  if (likePath !== undefined) params.set('like', likePath);
  if (likeStartSeconds !== undefined) params.set('from', String(likeStartSeconds));
  if (likeEndSeconds !== undefined) params.set('to', String(likeEndSeconds));
  for (const sound of alsoLike) params.append('also', writtenSound(sound));
  for (const sound of unlike) params.append('unlike', writtenSound(sound));
  if (balance !== undefined) params.set('balance', String(balance));
  if (inSameFile === true) params.set('in', SAME_FILE);
  if (filters?.collectionId !== undefined) params.set('collection', String(filters.collectionId));
  if (filters?.favourite === true) params.set('favourites', '');
  if (order.by !== 'relevance') params.set('sort', `${order.descending ? '-' : ''}${order.by}`);
  return params;
}

/**
 * @param hash of the address, with its `#`; what is not understood in it is left out
 * @returns null for one that is no place: it may be the key of a page that was opened anew. `asked` is null where the
 *   address does not say what is looked for.
 */
export function placeOf(hash: string): { screen: Screen; asked: Asked | null } | null {
  const [, name = '', , search] = /^#\/([^?]*)(\?(.*))?$/s.exec(hash) ?? [];
  if (!isScreen(name)) return null;
  return { screen: name, asked: name === 'search' && search !== undefined ? askedIn(new URLSearchParams(search)) : null }; // prettier-ignore
}

function askedIn(params: URLSearchParams): Asked {
  const [text, likePath] = [params.get('q'), params.get('like')];
  const [from, collection] = [number(params.get('from')), number(params.get('collection'))];
  const list = {
    ...(collection !== null && Number.isInteger(collection) && collection > 0 && { collectionId: collection }),
    ...(params.has('favourites') && { favourite: true }),
  };
  const [to, balance] = [number(params.get('to')), number(params.get('balance'))];
  const [alsoLike, unlike] = [soundsIn(params, 'also'), soundsIn(params, 'unlike')];
  const moment = {
    ...(from !== null && { likeStartSeconds: from }),
    ...(from !== null && to !== null && to > from && { likeEndSeconds: to }),
    ...(params.get('in') === SAME_FILE && { inSameFile: true }),
  };
  const query: SearchQuery = {
    ...(text !== null && text !== '' && { text }),
    ...(likePath !== null && likePath !== '' && { likePath, ...moment }),
    ...(alsoLike.length > 0 && { alsoLike }),
    ...(unlike.length > 0 && { unlike }),
    ...(balance !== null && balance <= 1 && { balance }),
    ...(Object.keys(list).length > 0 && { filters: { ...list, includeOffline: true } }),
  };
  const sort = params.get('sort') ?? '';
  const order = ORDERS.find(({ by }) => by === sort.replace(/^-/, ''));
  return { query, order: { by: order?.by ?? 'relevance', descending: order !== undefined && sort.startsWith('-') } };
}

/** A part as in a media fragment (W3C, temporal dimension): `/take.wav#t=12,14.5` */
function writtenSound({ path, startSeconds, endSeconds }: ReferenceSound): string {
  if (startSeconds === undefined) return path;
  return `${path}#t=${startSeconds}${endSeconds === undefined ? '' : `,${endSeconds}`}`;
}

function soundsIn(params: URLSearchParams, name: string): ReferenceSound[] {
  const written = params.getAll(name).slice(0, MOST_REFERENCES);
  return written.flatMap((one) => {
    const [, path = one, start, end] = /^(.+)#t=([\d.]+)(?:,([\d.]+))?$/s.exec(one) ?? [];
    const [from, to] = [number(start ?? null), number(end ?? null)];
    if (path === '') return [];
    return [
      {
        path,
        ...(from !== null && { startSeconds: from }),
        ...(from !== null && to !== null && to > from && { endSeconds: to }),
      },
    ];
  });
}

function number(written: string | null): number | null {
  if (written === null || !/^\d+(\.\d+)?$/.test(written)) return null;
  return Number(written);
}
