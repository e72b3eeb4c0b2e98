/**
 * What is found out about a sound besides its embeddings: one entry a kind, with its version and its columns. Stores,
 * copies, rows, orders, exports and the window read the columns from here. CONTRIBUTING.md says how to add one.
 */
import { camelot, keyName, kindName, noteName } from './music.ts';

/**
 * What an analysis reads, cheapest first; known files are brought up to date in this order. tags: the bytes around the
 * sound. samples: every channel as decoded, at the file's own rate.
 */
export const NEEDS = ['tags', 'samples'] as const;
export type Need = (typeof NEEDS)[number];

interface FigureColumn {
  /** In rows, JSON and calls. */
  field: string;
  /** In table `file`, and in exported tables. */
  column: string;
  type: 'REAL' | 'INTEGER';
  /** As the window names it. */
  name: string;
  unit: string;
  /** Decimal places shown and exported. */
  digits: number;
  /** Shown where there is no figure. */
  absent: string;
  /** Lists can be in its order; there is an index `file_by_<order>` then. null: they cannot. */
  order: string | null;
  /** A number that stands for a word: what is shown and exported instead. */
  word?: (value: number) => string;
  /** More to say of it on the screen. */
  note?: (value: number) => string;
  /**
   * Chosen by the catalogue among what the user, the file, its name and the sound say (shared/facts.ts): shown, ordered
   * and exported, but not stored by an analysis.
   */
  isChosen?: true;
}

/** What the sound says of a fact that others may say otherwise: stored and copied, shown with where it comes from. */
interface EvidenceColumn {
  field: string;
  column: string;
  type: 'REAL' | 'INTEGER';
  isEvidence: true;
}

/** Bytes: stored and copied, never in rows or exports. */
interface BlobColumn {
  field: string;
  column: string;
  type: 'BLOB';
}

interface Analysis {
  /** A word for users, too, in lowercase: “Updating loudness and clipping”. */
  kind: string;
  /** ≥ 1. Raised when the same file gives another result: the figures of known files are then brought up to date. */
  version: number;
  needs: Need;
  columns: readonly (FigureColumn | EvidenceColumn | BlobColumn)[];
}

