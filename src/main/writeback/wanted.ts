/** What each file shall have: the accepted tags of a file, as a profile has it. */
import type { WriteField, WriteProfile, WriteRule } from '../../shared/calls/write.ts';
import type { AcceptedTag } from '../export/accepted-tags.ts';
import type { WantedField } from './protocol.ts';

/** What of a tag goes into a field, where it is not its name. Of all tags of a file only the first says it. */
const FROM_UCS: Partial<Record<WriteField, (ucs: NonNullable<AcceptedTag['ucs']>) => string>> = {
  catId: ({ catId }) => catId,
  category: ({ category }) => category,
  subcategory: ({ subCategory }) => subCategory,
  ucsCategoryFull: ({ category, subCategory }) => `${category}-${subCategory}`,
};

/** Fields that are prose: one text made of all names. */
const ONE_TEXT: ReadonlySet<WriteField> = new Set(['title', 'description', 'comment', 'grouping']);

/**
 * @param tags accepted ones of a file, hand-picked and surest first; a file has one UCS category, and that is the first's
 * @returns one for each rule, with no values where no tag fits: then what we wrote there earlier goes
 */
export function wantedFields(profile: WriteProfile, tags: readonly AcceptedTag[]): WantedField[] {
  return profile.rules.map((rule) => {
    const fitting = tags.filter((tag) => fits(tag, rule, profile));
    const { field, mode } = rule;
    const fromUcs = FROM_UCS[field];
    if (fromUcs) {
      const ucs = fitting.find((tag) => tag.ucs !== null)?.ucs;
      return { field, mode, values: ucs ? [fromUcs(ucs)] : [] };
    }
    const names = [...new Set(fitting.map(({ name }) => name))];
    if (!ONE_TEXT.has(field)) return { field, mode, values: names };
    return { field, mode, values: names.length > 0 ? [names.join(', ')] : [] };
  });
}

/** Tags that some rule of the profile writes. */
export function usedTags(profile: WriteProfile, tags: readonly AcceptedTag[]): AcceptedTag[] {
  return tags.filter((tag) => profile.rules.some((rule) => fits(tag, rule, profile)));
}

/** A rule that names no vocabulary takes those that are made for the profile; a profile of the user's takes all. */
function fits(tag: AcceptedTag, { vocabularyIds }: WriteRule, { id, shipped }: WriteProfile): boolean {
  if (vocabularyIds.length > 0) return vocabularyIds.includes(tag.vocabularyId);
  if (!shipped || tag.profile === id) return true;
  return id === 'dj' && tag.profile === 'music';
}
