/** Vocabularies: which tags there are. Shipped ones never change; those of the user are files in the data folder. */
import type { OutputToken } from './outputs.ts';

/** Which fields accepted tags of a vocabulary go to. */
export type VocabularyProfile = 'sfx' | 'music' | 'dj';

/** A vocabulary as its JSON file has it; docs/vocabularies.md says what each field means. */
export interface VocabularyContent {
  id: string;
  name: string;
  version: number;
  /** BCP 47 */
  language: string;
  licence: string;
  description: string;
  profile: VocabularyProfile;
  groups: { id: string; name: string; kind: 'exclusive' | 'multi' }[];
  labels: {
    id: string;
    name: string;
    group: string;
    /** One or two phrases that are put to the model. */
    prompts: string[];
    /** Words that are evidence when they stand in a file's name, folder or tags. */
    keywords: string[];
    ucs?: { catId: string; category: string; subCategory: string } | undefined;
  }[];
}

export interface VocabularyInfo {
  id: string;
  name: string;
  version: number;
  language: string;
  licence: string;
  description: string;
  profile: VocabularyProfile;
  labels: number;
  /** True for those that came with the program: they can be copied, not changed. */
  shipped: boolean;
  /** Absolute path of its file. */
  path: string;
  /** Files whose suggestions are those of this vocabulary as it is now, by the model in use. */
  scoredFiles: number;
  /** Files that can be scored (analysed with the model in use, root not hidden). */
  readyFiles: number;
  /** Suggestions to review, and decisions. */
  suggested: number;
  accepted: number;
  rejected: number;
}

export interface VocabularyCalls {
  /** `broken`: files in the vocabulary folder that cannot be used, with what is wrong and what to do. */
  'vocabulary.list': {
    input: null;
    output: { vocabularies: VocabularyInfo[]; broken: { path: string; sentences: string[] }[] };
  };
  /** @throws UserError not-found */
  'vocabulary.get': { input: string; output: VocabularyContent };
  /**
   * Makes or replaces a vocabulary of the user's. Decisions about labels that are gone stay in the catalogue.
   * @throws UserError vocabulary-damaged (all that is wrong with it), bad-input for the id of a shipped one
   */
  'vocabulary.save': { input: VocabularyContent; output: VocabularyInfo };
  /** Takes a vocabulary of the user's away; its decisions stay, its file is kept beside with the ending `.removed`. */
  'vocabulary.remove': { input: string; output: null };
  /**
   * Copies a vocabulary in: our JSON, a CSV of labels, or the official UCS list as CSV or spreadsheet (.xlsx).
   * @param input.path absolute @throws UserError not-found, vocabulary-damaged, name-taken
   */
  'vocabulary.import': { input: { path: string }; output: VocabularyInfo };
  /** @param input.output for a name that ends in .json or .csv */
  'vocabulary.export': { input: { id: string; output: OutputToken }; output: null };
}
