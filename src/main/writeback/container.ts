/**
 * What a format must be able to do so that tags can be written into its files. A container never writes: it says which
 * bytes of the old file stay and which new ones come between them (docs/adr/0006), and splice.ts makes the new file.
 */
import type { WriteField } from '../../shared/calls/write.ts';
import { UserError } from '../../shared/errors.ts';
import type { AudioFormat } from '../../shared/types.ts';

/** Bytes of the file as it is (half-open range of positions), or new ones. The new file is the parts in order. */
export type Part = { from: number; to: number } | { bytes: Uint8Array };

export interface OpenFile {
  /** Absolute; for sentences. */
  path: string;
  /** Bytes. */
  size: number;
  /**
   * @returns exactly `length` bytes, in memory of their own
   * @throws UserError undecodable-audio when the file has fewer, unreadable-file when the disk gives an error
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** One value as stored, in the format's own words. A native id with several values occurs several times, in order. */
export interface StoredField {
  /** `iXML:USER/CATID`, `bext:Description`, `LIST/INFO:IGNR`, `TCON`, `TXXX:CATID`, `GENRE`, `©gen`, `----:com.apple.iTunes:MOOD` */
  nativeId: string;
  value: string;
}

/** A value in a tag block that programs leave aside when the block that we write into says something. */
export interface HiddenField extends StoredField {
  /** The block it stands in, for sentences: `ID3v1`, `APEv2`, `LIST/INFO`. */
  from: string;
  /** Its name there; of a block of ours the native id. */
  fromId: string;
}

/** Which block of a format hides others from programs, and what they say. */
export interface HidingBlock {
  /** For sentences: “ID3v2 tag”. */
  name: string;
  holds(nativeId: string): boolean;
  /**
   * @returns the values of the blocks that it hides, by native ids of this block, several for one in order
   * @throws as {@link Container.read}
   */
  hidden(file: OpenFile): Promise<HiddenField[]>;
}

export interface FieldEdit {
  nativeId: string;
  /**
   * All values that the native id has afterwards; none: it is taken out. One at most where {@link Container.isList}
   * says no. Already fitted by {@link Container.fit}.
   */
  values: readonly string[];
}

/** A cue point, or with a length a region. Samples for each channel. */
export interface MarkerInFile {
  startSample: number;
  /** 0: a point. */
  lengthSamples: number;
  /** One line of text; '' without one. */
  label: string;
}

/** Our fields, and `provenance`: the namespaced one that says what we wrote (provenance.ts gives its text). */
export type PlacedField = WriteField | 'provenance';

export interface Container {
  formats: readonly AudioFormat[];
  /**
   * Where a field is kept in this format: every native id that is written, most specific first.
   * @param found what the file has, for formats whose place depends on it
   * @returns native ids; none when the format has no place for it. Exactly one for `provenance`
   */
  places(field: PlacedField, found: readonly StoredField[]): readonly string[];
  /** Whether a native id holds several values of its own; else they are joined by `, ` into one. */
  isList(nativeId: string): boolean;
  /**
   * Every field that this container can edit, as the file has it. Values that are no valid text are given as best as
   * can be; they are never written back unless an edit names them.
   * @throws UserError undecodable-audio, unsupported-format with a sentence for a file that is damaged
   */
  read(file: OpenFile): Promise<StoredField[]>;
  /**
   * What is not named in `edits` stays byte for byte, in its order.
   * @param edits for ids that {@link places} or {@link hiding} gave, none twice
   * @returns the parts of the new file; the whole old file when nothing is to be changed
   * @throws UserError undecodable-audio, unsupported-format with a sentence when it cannot be edited safely
   */
  edit(file: OpenFile, edits: readonly FieldEdit[]): Promise<Part[]>;
  /**
   * The bytes of the encoded sound, to be hashed before and after: the content of `data`/`SSND`/`mdat`, frames, or
   * the packets of a paged format without their pages' headers. In pieces of any size; without a byte where there is
   * no sound, whatever headers there are.
   * @throws as {@link read}
   */
  payload(file: OpenFile): AsyncIterable<Uint8Array>;
  /** Formats in which a new block would hide the tags that a file has: these are taken over into it. */
  hiding?: HidingBlock;
  /** Other names that readers may give to what is kept under a native id: of an older version, of another place. */
  otherNames?(nativeId: string): readonly string[];
  /**
   * Whether readers that keep to the standard lose their way in the file, where this one finds it. An edit puts that
   * right; what such a reader made of the old file says nothing about the new one.
   * @throws as {@link read}
   */
  isIrregular?(file: OpenFile): Promise<boolean>;
  /**
   * Formats that hold markers: adds these behind those that the file has. The places of both are read by decode/cue-points.ts.
   * @throws as {@link edit}
   */
  addMarkers?(file: OpenFile, markers: readonly MarkerInFile[]): Promise<Part[]>;
  /** What a value must become to fit (ASCII, length). @returns `note`: a sentence on what was done, '' for nothing */
  fit(nativeId: string, value: string): { value: string; note: string };
}

/** @param sentence says what is in the way, with no name of the file in it, and what else there is to do */
export function cannotEdit(sentence: string): UserError {
  return new UserError('unsupported-format', sentence);
}

/** What to do about a damaged file, by what of it is damaged. */
export const SAVE_AUDIO_AGAIN = 'Open the file in an audio editor and save it again first.';
export const SAVE_TAGS_AGAIN = 'Save the file with a tag editor first.';
export const COPY_AGAIN = 'Copy the file again from where it came from.';

/**
 * @param sentence says what is wrong with the file
 * @param next what the user can do
 */
export function damaged(sentence: string, next = SAVE_AUDIO_AGAIN): UserError {
  return new UserError('undecodable-audio', `${sentence} ${next}`);
}

/** Positions `at` and on in a file, in pieces, for {@link Container.payload}. */
export async function* readRange(file: OpenFile, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += PIECE_BYTES) yield file.read(at, Math.min(PIECE_BYTES, to - at));
}

const PIECE_BYTES = 1 << 20;
