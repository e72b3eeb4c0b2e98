/** What an evaluation is asked and what it answers. Shares are 0..1; a figure that is not defined is null, never NaN. */
import type { FileFailure } from './types.ts';

export const TABLE_LAYOUTS = ['esc50', 'fsd50k', 'captions'] as const;
/** esc50: one class a clip. fsd50k: several classes a clip. captions: sentences that describe clips. */
export type TableLayout = (typeof TABLE_LAYOUTS)[number];
export const EVAL_LAYOUTS = [...TABLE_LAYOUTS, 'folders', 'names'] as const;
/** folders: no table, a folder of clips for each class. names: no table, the class is a part of the file’s name. */
export type EvalLayout = (typeof EVAL_LAYOUTS)[number];

export interface EvalRequest {
  /** Absolute path of a folder with a table in it, or of the table itself. */
  dataset: string;
  /** Absolute path of the table, where it is not found by itself. */
  csv?: string;
  /** Absolute path of the folder that file names in the table are relative to, where it is not found by itself. */
  audioFolder?: string;
  layout: EvalLayout | 'auto';
  /** Texts with `{label}` in them; together they are one ensemble. None: the model pack's template, and bare names. */
  prompts: string[];
  /**
   * Layout names: which part of the file’s name, between `-` and `_`, is the class: from 1, from the end when negative.
   * @default 1
   */
  classPart?: number;
  /** Layouts folders and names: what the names of classes mean, in words. Clips of other classes are left out. */
  classes?: Record<string, string>;
  /** Only rows whose column `fold` (or `split`) has this value. */
  fold?: string;
  /** Ids or folders of two packs, which are evaluated instead of the model in use and compared. */
  compare?: [string, string];
}

export interface EvalProgress {
  /** analysing: clips; reading: prompts or captions. */
  stage: 'analysing' | 'reading';
  done: number;
  total: number;
  /** Clips left out so far. */
  failed: number;
  /** Audio seconds per second over the last while; null before there is a figure. */
  realTimeFactor: number | null;
  /** null while unknown. */
  etaSeconds: number | null;
  currentPath: string | null;
}

export interface ClassFigures {
  label: string;
  /** Clips of this class among those evaluated. */
  clips: number;
  averagePrecision: number;
}

export interface SingleLabelFigures {
  /** What each class name was put into; several are one ensemble. */
  prompts: string[];
  accuracy: number;
  /** null when there are no more than five classes. */
  top5: number | null;
  /** Mean over the classes that have clips. */
  meanAveragePrecision: number;
  /** One entry a value of the column `fold`; none without that column. */
  folds: { fold: string; clips: number; accuracy: number }[];
  /** Lowest accuracy first. */
  classes: (ClassFigures & {
    /** Share of its clips that were given this class. */
    accuracy: number;
    /** What its other clips were taken for, most frequent first. */
    mistakenFor: { label: string; clips: number }[];
  })[];
}

export interface MultiLabelFigures {
  prompts: string[];
  /** Mean over the classes that have clips. */
  macroAveragePrecision: number;
  /** Over all pairs of clip and class at once. */
  microAveragePrecision: number;
  /** Lowest average precision first. */
  classes: ClassFigures[];
}

export interface RetrievalScores {
  queries: number;
  /** What each query chooses from. */
  items: number;
  /** Share of queries with a right item among the first 1, 5, 10. */
  recallAt1: number;
  recallAt5: number;
  recallAt10: number;
  meanAveragePrecisionAt10: number;
  /** Over the whole list. */
  meanAveragePrecision: number;
}

/** null where the table has no queries of that kind. */
export interface RetrievalDirections {
  textToAudio: RetrievalScores | null;
  audioToText: RetrievalScores | null;
}

/**
 * What the pack's calibration does at the cut, where the bands "likely" and "strong" begin: above it a sound is shown
 * as a hit, below it as a "maybe" or not at all. Texts with a label only; names of files count for nothing here.
 */
export interface CutFigures {
  /** The calibrated score at the cut, 0..1. */
  cut: number;
  /** Texts whose label some clip has. */
  present: number;
  /** Share of them with a right clip at or above the cut; null when there are none. */
  presentFound: number | null;
  /** Texts whose label no clip has: sounds that are not there. */
  absent: number;
  /** Share of them with no clip at all at or above the cut; null when there are none. */
  absentRejected: number | null;
}

export interface RetrievalFigures {
  prompts: string[];
  /** Right is the clip that the caption was written for, and a caption that was written for the clip. */
  own: RetrievalDirections;
  /** Right is every clip of the caption's label, and the reverse; null without a label column. */
  byLabel: RetrievalDirections | null;
  /** null without a label column, or with a pack that has no calibration. */
  cut: CutFigures | null;
}

/** One variant for each way of prompting. */
export type EvalFigures =
  | {
      kind: 'single-label';
      /** Classes to choose from. */
      classes: number;
      variants: SingleLabelFigures[];
    }
  | {
      kind: 'multi-label';
      classes: number;
      /** Those with clips: only they have figures. */ classesWithClips: number;
      variants: MultiLabelFigures[];
    }
  | { kind: 'retrieval'; variants: RetrievalFigures[] };

/** A figure of two models, on what both were measured with. */
export interface FigureDifference {
  /** Where it is in the first variant's figures: "accuracy", "own.textToAudio.recallAt10". */
  figure: string;
  first: number;
  second: number;
  /** second − first. */
  difference: number;
  /** 95 % of the differences lie between these when `units` are drawn anew (paired bootstrap). */
  low: number;
  high: number;
  /** clips: with all their captions. */
  units: 'clips' | 'classes';
  count: number;
}

export interface EvalComparison {
  /** Of the second model; its own `comparison` is null. */
  second: EvalReport;
  /** Draws behind each interval. */
  resamples: number;
  /** Of the first variant of both: each model's own prompt, unless prompts were given. */
  differences: FigureDifference[];
}

export interface EvalReport {
  layout: EvalLayout;
  /** The layout was recognised, not asked for. */
  layoutRecognised: boolean;
  /** Absolute; of the layout folders, the folder of the data set. */
  csv: string;
  audioFolder: string;
  fold: string | null;
  /** weightHash: SHA-256 (hex) over the hashes of the pack's graph and tokenizer files. */
  model: { id: string; weightHash: string; dim: number };
  /** Different audio files that the table names, in the fold asked for. */
  clipsNamed: number;
  /** Those that the figures are of. */
  clips: number;
  /** Missing and broken ones. */
  leftOut: FileFailure[];
  /** Clips embedded in this run, and clips whose embedding was cached by an earlier one. */
  analysed: number;
  fromCache: number;
  /** Embedded in this run, s. */
  audioSeconds: number;
  seconds: number;
  /** Stopped by the user: embeddings made so far are kept, and the next run continues from there. */
  cancelled: boolean;
  /** null when cancelled. */
  figures: EvalFigures | null;
  /** null unless two models were asked for, and when cancelled. */
  comparison: EvalComparison | null;
}
