/** The user's own vocabulary of tags made from examples: their names are no prompts, what was accepted is all they mean. */
import { UserError } from '../../../shared/errors.ts';
import type { Vocabularies } from '../vocabularies.ts';
import type { Label, Vocabulary } from '../vocabulary.ts';

/** Its id. */
export const MADE_TAGS = 'mine';
const GROUP = 'mine';

/**
 * Adds a label, and the vocabulary where there is none yet.
 * @returns the vocabulary as it now is, and the label
 * @throws UserError name-taken, bad-input for a name that is empty or too long
 */
export async function addMadeTag(
  vocabularies: Vocabularies,
  name: string,
): Promise<{ vocabulary: Vocabulary; label: Label }> {
  const trimmed = name.trim().replace(/\s+/gu, ' ');
  if (trimmed === '' || trimmed.length > 100) {
    throw new UserError('bad-input', 'The name of a tag must have 1 to 100 characters.');
  }
  const present = (await vocabularies.find(MADE_TAGS))?.vocabulary ?? null;
  const labels = present?.labels ?? [];
  if (labels.some((label) => folded(label.name) === folded(trimmed))) {
    throw new UserError('name-taken', `You already have a tag named “${trimmed}”. Accept it for these files, or choose another name.`); // prettier-ignore
  }
  const label: Label = { id: freeId(trimmed, labels), name: trimmed, group: GROUP, prompts: [trimmed], keywords: [] };
  const vocabulary = await vocabularies.save({
    id: MADE_TAGS,
    name: present?.name ?? 'My tags',
    version: (present?.version ?? 0) + 1,
    language: present?.language ?? 'en',
    licence: present?.licence ?? '',
    description: present?.description ?? 'Tags made from examples.',
    profile: present?.profile ?? 'sfx',
    groups: present?.groups ?? [{ id: GROUP, name: 'My tags', kind: 'multi' }],
    labels: [...labels, label],
  });
  return { vocabulary, label: vocabulary.labels.at(-1)! };
}

/** `Night train, far` → `night-train-far`; what has no Latin letters gets a number. */
function freeId(name: string, labels: readonly Label[]): string {
  const taken = new Set(labels.map(({ id }) => id));
  const plain = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/gu, '-').replace(/^-+|-+$/gu, '').slice(0, 56); // prettier-ignore
  const stem = plain.replace(/-+$/u, '') || 'tag';
  for (let number = 1; ; number++) {
    const id = number === 1 ? stem : `${stem}-${String(number)}`;
    if (!taken.has(id)) return id;
  }
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
