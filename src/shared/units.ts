/** Quantities as filters and the window write them. */

/** The latest second that is asked for, 30,000 years: beyond it, numbers lose their milliseconds. */
export const LAST_SECOND = 1e12;

/** `1:02`, `1:02:03` @param seconds whole, ≥ 0 */
export function clock(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `0:45.000`, `1:02:03.250` @param seconds ≥ 0 @param places decimal places, 0 to 6 */
export function preciseClock(seconds: number, places = 3): string {
  const units = Math.round(seconds * 10 ** places);
  const whole = Math.floor(units / 10 ** places);
  return places === 0 ? clock(whole) : `${clock(whole)}.${String(units - whole * 10 ** places).padStart(places, '0')}`;
}

/** `44.1 kHz`, `48 kHz` */
export function sampleRate(hertz: number): string {
  return `${Number((hertz / 1000).toFixed(3))} kHz`;
}

export function channels(number: number): string {
  if (number === 1) return 'mono';
  if (number === 2) return 'stereo';
  return `${number} channels`;
}
