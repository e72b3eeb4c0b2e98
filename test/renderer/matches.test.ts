import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Matches, type Place } from '../../src/renderer/stores/matches.svelte.ts';
import type { Client } from '../../src/shared/contract.ts';

const HIT: Place = { fileId: 1, startSeconds: 0, endSeconds: 5 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function matches(answer: () => Promise<unknown>): { call: ReturnType<typeof vi.fn>; asked: Matches } {
  const call = vi.fn(answer);
  return { call, asked: new Matches({ call } as unknown as Client, () => {}) };
}

async function select(asked: Matches, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    asked.ask(HIT);
    await vi.runAllTimersAsync();
  }
}

test('a hit whose match is all of its window is asked about once for each answer', async () => {
  const { call, asked } = matches(() => Promise.resolve(null));
  asked.begin({ text: 'bark' });
  await select(asked, 3);
  expect(call).toHaveBeenCalledTimes(1);
  asked.begin({ text: 'meow' });
  await select(asked, 1);
  expect(call).toHaveBeenCalledTimes(2);
});

test('what was given up for another one is asked about again', async () => {
  const answers: ((match: null) => void)[] = [];
  const { call, asked } = matches(() => new Promise((resolve) => answers.push(resolve)));
  asked.begin({ text: 'bark' });
  await select(asked, 1);
  asked.ask({ ...HIT, fileId: 2 });
  await vi.runAllTimersAsync();
  answers[0]!(null); // as the engine answers what a newer question has taken the place of
  answers[1]!(null);
  await vi.runAllTimersAsync();
  await select(asked, 1);
  const ids = call.mock.calls.map((args) => (args as unknown as [string, { fileId: number }])[1].fileId);
  expect(ids).toEqual([1, 2, 1]);
});

test('what failed is asked about again', async () => {
  const { call, asked } = matches(() => Promise.reject(new Error('lost')));
  asked.begin({ text: 'bark' });
  await select(asked, 2);
  expect(call).toHaveBeenCalledTimes(2);
});
