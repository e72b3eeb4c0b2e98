import type { FileErrorCode } from '../../shared/errors.ts';

/**
 * Failures that can pass by themselves although the file did not change, and after how many attempts Earmark
 * stops trying by itself (`earmark failures --retry` always tries).
 */
export const RETRYABLE_CODES: ReadonlyMap<FileErrorCode, number> = new Map([
  ['no-permission', Infinity], // permissions change without touching size or time, and trying costs nothing
  ['vanished', Infinity],
  ['changed-while-reading', Infinity],
  ['unreadable-file', Infinity], // a disk or network error
  ['timed-out', 3],
  ['decoder-crashed', 2],
  ['encoder-crashed', 2],
]);