export const ANALYSES = [
  // 2: tempo and root notes of ACID and sampler chunks; facts that tags and names state. 3: key of iXML (ASWG).
  { kind: 'tags', version: 3, needs: 'tags', columns: [] },
  {
    kind: 'loudness',
    version: 2, // 2: loudness range
    needs: 'samples',
    // Integrated, ITU-R BS.1770-4, of what was decoded; null when shorter than 0.4 s or below its gate. Its range by EBU
    // Tech 3342; null when shorter than 3 s.
    columns: [
      { field: 'loudnessLufs', column: 'loudness_lufs', type: 'REAL', name: 'Loudness', unit: 'LUFS', digits: 1, absent: 'too short or silent', order: 'loudness' }, // prettier-ignore
      { field: 'loudnessRange', column: 'loudness_range', type: 'REAL', name: 'Loudness range', unit: 'LU', digits: 1, absent: 'shorter than 3 s', order: null }, // prettier-ignore
    ],
  },
  {
    kind: 'levels',
    version: 1,
    needs: 'samples',
    // Highest sample of any channel, dBFS; null in a file of zeros.
    columns: [
      { field: 'peakDb', column: 'peak_db', type: 'REAL', name: 'Peak', unit: 'dB', digits: 1, absent: '–', order: null }, // prettier-ignore
    ],
  },
  {
    kind: 'waveform',
    version: 1,
    needs: 'samples',
    // At most 400 peaks of |x| over all channels, 0..255 for 0..1, over equal parts of the file.
    columns: [{ field: 'waveform', column: 'waveform', type: 'BLOB' }],
  },
  {
    kind: 'clipping',
    version: 1,
    needs: 'samples',
    // Samples of all channels that are cut off at full scale.
    columns: [
      { field: 'clippedSamples', column: 'clipped_samples', type: 'INTEGER', name: 'Clipping', unit: 'samples', digits: 0, absent: 'not analysed yet', order: 'clipped' }, // prettier-ignore
    ],
  },
  // Of these four, −1 in the sound's column: it has none, as a door has no key. null: not analysed yet.
  {
    kind: 'kind of sound',
    version: 1,
    needs: 'samples',
    columns: [
      { field: 'soundKind', column: 'kind_sound', type: 'INTEGER', isEvidence: true },
      { field: 'soundKindConfidence', column: 'kind_confidence', type: 'REAL', isEvidence: true },
      { field: 'kind', column: 'kind', type: 'INTEGER', name: 'Kind', unit: '', digits: 0, absent: 'not sure', order: 'kind', word: kindName, isChosen: true }, // prettier-ignore
    ],
  },
  {
    kind: 'tempo',
    version: 2, // 2: a loop that sounds like a song is measured as one; how sure it is
    needs: 'samples',
    columns: [
      { field: 'soundBpm', column: 'bpm_sound', type: 'REAL', isEvidence: true },
      { field: 'soundBpmConfidence', column: 'bpm_confidence', type: 'REAL', isEvidence: true },
      { field: 'bpm', column: 'bpm', type: 'REAL', name: 'Tempo', unit: 'BPM', digits: 1, absent: 'none', order: 'bpm', isChosen: true }, // prettier-ignore
    ],
  },
  {
    kind: 'key',
    version: 2, // 2: how sure it is
    needs: 'samples',
    columns: [
      { field: 'soundKey', column: 'key_sound', type: 'INTEGER', isEvidence: true },
      { field: 'soundKeyConfidence', column: 'key_confidence', type: 'REAL', isEvidence: true },
      { field: 'key', column: 'key', type: 'INTEGER', name: 'Key', unit: '', digits: 0, absent: 'none', order: 'key', word: keyName, note: camelot, isChosen: true }, // prettier-ignore
    ],
  },
  {
    kind: 'root note',
    version: 2, // 2: no tone below the lowest; how sure it is
    needs: 'samples',
    columns: [
      { field: 'soundRoot', column: 'root_sound', type: 'REAL', isEvidence: true },
      { field: 'soundRootConfidence', column: 'root_confidence', type: 'REAL', isEvidence: true },
      { field: 'root', column: 'root', type: 'REAL', name: 'Root note', unit: '', digits: 2, absent: 'none', order: 'root', word: noteName, isChosen: true }, // prettier-ignore
    ],
  },
  {
    kind: 'signal',
    version: 1,
    needs: 'samples',
    columns: [
      // Between the samples, ITU-R BS.1770-4 annex 2, dB above full scale; null in a file of zeros.
      { field: 'truePeakDb', column: 'true_peak_db', type: 'REAL', name: 'True peak', unit: 'dBTP', digits: 1, absent: '–', order: null }, // prettier-ignore
      // Mean of the channel that is farthest off, % of full scale, −100..100.
      { field: 'dcOffset', column: 'dc_offset', type: 'REAL', name: 'DC offset', unit: '%', digits: 2, absent: '–', order: null }, // prettier-ignore
      // Of two channels, 0..100: share of the power that is in their difference, 0 the same sound twice, 50 nothing in
      // common; and Pearson's correlation −1..1 of what is not silent.
      { field: 'stereoWidth', column: 'stereo_width', type: 'REAL', name: 'Stereo width', unit: '%', digits: 1, absent: 'not stereo', order: 'width' }, // prettier-ignore
      { field: 'correlation', column: 'correlation', type: 'REAL', name: 'Correlation', unit: '', digits: 2, absent: 'not stereo', order: null }, // prettier-ignore
      // Channels whose mean power is below −90 dBFS, where another's is not.
      { field: 'deadChannels', column: 'dead_channels', type: 'INTEGER', name: 'Dead channels', unit: '', digits: 0, absent: '–', order: null }, // prettier-ignore
      // Below −60 dBFS, or more than 40 dB below the peak where that is lower. Behind what was decoded of a long file: null.
      { field: 'silentHead', column: 'silent_head_s', type: 'REAL', name: 'Silence at start', unit: 's', digits: 2, absent: 'all silent', order: 'head' }, // prettier-ignore
      { field: 'silentTail', column: 'silent_tail_s', type: 'REAL', name: 'Silence at end', unit: 's', digits: 2, absent: '–', order: 'tail' }, // prettier-ignore
      // Highest frequency with energy; and where a lossless file ends as if cut off, as one that was upsampled or lossy
      // before: 0 where it does not.
      { field: 'bandwidthHz', column: 'bandwidth_hz', type: 'INTEGER', name: 'Bandwidth', unit: 'Hz', digits: 0, absent: '–', order: 'bandwidth' }, // prettier-ignore
      { field: 'cutoffHz', column: 'cutoff_hz', type: 'INTEGER', name: 'Cut off at', unit: 'Hz', digits: 0, absent: '–', order: null }, // prettier-ignore
    ],
  },
  {
    kind: 'fingerprint',
    version: 1,
    needs: 'samples',
    // Landmarks of the first minute, 4 bytes each, at most 128; empty in silence. Near-duplicates are looked for with it.
    columns: [{ field: 'fingerprint', column: 'fingerprint', type: 'BLOB' }],
  },
] as const satisfies readonly Analysis[];

