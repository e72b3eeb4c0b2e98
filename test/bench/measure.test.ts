import { expect, test } from 'vitest';
import { median, percentile } from '../../bench/measure.ts';
import { CAN_READ_PROCESSES, cpuSecondsOf, processTree } from '../../bench/processes.ts';
import { atLeast, atMost, isReached, peer, ratioOf, tableLines } from '../../bench/table.ts';

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('a percentile is interpolated, and its ends are the smallest and the largest value', () => {
  const values = [10, 30, 20];
  expect(percentile(values, 0)).toBe(10);
  expect(percentile(values, 75)).toBe(25);
  expect(percentile(values, 100)).toBe(30);
  expect(values).toEqual([10, 30, 20]); // not sorted in place
  expect(() => percentile([], 50)).toThrow(RangeError);
});

test('a target is reached from the right side; a peer is no target', () => {
  const row = { what: 'x', value: 8, unit: 'ms' };
  expect(isReached({ ...row, against: atMost(10) })).toBe(true);
  expect(isReached({ ...row, against: atLeast(10) })).toBe(false);
  expect(isReached({ ...row, against: peer(10, 'other') })).toBeNull();
  expect(isReached(row)).toBeNull();
  expect(ratioOf({ ...row, against: peer(10, 'other') })).toBe(0.8);
});

test('the table says what was missed, and notes stand under their rows', () => {
  const lines = tableLines([
    { what: 'slow', value: 12.34, unit: 'ms', against: atMost(10), note: 'why' },
    { what: 'fast', value: 1234, unit: 'x', against: atLeast(400), range: { from: 1200, to: 1300 } },
  ]);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^slow +12\.3 ms .*≤ 10\.0 ms +1\.23 x +MISSED$/);
  expect(lines[2]?.trim()).toBe('why');
  expect(lines[3]).toMatch(/^fast +1,234 x +1,200–1,300 .*≥ 400 x +3\.08 x +ok$/);
});

test.runIf(CAN_READ_PROCESSES)('this process has memory and has used the CPU (Linux only)', () => {
  const [self] = processTree(process.pid, { memory: true });
  expect(self?.pid).toBe(process.pid);
  expect(self!.residentBytes).toBeGreaterThan(10 * 2 ** 20);
  expect(self!.proportionalBytes).toBeGreaterThan(10 * 2 ** 20);
  expect(self!.proportionalBytes).toBeLessThanOrEqual(1.1 * self!.residentBytes);
  const before = cpuSecondsOf(process.pid);
  const used = () => process.cpuUsage().user + process.cpuUsage().system;
  const until = used() + 100_000; // 0.1 s of work, however busy the machine is
  while (used() < until);
  expect(cpuSecondsOf(process.pid) - before).toBeGreaterThanOrEqual(0.05);
});
