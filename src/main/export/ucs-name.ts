/**
 * File names as the Universal Category System has them: `CatID_FXName_CreatorID_SourceID`, with an optional
 * `-UserCategory` at the CatID and fields of the user's own at the end (https://universalcategorysystem.com, “The
 * filename structure”). Pure: no disk, no catalogue.
 */
import type { NameParts } from '../../shared/calls/write.ts';
import { UserError } from '../../shared/errors.ts';
import { portable, shortened } from '../text/portable-name.ts';

export interface UcsName {
  /** With a user category, if there is one: `DOORWood-INTR`. */
  catId: string;
  fxName: string;
  /** CreatorID, SourceID and what follows, as written. */
  rest: string[];
}

/** Fits every file system in use (255 bytes) with room for a number and for the ending of a sidecar. */
const MAX_BASE_BYTES = 200;
/** A name without a word. */
const UNTITLED = 'Untitled';

/**
 * @param base file name without its extension
 * @param catIds all that are known; compared without regard to case
 * @returns null when it is no UCS name: it does not begin with a CatID, or says nothing after it
 */
export function parseUcsName(base: string, catIds: CatIds): UcsName | null {
  return parseFields(base, catIds) ?? parseLoosely(base, catIds);
}

/** `WHSH whoosh fast`, `WHSH-whoosh`: the CatID is there, though not parted as UCS has it. Nothing else is a field then. */
function parseLoosely(base: string, catIds: CatIds): UcsName | null {
  const [, written = '', others = ''] = /^([A-Za-z]+)[\s-]+(?=\S)(.+)$/su.exec(base) ?? [];
  if (written === '' || catIds.find(written) !== written) return null;
  return { catId: written, fxName: cleanFxName(others), rest: [] };
}

function parseFields(base: string, catIds: CatIds): UcsName | null {
  const [first = '', fxName = '', ...rest] = base.split('_');
  const dash = first.indexOf('-');
  const written = dash === -1 ? first : first.slice(0, dash);
  const catId = catIds.find(written);
  // `wind_07` is called after the wind; `WIND_…` is a CatID. Short ones that are plain words count in capitals only.
  if (catId === null || fxName.trim() === '') return null;
  if (catId === catId.toUpperCase() && written !== catId) return null;
  return { catId: dash === -1 ? catId : `${catId}${first.slice(dash)}`, fxName, rest };
}

/** CatIDs in the form that UCS gives them. */
export interface CatIds {
  /** @returns as UCS writes it; null when there is none such */
  find(written: string): string | null;
}

/** @param known CatIDs as UCS writes them. The row for all else of a category (`DOORMisc`) is known with the category */
export function catIdsOf(known: readonly string[]): CatIds {
  const byFolded = new Map<string, string>();
  for (const catId of known) {
    const category = /^[A-Z]+(?=[A-Z][a-z0-9])/.exec(catId)?.[0];
    if (category !== undefined) byFolded.set(`${category}misc`.toLowerCase(), `${category}Misc`);
  }
  for (const catId of known) byFolded.set(catId.toLowerCase(), catId);
  return { find: (written) => byFolded.get(written.toLowerCase()) ?? null };
}

/**
 * @param base file name without its extension, as it is now
 * @param accepted CatIDs of the accepted tags, the most probable first; none: the name's own, if it has one
 * @param given for a name that has no creator or source yet
 * @returns the base of the proposed name, in which the CatID stands once. A name that is UCS already keeps every part
 *   of it and gets those that are missing; its CatID is put right where it is none of the accepted ones or in the
 *   wrong case. null: neither the name nor a tag says which CatID
 */
export function ucsBase(base: string, accepted: readonly string[], catIds: CatIds, given: NameParts): string | null {
  const present = parseUcsName(base, catIds);
  if (!present) {
    const [catId] = accepted;
    if (catId === undefined) return null;
    return join([catId, withoutCatId(cleanFxName(base), catId), ...withMissing([], given)]);
  }
  const [catId = '', ...userCategory] = present.catId.split('-');
  const right = accepted.includes(catId) ? catId : (accepted[0] ?? catId);
  const fxName = [right, catId].reduce(withoutCatId, present.fxName);
  return join([[right, ...userCategory].join('-'), fxName, ...withMissing(present.rest, given)]);
}

/**
 * The CatID stands in front, so it is not said again: “WHSH whoosh” → “whoosh”. As an ordinary word (“wind”) it goes
 * only from the front and only where words are left; a name of nothing but the CatID is empty of words.
 */
function withoutCatId(fxName: string, catId: string): string {
  const words = fxName.split(' ');
  const exact = words.filter((word) => word !== catId);
  const isFirst = exact[0]?.toLowerCase() === catId.toLowerCase();
  const left = isFirst && /\p{L}/u.test(exact.slice(1).join('')) ? exact.slice(1) : exact;
  return left.length === 0 ? UNTITLED : left.join(' ');
}

/** Creator, source and what follows: what is there stays, gaps are filled. */
function withMissing(rest: readonly string[], { creatorId, sourceId }: NameParts): string[] {
  const [creator = '', source = '', ...others] = rest;
  const parts = [creator === '' ? (creatorId ?? '') : creator, source === '' ? (sourceId ?? '') : source, ...others];
  // A source without a creator would be read as one.
  if (parts[0] === '' && rest.length === 0) return [];
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

/** @throws UserError bad-input for what no field of a name can hold, and for a source without a creator */
export function checkNameParts({ creatorId, sourceId }: NameParts): void {
  for (const [what, value] of [
    ['creator', creatorId],
    ['source', sourceId],
  ] as const) {
    if (value === undefined) continue;
    if (value === '' || value.includes('_') || portable(value) !== value) {
      throw new UserError('bad-input', `The ${what} “${value}” cannot be part of a file name: it must not be empty or contain “_” or a character that Windows does not allow.`); // prettier-ignore
    }
  }
  if (sourceId !== undefined && creatorId === undefined) {
    throw new UserError('bad-input', 'A SourceID needs a CreatorID, because the order of the parts counts in UCS names. Specify both or neither.'); // prettier-ignore
  }
}

/** The nth of several files that would be called the same: `DOORWood_Slam` → `DOORWood_Slam 02`. */
export function numbered(base: string, number: number): string {
  const [catId = '', fxName = '', ...rest] = base.split('_');
  return join([catId, `${fxName} ${String(number).padStart(2, '0')}`, ...rest]);
}

/** Present names as the FXName: `door_wood_SLAM-03 ` → `door wood SLAM-03`. Underscores part the fields of a UCS name. */
function cleanFxName(base: string): string {
  const words = portable(base.replaceAll('_', ' '))
    .replace(/^[\s.,;-]+/u, '')
    .trim();
  return words === '' ? UNTITLED : words;
}

function join(fields: readonly string[]): string {
  const [catId = '', fxName = '', ...rest] = fields.map(portable);
  const others = [catId, ...rest].reduce((sum, field) => sum + Buffer.byteLength(field) + 1, 0);
  return [catId, shortened(fxName, MAX_BASE_BYTES - others), ...rest].join('_');
}
