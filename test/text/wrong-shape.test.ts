import { expect, test } from 'vitest';
import { z } from 'zod';
import { wrongShape } from '../../src/main/text/wrong-shape.ts';

test.each<[string, z.ZodType, unknown, string]>([
  ['empty text', z.object({ name: z.string().min(1) }), { name: '' }, '“name” must not be empty'],
  ['an empty list', z.object({ paths: z.array(z.string()).min(1) }), { paths: [] }, '“paths” must not be empty'],
  ['long text', z.object({ name: z.string().max(3) }), { name: 'four' }, '“name” must have at most 3 characters'],
  ['a long list', z.array(z.number()).max(1), [1, 2], 'the top level must have at most 1 item'],
  ['a number below', z.object({ pad: z.number().min(1) }), { pad: 0 }, '“pad” must be at least 1'],
  ['a number at an open end', z.number().gt(0), 0, 'the top level must be more than 0'],
  ['another type', z.object({ a: z.array(z.number()) }), { a: [1, 'x'] }, '“a.1” must be a number'],
  ['a missing field', z.object({ a: z.boolean() }), {}, '“a” must be true or false'],
  ['another value', z.enum(['wav', 'mp3']), 'ogg', 'the top level must be “wav” or “mp3”'],
  ['an unknown field', z.strictObject({}), { x: 1 }, 'the top level has unknown fields: “x”'],
  [
    'a sentence of ours',
    z.string().refine(() => false, 'must be a full path'),
    'x',
    'the top level must be a full path',
  ],
  ['a sentence of zod', z.string().regex(/a/), 'x', 'the top level is invalid'],
])('%s', (_, schema, value, words) => {
  expect(wrongShape(schema.safeParse(value).error!)).toBe(words);
});
