/** The values that the reference implementation gives for weights made by rule; a folder beside the checkout has them. */
import { existsSync, readFileSync } from 'node:fs';
import { skipFor } from '../../faults/trial.ts';
import type { Part } from '../families/msclap/golden-signal.ts';

const PATH = '../shared/reference/msclap2023/golden.json';

export interface Golden {
  audio: { id: string; n: number; parts: Part[]; embedding: number[] }[];
  text: { id: string; text: string; ids: number[]; embedding: number[] }[];
}

/** Says why, if so. @returns the condition, for `test.skipIf` */
export function skipWithoutGolden(what: string): boolean {
  return skipFor(existsSync(PATH) ? null : 'the reference values are not beside the checkout', what);
}

export function golden(): Golden {
  return JSON.parse(readFileSync(PATH, 'utf8')) as Golden;
}
