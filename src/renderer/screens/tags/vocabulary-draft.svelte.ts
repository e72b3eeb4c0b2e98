/** A vocabulary while it is being written: rows that can be typed into, and what it becomes. */
import type { VocabularyContent } from '../../../shared/calls/vocabularies.ts';

export type DraftLabel = VocabularyContent['labels'][number];
export type DraftGroup = VocabularyContent['groups'][number];

export class VocabularyDraft {
  readonly #from: VocabularyContent;
  name = $state('');
  description = $state('');
  licence = $state('');
  profile = $state<VocabularyContent['profile']>('sfx');
  #groups = $state.raw<readonly DraftGroup[]>([]);
  #labels = $state.raw<readonly DraftLabel[]>([]);
  readonly #added = new Set<string>();

  constructor(content: VocabularyContent) {
    this.#from = content;
    this.name = content.name;
    this.description = content.description;
    this.licence = content.licence;
    this.profile = content.profile;
    this.#groups = content.groups;
    this.#labels = content.labels;
  }

  get groups(): readonly DraftGroup[] {
    return this.#groups;
  }
  get labels(): readonly DraftLabel[] {
    return this.#labels;
  }

  /** Its tags stand in the Universal Category System: all of them, or none. */
  get hasUcs(): boolean {
    return this.#labels.some(({ ucs }) => ucs !== undefined);
  }

  /** @returns its id */
  addLabel(): string {
    const id = freeId('new tag', this.#labels);
    const label: DraftLabel = {
      id,
      name: 'new tag',
      group: this.#groups[0]?.id ?? '',
      prompts: ['the sound of a new tag'],
      keywords: [],
    };
    if (this.hasUcs) label.ucs = { catId: '', category: '', subCategory: '' };
    this.#labels = [label, ...this.#labels];
    this.#added.add(id);
    return id;
  }
  change(id: string, changes: Partial<DraftLabel>): void {
    this.#labels = this.#labels.map((label) => (label.id === id ? { ...label, ...changes } : label));
  }
  removeLabel(id: string): void {
    this.#labels = this.#labels.filter((label) => label.id !== id);
  }

  addGroup(): void {
    const id = freeId('new group', this.#groups);
    this.#groups = [...this.#groups, { id, name: 'New group', kind: 'multi' }];
  }
  changeGroup(id: string, changes: Partial<DraftGroup>): void {
    this.#groups = this.#groups.map((group) => (group.id === id ? { ...group, ...changes } : group));
  }
  /** Its tags go into the first of the others; the last group stays. */
  removeGroup(id: string): void {
    const rest = this.#groups.filter((group) => group.id !== id);
    const [first] = rest;
    if (first === undefined) return;
    this.#groups = rest;
    this.#labels = this.#labels.map((label) => (label.group === id ? { ...label, group: first.id } : label));
  }

  /** Ids of tags that are new follow their names; those that were there stay, since decisions hang on them. */
  content(): VocabularyContent {
    const { name, description, licence, profile } = this;
    const kept = this.#labels.filter(({ id }) => !this.#added.has(id));
    const labels: DraftLabel[] = [];
    for (const label of this.#labels) {
      labels.push({
        ...label,
        id: this.#added.has(label.id) ? freeId(label.name, [...kept, ...labels]) : label.id,
        name: label.name.trim(),
        prompts: label.prompts.map((prompt) => prompt.trim()).filter((prompt) => prompt !== ''),
        keywords: label.keywords.map((word) => word.trim()).filter((word) => word !== ''),
      });
    }
    const facts = {
      name: name.trim(),
      // Neither may be empty in the file.
      description: description.trim() || name.trim(),
      licence: licence.trim() || 'private',
      profile,
    };
    return { ...this.#from, ...facts, groups: [...this.#groups], labels };
  }
}

/** `Wooden door!` → `wooden-door`, or `wooden-door-2` where that is taken. */
function freeId(name: string, taken: readonly { id: string }[]): string {
  const letters = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = letters.slice(0, 60).replace(/-+$/, '') || 'tag';
  const ids = new Set(taken.map(({ id }) => id));
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!ids.has(id)) return id;
  }
}
