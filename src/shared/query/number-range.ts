/** Ranges of numbers as people type them: `120-128`, `>140`, `<=90`, `-30..-20`, `128`. */
import { UserError } from '../errors.ts';

/** Both ends belong to it; an end that is absent is open. */
export interface NumberRange {
  least?: number;
  most?: number;
}

const NUMBER = String.raw`[-−]?\d+(?:[.,]\d+)?`;
const COMPARED = new RegExp(`^([<>≤≥])=?(${NUMBER})$`, 'u');
const RANGE = new RegExp(`^(${NUMBER})?(?:\\.\\.|[-–—])(${NUMBER})?$`, 'u');
const ALONE = new RegExp(`^${NUMBER}$`, 'u');

/**
 * @param tolerance to either side of a number alone
 * @returns null when it is none of these
 * @throws UserError bad-input for a range that ends before it begins
 */
export function parseNumberRange(text: string, tolerance: (value: number) => number): NumberRange | null {
  const value = text.trim().replaceAll(' ', '');
  const number = (digits: string) => Number(digits.replace('−', '-').replace(',', '.')) + 0; // −0 is 0
  const compared = COMPARED.exec(value);
  if (compared) {
    const end = number(compared[2]!);
    return compared[1] === '<' || compared[1] === '≤' ? { most: end } : { least: end };
  }
  if (ALONE.test(value)) {
    const about = number(value);
    return { least: about - tolerance(about), most: about + tolerance(about) };
  }
  const range = RANGE.exec(value);
  if (!range || (range[1] === undefined && range[2] === undefined)) return null;
  const [least, most] = [range[1], range[2]].map((end) => (end === undefined ? undefined : number(end)));
  if (least !== undefined && most !== undefined && least > most) {
    throw new UserError('bad-input', `“${text}” is reversed. Write the smaller number first.`);
  }
  return { ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
}

/** The range as it is typed; none where both ends are open. */
export function writeNumberRange({ least, most }: NumberRange): string[] {
  if (least !== undefined && most !== undefined) return [`${digits(least)}..${digits(most)}`];
  if (least !== undefined) return [`>${digits(least)}`];
  return most === undefined ? [] : [`<${digits(most)}`];
}

/** `120 to 128 BPM`, `below −30 LUFS`, `above 140 BPM` */
export function numberRangeInWords({ least, most }: NumberRange, unit: string): string {
  const shown = (value: number) => digits(value).replace('-', '−');
  if (least !== undefined && most !== undefined) return `${shown(least)} to ${shown(most)} ${unit}`;
  return least === undefined ? `${shown(most ?? 0)} ${unit} or less` : `${shown(least)} ${unit} or more`;
}

function digits(value: number): string {
  return String(Number(value.toFixed(3)));
}
