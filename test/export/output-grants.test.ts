/** Places that were granted: each good for one call, and not for long. */
import { describe, expect, test } from 'vitest';
import { OutputGrants } from '../../src/main/export/output-grants.ts';

describe('a place that was granted', () => {
  let nowMs = 0;
  const grants = new OutputGrants(() => nowMs);
  const wanted = { path: '/home/me/list.csv', replace: true };
  const refused = expect.objectContaining({ code: 'bad-input' }) as Error;

  test('is good for one call', () => {
    const token = grants.grant(wanted);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(grants.grant(wanted)).not.toBe(token);
    expect(grants.take(token)).toEqual(wanted);
    expect(() => grants.take(token)).toThrow(refused);
  });

  test('is good for ten minutes', () => {
    const [early, late] = [grants.grant(wanted), grants.grant(wanted)];
    nowMs += 600_000;
    expect(grants.take(early)).toEqual(wanted);
    nowMs += 1;
    expect(() => grants.take(late)).toThrow(refused);
  });

  test('cannot be guessed, and a path is none', () => {
    for (const token of ['', 'x', wanted.path, '__proto__']) expect(() => grants.take(token)).toThrow(refused);
  });

  test('goes when far more are granted than anybody chooses', () => {
    const oldest = grants.grant(wanted);
    const others = Array.from({ length: 64 }, () => grants.grant(wanted));
    expect(() => grants.take(oldest)).toThrow(refused);
    expect(others.map((token) => grants.take(token))).toHaveLength(64);
  });
});
