/** Which line of a list is what: files, below some of them their matches, and somewhere the line "Less likely". */

export type Line =
  | { kind: 'file'; /** among the files */ position: number }
  | { kind: 'match'; position: number; /** among the matches of the file */ index: number }
  | { kind: 'maybe' };

/** Lines that are no files. */
interface Insert {
  /** The first of them. */
  line: number;
  lines: number;
  /** The file that they are below; null: the line "Less likely". */
  position: number | null;
}

export class ListLines {
  readonly length: number;
  /** In the order of the list. */
  readonly #inserts: readonly Insert[];

  /**
   * @param files how many there are
   * @param maybeFrom position of the first file below the line "Less likely"; null when there is no such line
   * @param unfolded how many matches are shown below a file, by its position
   */
  constructor(files: number, maybeFrom: number | null, unfolded: ReadonlyMap<number, number>) {
    const wanted: { before: number; lines: number; position: number | null }[] = [...unfolded].map(
      ([position, lines]) => ({ before: position + 1, lines, position }),
    );
    if (maybeFrom !== null) wanted.push({ before: maybeFrom, lines: 1, position: null });
    // Matches of the file above the line "Less likely" come before it.
    wanted.sort((a, b) => a.before - b.before || Number(a.position === null) - Number(b.position === null));
    let more = 0;
    this.#inserts = wanted.map(({ before, lines, position }) => {
      const line = before + more;
      more += lines;
      return { line, lines, position };
    });
    this.length = files + more;
  }

  /** @param line 0 ≤ line < length */
  at(line: number): Line {
    let more = 0;
    for (const insert of this.#inserts) {
      if (line < insert.line) break;
      if (line < insert.line + insert.lines) {
        const { position } = insert;
        return position === null ? { kind: 'maybe' } : { kind: 'match', position, index: line - insert.line };
      }
      more += insert.lines;
    }
    return { kind: 'file', position: line - more };
  }

  ofFile(position: number): number {
    let line = position;
    for (const insert of this.#inserts) if (insert.line <= line) line += insert.lines;
    return line;
  }

  /** @param index of a match that is shown */
  ofMatch(position: number, index: number): number {
    return this.ofFile(position) + 1 + index;
  }
}
