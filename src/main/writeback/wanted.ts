/** What each file should have: its accepted tags, mapped by a profile, and its tempo and key. */
import { FACT_FIELDS, isFactField,  type FactField, type WriteField, type WriteProfile, type WriteRule } from '../../shared/calls/write.ts'; // prettier-ignore
import { isUncertain, type Fact } from '../../shared/facts.ts';
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

/** The profile that writes tempo and key, too; rules of its own for these stay as they are. */
export function withTempoAndKey(profile: WriteProfile): WriteProfile {
  const missing = FACT_FIELDS.filter((field) => !profile.rules.some((rule) => rule.field === field));
  const rules = missing.map((field): WriteRule => ({ field, mode: 'replace', vocabularyIds: [] }));
  return { ...profile, rules: [...profile.rules, ...rules] };
}

/** Those that are measured, and certain enough to be written. */
export function measuredFacts(facts: FileFacts): FactField[] {
  return FACT_FIELDS.filter((field) => facts[field]?.from === 'sound' && isCertain(facts[field]));
}

export const NO_FACTS = { bpm: null, key: null };
type FileFacts = Readonly<Record<FactField, Fact | null>>;

function factValues(fact: Fact | null): string[] | null {
  if (fact?.from === 'file') return null;
  return fact === null || fact.value === null || !isCertain(fact) ? [] : [String(fact.value)];
}

function isCertain(fact: Fact): boolean {
  return fact.value !== null && !isUncertain(fact);
}

/**
 * @param tags accepted ones of a file, manual ones first, then most probable first; a file has one UCS category, and that is the first's
 * @param facts of the file, for profiles that write them
 * @returns one for each rule, with no values where no tag fits: then what we wrote there earlier goes
 */
export function wantedFields(
  profile: WriteProfile,
  tags: readonly AcceptedTag[],
  facts: FileFacts = NO_FACTS,
): WantedField[] {
  return profile.rules.map((rule) => {
    if (isFactField(rule.field)) return { field: rule.field, mode: rule.mode, values: factValues(facts[rule.field]) };
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
  return tags.filter((tag) => profile.rules.some((rule) => !isFactField(rule.field) && fits(tag, rule, profile)));
}

/** A rule that names no vocabulary takes those that are made for the profile; a profile of the user's takes all. */
function fits(tag: AcceptedTag, { vocabularyIds }: WriteRule, { id, shipped }: WriteProfile): boolean {
  if (vocabularyIds.length > 0) return vocabularyIds.includes(tag.vocabularyId);
  if (!shipped || tag.profile === id) return true;
  return id === 'dj' && tag.profile === 'music';
}
