/** Which accepted tags go into which fields: three profiles that come with the program, and the user's own. */
import { z } from 'zod';
import { MARKERS_PROFILE } from '../../shared/calls/markers.ts';
import { WRITE_FIELDS, type WriteField, type WriteMode, type WriteProfile, type WriteRule } from '../../shared/calls/write.ts'; // prettier-ignore
import { UserError } from '../../shared/errors.ts';
import { profileMissing, profileShipped } from '../../shared/refusals.ts';
import type { Catalogue } from '../catalogue/open.ts';

const rule = (field: WriteField, mode: WriteMode, vocabularyIds: string[] = []): WriteRule => ({
  field,
  mode,
  vocabularyIds,
});

export const SHIPPED_PROFILES: readonly WriteProfile[] = [
  {
    id: 'sfx',
    name: 'Sound effects (UCS, iXML, bext)',
    shipped: true,
    rules: [
      rule('catId', 'fill'),
      rule('category', 'fill'),
      rule('subcategory', 'fill'),
      rule('ucsCategoryFull', 'fill'),
      rule('keywords', 'append'),
      rule('description', 'fill'),
    ],
    keepTime: false,
  },
  {
    id: 'music',
    name: 'Music (genre, mood, instrument)',
    shipped: true,
    rules: [
      rule('genre', 'append', ['music-genre']),
      rule('mood', 'append', ['music-mood']),
      rule('instrument', 'append', ['instrument']),
    ],
    keepTime: false,
  },
  {
    id: 'dj',
    name: 'DJ (comment and grouping)',
    shipped: true,
    rules: [rule('comment', 'append', ['music-genre', 'music-mood']), rule('grouping', 'append', ['music-mood'])],
    keepTime: true,
  },
];

/** Key in the table `setting`. */
const KEY = 'writeProfiles';

const STORED = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    rules: z.array(
      z.object({
        field: z.enum(WRITE_FIELDS),
        mode: z.enum(['fill', 'append', 'replace']),
        vocabularyIds: z.array(z.string()),
      }),
    ),
    keepTime: z.boolean(),
  }),
);

/** Shipped ones first. @param catalogue null: there are no others */
export function listProfiles(catalogue: Catalogue | null): WriteProfile[] {
  const stored = STORED.safeParse(catalogue?.settings.all().get(KEY));
  const own = stored.success ? stored.data : []; // of a newer version: left alone until something is saved
  return [...SHIPPED_PROFILES, ...own.map((profile): WriteProfile => ({ ...profile, shipped: false }))];
}

/** @throws UserError not-found */
export function profileById(catalogue: Catalogue | null, id: string): WriteProfile {
  const found = listProfiles(catalogue).find((profile) => profile.id === id);
  if (found) return found;
  const known = listProfiles(catalogue).map((each) => each.id);
  throw profileMissing(id, known);
}

/** @throws UserError bad-input for the id of a shipped one, and for what is no profile */
export function saveProfile(catalogue: Catalogue, profile: WriteProfile): WriteProfile {
  mustBeOwn(profile.id);
  if (!/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(profile.id)) {
    throw new UserError('bad-input', 'A profile id consists of lowercase letters, digits and “-”.');
  }
  if (profile.name.trim() === '') throw new UserError('bad-input', 'Enter a name for the profile.');
  if (profile.rules.length === 0) throw new UserError('bad-input', 'A profile must have at least one field.');
  if (new Set(profile.rules.map(({ field }) => field)).size < profile.rules.length) {
    throw new UserError('bad-input', 'A profile can contain each field only once.');
  }
  const saved: WriteProfile = { ...profile, name: profile.name.trim(), shipped: false };
  store(catalogue, [...own(catalogue).filter(({ id }) => id !== profile.id), saved]);
  return saved;
}

/** @throws UserError bad-input, not-found */
export function removeProfile(catalogue: Catalogue, id: string): void {
  mustBeOwn(id);
  profileById(catalogue, id);
  store(catalogue, own(catalogue).filter((profile) => profile.id !== id)); // prettier-ignore
}

function own(catalogue: Catalogue): WriteProfile[] {
  return listProfiles(catalogue).filter(({ shipped }) => !shipped);
}

function store(catalogue: Catalogue, profiles: readonly WriteProfile[]): void {
  catalogue.settings.set({
    [KEY]: profiles.map(({ id, name, rules, keepTime }) => ({ id, name, rules, keepTime })),
  });
}

function mustBeOwn(id: string): void {
  // What is kept in the journal under that id are markers.
  if (id !== MARKERS_PROFILE && !SHIPPED_PROFILES.some((profile) => profile.id === id)) return;
  throw profileShipped(id);
}
