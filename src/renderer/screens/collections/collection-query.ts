/** A collection as a search, so that its sounds stand in the list that everything else stands in. */

/** Quotes cannot stand inside `col:"…"`; the engine leaves them out of names as well when it looks for one. */
export function collectionQuery(name: string): string {
  return `col:"${name.replace(/["“”„«»]/g, '')}"`;
}
