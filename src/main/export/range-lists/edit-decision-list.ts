/**
 * CMX 3600 edit decision lists (https://xmil.biz/EDL-X/CMX3600.pdf): one event after the other on the record side, in and out
 * points in whole frames, which hold all of the place. Without drop frames.
 */
import type { FrameRate, ListedRange } from '../../../shared/calls/cut.ts';
import { UserError } from '../../../shared/errors.ts';
import { shownName } from './shown-name.ts';

/** Event numbers have three digits. */
const MOST_EVENTS = 999;
/** Where the record side begins, as usual in television, hours. */
const RECORD_HOURS = 1;
const HOURS_OF_A_DAY = 24;

/** @throws UserError bad-input for more events than an EDL holds, and a place beyond 24 hours */
export function editDecisionList(ranges: readonly ListedRange[], framesPerSecond: FrameRate): string {
  if (ranges.length > MOST_EVENTS) {
    throw new UserError('bad-input', `An EDL holds ${MOST_EVENTS} events, but there are ${ranges.length} matches. Export fewer, or choose CSV.`); // prettier-ignore
  }
  const framesOfADay = HOURS_OF_A_DAY * 3600 * framesPerSecond;
  let record = RECORD_HOURS * 3600 * framesPerSecond;
  const events = ranges.map(({ path, startSeconds, endSeconds }, at) => {
    const start = Math.floor(startSeconds * framesPerSecond + ROUNDED);
    const end = Math.max(start + 1, Math.ceil(endSeconds * framesPerSecond - ROUNDED));
    const recordEnd = record + end - start;
    if (end >= framesOfADay || recordEnd >= framesOfADay) {
      throw new UserError('bad-input', 'An EDL cannot hold positions beyond 24 hours. Choose CSV.');
    }
    const codes = [start, end, record, recordEnd].map((frame) => timecode(frame, framesPerSecond)).join(' ');
    record = recordEnd;
    const event = `${String(at + 1).padStart(3, '0')}  AX       AA    C        ${codes}`;
    return `${event}\r\n* FROM CLIP NAME: ${shownName(path)}\r\n* SOURCE FILE: ${path}\r\n\r\n`;
  });
  return `TITLE: Earmark\r\nFCM: NON-DROP FRAME\r\n\r\n${events.join('')}`;
}

/** Of a frame: a place on its edge does not take the next one, too. */
const ROUNDED = 1e-6;

function timecode(frame: number, framesPerSecond: number): string {
  const seconds = Math.floor(frame / framesPerSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % framesPerSecond];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
