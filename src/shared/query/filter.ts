/** What a filter of the query language consists of. The filters themselves are in filters.ts. */
import type * as z from 'zod/mini';

/** Names from the catalogue that values are completed with. */
export interface KnownNames {
  folders: readonly string[];
  collections: readonly string[];
}

/** A value that is offered after the key, as it is typed, and what it means. */
export type Offer = readonly [value: string, meaning: string];

export type FieldChecks = Record<string, z.ZodMiniType>;
export type FieldsOf<Checks extends FieldChecks> = z.infer<z.ZodMiniObject<Checks>>;

/** @template Typed the fields as text has them: a collection is typed by its name */
export interface Filter<Checks extends FieldChecks, Typed = FieldsOf<Checks>> {
  /** What it is about; before a value that is not understood: `duration “soon”`. */
  name: string;
  /** Its row in Help and README, and what is said of its key while that is typed. */
  help: { example: string; meaning: string };
  /** Checks of its fields in `SearchFilters`, each of which may be absent. */
  fields: Checks;
  /**
   * @param value what stands after the key, without quotes
   * @returns null where it is not understood
   * @throws UserError bad-input where more can be said than `refusal`
   */
  parse(value: string): Typed | null;
  /** What is wrong with a value that is not understood, the forms that are understood, and what else is said of them. */
  refusal: { problem: string; forms: readonly string[]; more?: string };
  /** The values that say the same when they are parsed, one for each time that the key has to stand there. */
  write(typed: Typed): string[];
  /** On a chip. @param value what was parsed into `typed` */
  describe(typed: Typed, value: string): string;
  /** Values that are whole words: of one that is still being typed, it is known what it can become. */
  words?: readonly string[];
  /** Of values that are no words: beginnings that make no sense yet. */
  beginning?: RegExp;
  offers?: (known: KnownNames) => readonly Offer[];
  /** Several values may stand there with commas between. */
  isList?: true;
  /** It says what another key says, too, which is the one that is offered. */
  isAlias?: true;
  /** The key stands in the text again: what both mean. Without it the last one counts. */
  again?(first: Partial<Typed>, second: Typed): Partial<Typed>;
  /** It is asked for beside the text and in it: what both mean. Without it the text counts. */
  merge?(options: Partial<Typed>, inline: Partial<Typed>): Partial<Typed>;
  /** The option of the command line that takes the same values. `isPath`: one that is there is meant as a place. */
  option?: { flags: string; meaning: string; isPath?: true };
}

/** An entry of the registry; its fields are inferred from their checks. */
export function filter<Checks extends FieldChecks, Typed = FieldsOf<Checks>>(
  entry: Filter<Checks, NoInfer<Typed>>,
): Filter<Checks, Typed> {
  return entry;
}
