/** How the process that reads files of strangers is asked: by the name of a parser. */

/**
 * Names a parser that calls/reader-process.ts has, and says what it takes and returns; stands beside the parser. Whatever
 * crosses must survive a structured clone.
 */
export interface ParserName<Input extends { path: string }, Output> {
  readonly name: string;
  /** For the type checker only; never set. */
  readonly types?: (input: Input) => Output;
}

/** Paths are absolute. A type, not an interface: only type aliases fit the index signature of `Methods`. */
export type ReaderMethods = {
  read: { input: { parser: string; input: { path: string } }; output: unknown };
};
