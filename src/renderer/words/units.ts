/** Quantities as they stand on the screen: short, exact, one form each. English, as all words of the app. */
import { clock } from '../../shared/units.ts';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12480` → `12,480` */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1 sound`, `12,480 sounds` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * A length of sound in a narrow column: `0.84 s`, `6.2 s`, `1:02`, `1:02:03`.
 * @param seconds ≥ 0; anything else gives `–`
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 0.9995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return clock(Math.round(seconds));
}

/** A place in a file: `0:00.4`, `12:07.9`, `1:00:00.0`. @param seconds ≥ 0; anything else gives `0:00.0` */
export function place(seconds: number): string {
  const tenths = Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds * 10 + 1e-6) : 0;
  return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`;
}

/** How long something still takes, or lasts in all, roughly: `a few seconds`, `50 s`, `38 min`, `3 h 20 min`. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds < 58) return `${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const tens = Math.round(minutes / 10) * 10;
  return tens % 60 === 0 ? `${tens / 60} h` : `${Math.floor(tens / 60)} h ${tens % 60} min`;
}

/** `−6.2 LUFS`, with a true minus */
export function loudness(lufs: number): string {
  return figure(lufs, 'LUFS', 1);
}

/** `−0.3 dB`, `12,480 samples`, with so many decimal places */
export function figure(value: number, unit: string, digits: number): string {
  return `${signed(value, digits)} ${unit}`;
}

/** `640 B`, `12.4 MB`, in powers of ten as drives are sold */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 || scaled >= 99.95 ? scaled.toFixed(0) : scaled.toFixed(1)} ${units[unit]!}`;
}

/** A day as `22 Nov 2026`, in the user's time zone. */
export function day(epochMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(epochMs);
}

function signed(value: number, digits: number): string {
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en-US', { ...decimals, signDisplay: 'negative' }).format(value).replace('-', '−');
}
