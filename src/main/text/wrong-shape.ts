/** What is wrong with data from outside, in words of ours: those of zod are for programmers. */
import type { z } from 'zod';

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const NUMBERS = new Set(['number', 'int', 'bigint']);
/** What the size of a kind of value is counted in. */
const COUNTED: Record<string, string> = { string: 'character', array: 'item', set: 'item' };

/** @returns the first fault and its place: `“labels.3.id” must not be empty` */
export function wrongShape({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'the top level is invalid';
  const place = issue.path.length > 0 ? `“${issue.path.join('.')}”` : 'the top level';
  return `${place} ${whatIsWrong(issue)}`;
}

function whatIsWrong(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'unrecognized_keys') return `has unknown fields: ${quoted(issue.keys).join(', ')}`;
  if (issue.code === 'invalid_value') return `must be ${quoted(issue.values).join(' or ')}`;
  if (issue.code === 'too_small') {
    const least = Number(issue.minimum);
    if (least === 1 && !NUMBERS.has(issue.origin)) return 'must not be empty';
    return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', least);
  }
  if (issue.code === 'too_big') {
    return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum));
  }
  // Ours begin with a verb, zod's with a capital letter.
  return /^[a-z]/.test(issue.message) ? issue.message : 'is invalid';
}

function quoted(values: readonly unknown[]): string[] {
  return values.map((value) => `“${String(value)}”`);
}

function limit(origin: string, words: string, bound: number): string {
  const counted = COUNTED[origin];
  if (counted === undefined) return `must be ${words} ${String(bound)}`;
  return `must have ${words} ${String(bound)} ${bound === 1 ? counted : `${counted}s`}`;
}
