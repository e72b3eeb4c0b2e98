/** Pieces of SQL conditions: fixed text with parameters, so that nothing a user types becomes SQL. */

/** A condition on a row of `file`, and its parameters in order. */
export interface Condition {
  sql: string;
  parameters: (string | number)[];
}

/** @param conditions at least one */
export function joined(conditions: readonly Condition[], operator: 'AND' | 'OR'): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${operator} `)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** Text that stands for itself in LIKE … ESCAPE '!' ('\' is a path separator on Windows). */
export function likeLiteral(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}