type Member = (typeof ANALYSES)[number];
export type AnalysisKind = Member['kind'];
export type SampleKind = Extract<Member, { needs: 'samples' }>['kind'];
type Column = Member['columns'][number];
type FigureMember = Extract<Column, { name: string }>;
type StoredMember = Exclude<Column, { isChosen: true }>;
type FieldsOf<C extends Column> = { [M in C as M['field']]: M extends { type: 'BLOB' } ? Uint8Array : number | null };

/** What the analysis of one kind gives. */
export type FactsOf<K extends AnalysisKind> = FieldsOf<
  Exclude<Extract<Member, { kind: K }>['columns'][number], { isChosen: true }>
>;
/** The figures of one file; null where there is none. */
export type Figures = FieldsOf<FigureMember>;
/** All that is found in the samples of one file. */
export type SampleFacts = FieldsOf<StoredMember>;
export type FigureOrder = Extract<FigureMember, { order: string }>['order'];

/** Columns of table `file` that analyses fill, those of these kinds. */
export function columnsOf(kinds: readonly AnalysisKind[]): readonly StoredMember[] {
  return allColumns(kinds).filter((column): column is StoredMember => !('isChosen' in column));
}

function allColumns(kinds: readonly AnalysisKind[]): readonly Column[] {
  return ANALYSES.filter(({ kind }) => kinds.includes(kind)).flatMap(({ columns }): readonly Column[] => columns);
}

export const KINDS: readonly AnalysisKind[] = ANALYSES.map(({ kind }) => kind);
export const COLUMNS = columnsOf(KINDS);
export const FIGURES: readonly FigureMember[] = allColumns(KINDS).filter((column) => 'name' in column);
export const ORDERED_FIGURES = FIGURES.filter((figure): figure is Extract<FigureMember, { order: string }> => figure.order !== null); // prettier-ignore
export const SAMPLE_KINDS = ANALYSES.filter((member) => member.needs === 'samples').map(({ kind }) => kind);

/** `loudness, levels and waveform` */
export function inWords(kinds: readonly AnalysisKind[]): string {
  return new Intl.ListFormat('en-GB').format(kinds);
}

/** The figures alone of whatever has them, words in place of numbers that stand for them. */
export function figuresInWords(file: Figures): Record<keyof Figures, number | string | null> {
  return Object.fromEntries(FIGURES.map((figure) => [figure.field, valueOf(figure, file[figure.field])])) as Record<keyof Figures, number | string | null>; // prettier-ignore
}

/** @returns the word that a figure stands for, or the figure; null where there is none */
export function valueOf(figure: (typeof FIGURES)[number], value: number | null): number | string | null {
  return value !== null && 'word' in figure ? figure.word(value) : value;
}
