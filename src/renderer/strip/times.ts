/** Times as the lanes write them: as exact as what is seen. */
import { preciseClock } from '../../shared/units.ts';
import { figure } from '../words/units.ts';

/** `0:45`, `0:45.5`, `0:45.0125`: as many decimal places as distinguish one mark from the next. @param step s between marks */
export function rulerTime(seconds: number, step: number): string {
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return preciseClock(Math.max(0, seconds), places);
}

/** `0:45.012`; below a millisecond each sample is another time: `0:45.01250`. @param exact to the sample */
export function exactTime(seconds: number, exact: boolean): string {
  return preciseClock(Math.max(0, seconds), exact ? 5 : 3);
}

/** A length: `2.500 s`, `0.00012 s` */
export function exactLength(seconds: number, exact: boolean): string {
  return seconds < 60 ? `${seconds.toFixed(exact ? 5 : 3)} s` : exactTime(seconds, exact);
}

/** `85 Hz`, `1.2 kHz`, `12 kHz` */
export function frequency(hertz: number): string {
  if (hertz < 1000) return figure(hertz, 'Hz', 0);
  return figure(hertz / 1000, 'kHz', hertz < 9950 ? 1 : 0);
}
