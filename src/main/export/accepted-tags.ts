/** What the user has accepted, with what the vocabularies say of each label: all that exports and names are made of. */
import type { VocabularyProfile } from '../../shared/calls/vocabularies.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { UcsRow, Vocabulary } from '../tag/vocabulary.ts';

export interface AcceptedTag {
  vocabularyId: string;
  labelId: string;
  /** As the vocabulary has it now; as it had it last where it is gone. */
  name: string;
  /** null when the vocabulary is gone. */
  profile: VocabularyProfile | null;
  ucs: UcsRow | null;
  /** As suggested, 0..1; null for a decision without a suggestion. */
  probability: number | null;
}

/**
 * @param vocabularies those installed
 * @returns reads the accepted tags of files: hand-picked before those accepted in bulk, then the most probable first;
 *   files without any are not in the map
 */
export function acceptedTags(
  { decided }: Pick<Catalogue, 'decided'>,
  vocabularies: readonly Vocabulary[],
): (fileIds: readonly number[]) => Map<number, AcceptedTag[]> {
  const byId = new Map(
    vocabularies.map(({ id, profile, labels }) => [
      id,
      { profile, labels: new Map(labels.map((label) => [label.id, label])) },
    ]),
  );
  return (fileIds) => {
    const found = new Map<number, AcceptedTag[]>();
    for (const { fileId, ...raw } of decided.accepted(fileIds)) {
      const vocabulary = byId.get(raw.vocabularyId);
      const label = vocabulary?.labels.get(raw.labelId);
      const tag: AcceptedTag = {
        ...raw,
        name: label?.name ?? raw.name,
        profile: vocabulary?.profile ?? null,
        ucs: label?.ucs ?? null,
      };
      const tags = found.get(fileId);
      if (tags) tags.push(tag);
      else found.set(fileId, [tag]);
    }
    return found;
  };
}
