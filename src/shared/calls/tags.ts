/** Tags: suggestions by the model and by words, what the user decided about them, and what was learnt from that. */
import type { JobId } from '../types.ts';
import type { OutputToken } from './outputs.ts';

export type TagState = 'suggested' | 'accepted' | 'rejected';

/** One part of the evidence, in the words of the screen. */
export interface TagWhy {
  kind: 'sound' | 'taught' | 'name' | 'folder' | 'tag' | 'group';
  /** `sounds like it more than 98 % of sounds do`, `the name says “door”`, `learned from 7 of your decisions` */
  text: string;
  /** What it adds to the log-odds of the tag; negative is evidence against it. */
  weight: number;
}

/** A tag of one file. */
export interface FileTag {
  tagId: number;
  vocabularyId: string;
  labelId: string;
  name: string;
  state: TagState;
  /** That it is right, calibrated: of those with 0.8, about 8 in 10 are. null for a decision without a suggestion. */
  probability: number | null;
  /** The window that matches it best, s; null for a decision without a suggestion. */
  startSeconds: number | null;
  endSeconds: number | null;
}

/** A tag over the whole library. */
export interface TagRow {
  tagId: number;
  vocabularyId: string;
  labelId: string;
  name: string;
  groupName: string;
  ucs: { catId: string; category: string; subCategory: string } | null;
  /** At or above the probability asked for. */
  suggested: number;
  accepted: number;
  rejected: number;
  /** What decisions have taught it; null while there are too few. */
  taught: TaughtTag | null;
}

/** What learning from decisions has done for one tag, in the embedding space of the model in use. */
export interface TaughtTag {
  tagId: number;
  name: string;
  /** Decisions it was learnt from. */
  accepted: number;
  rejected: number;
  /** Mean precision over the user's own decisions by cross-validation, before (zero-shot) and after; null with too few of either kind. */
  before: number | null;
  after: number | null;
  /** Switched on: used for suggestions. */
  inUse: boolean;
  learntMs: number;
}

export interface Decision {
  fileId: number;
  tagId: number;
  /** null takes an earlier decision back. */
  accepted: boolean | null;
}

/** Which suggestions or decisions; absent fields do not narrow. */
export interface TagScope {
  tagId?: number;
  vocabularyId?: string;
  /** Only suggestions at least this probable, 0..1. Decisions are not narrowed by it. */
  minProbability?: number;
  /** Absolute folder: files anywhere below it. */
  folder?: string;
  /** Part of the file name, any case. */
  name?: string;
}

/** What accepting everything in a scope would mean. */
export interface BulkForecast {
  suggestions: number;
  files: number;
  /** Σ (1 − probability) */
  expectedWrong: number;
}

export interface ScoreSummary {
  files: number;
  vocabularies: string[];
  /** Suggestions kept (those above the floor). */
  suggestions: number;
  /** Files for which nothing in any of the vocabularies fits. */
  unknown: number;
  seconds: number;
  cancelled: boolean;
}

/** Timeline of one file: a window and the tags that fit it, best first. */
export interface TaggedWindow {
  startSeconds: number;
  endSeconds: number;
  tags: { tagId: number; name: string; probability: number }[];
}

export interface TagCalls {
  /**
   * Scores files against vocabularies from the stored embeddings; nothing is embedded again. Only what is out of date
   * is scored, all of it when `again`. @param input.folders absolute; none: the whole library
   */
  'tag.score': { input: { vocabularyIds: string[]; folders: string[]; again: boolean }; output: JobId };
  /** Tags with suggestions or decisions in the scope, most suggestions to review first. */
  'tag.list': { input: TagScope; output: TagRow[] };
  /**
   * Files of a scope with one tag or any of a vocabulary, most probable first (`doubtful`: nearest to ½ first; `name`: by
   * name); all of them, so that a virtual list knows its length.
   */
  'tag.files': {
    input: { scope: TagScope; state: TagState; order: 'sure' | 'doubtful' | 'name' };
    output: { fileId: number; tagId: number; probability: number | null }[];
  };
  /** Decisions and suggestions of files, accepted first, then most probable first; at most 1000 ids, in their order. */
  'tag.ofFiles': {
    input: { fileIds: number[]; minProbability: number };
    output: { fileId: number; tags: FileTag[] }[];
  };
  /** The parts of the evidence for one tag of one file. @throws UserError file-missing, not-found */
  'tag.why': { input: { fileId: number; tagId: number }; output: TagWhy[] };
  /** @throws UserError file-missing, not-found */
  'tag.windows': { input: { fileId: number; vocabularyId: string; minProbability: number }; output: TaggedWindow[] };
  /**
   * The tag of a label, made when nothing was ever suggested or decided for it, so that a user can give it by name.
   * @returns its tagId @throws UserError not-found for a vocabulary or label that is not there
   */
  'tag.ofLabel': { input: { vocabularyId: string; labelId: string }; output: number };
  /** Nothing is written to any file by this. @returns what `tag.undo` takes */
  'tag.decide': { input: { decisions: Decision[] }; output: { stepId: number; changed: number } };
  'tag.forecast': { input: TagScope; output: BulkForecast };
  /** Accepts every suggestion in the scope; `minProbability` must be in it. */
  'tag.acceptAll': { input: TagScope; output: { stepId: number; forecast: BulkForecast } };
  /** Takes one step of deciding back, the newest if none is named. @returns how many decisions are as before */
  'tag.undo': { input: { stepId: number | null }; output: { restored: number } };
  /** A new tag from examples alone, in the user's vocabulary `mine` (made when it is not there). At least 3 examples. */
  'tag.make': { input: { name: string; fileIds: number[] }; output: TagRow };
  /** What was learnt, and switching a tag's learning on or off (its decisions stay). */
  'tag.taught': { input: null; output: TaughtTag[] };
  'tag.useTaught': { input: { tagId: number; inUse: boolean }; output: TaughtTag };
  /** Writes decisions and heads as JSON that `tag.importTaught` reads on another machine; for a name that ends in .json. */
  'tag.exportTaught': { input: { output: OutputToken }; output: { tags: number; decisions: number } };
  'tag.importTaught': { input: { path: string }; output: { tags: number; decisions: number } };
}

export interface TagEvents {
  /** Suggestions or decisions changed. `decided`: what is accepted is another, or is called otherwise. */
  'tag.changed': { tagIds: number[]; decided: boolean };
}
