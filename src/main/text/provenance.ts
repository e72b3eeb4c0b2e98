/**
 * The one field of our own: what Earmark wrote into a file, by which model, when. So a later write knows which values
 * are its own and may go, and which are somebody's work and may not. One line of JSON, in each format's own place.
 */
import { FACT_FIELDS, type FactField } from '../../shared/calls/write.ts';

/** Which of the values under each native id were put there by us; those that were there already are not among them. */
export type Wrote = Record<string, string[]>;

export interface Provenance {
  /** Id of the model pack whose suggestions were accepted. */
  model: string;
  /** Day of the write, ISO 8601. */
  date: string;
  /** Id of the profile. */
  profile: string;
  /** `vocabulary/label` with the probability at the time of writing; null for a decision without a suggestion. */
  labels: [id: string, probability: number | null][];
  /** Facts that Earmark measured itself: read back they are no evidence. */
  measured: FactField[];
  wrote: Wrote;
}

const VERSION = 1;

export function provenanceText({ model, date, profile, labels, measured, wrote }: Provenance): string {
  const rounded = labels.map(([id, probability]) => [id, probability === null ? null : Math.round(probability * 1000) / 1000]); // prettier-ignore
  return JSON.stringify({ earmark: VERSION, model, date, profile, labels: rounded, ...(measured.length > 0 && { measured }), wrote }); // prettier-ignore
}

/** @returns null for what is no such text: then nothing in the file counts as ours */
export function parseProvenance(text: string | undefined): Provenance | null {
  const record = asRecord(text);
  if (record?.['earmark'] !== VERSION) return null;
  const { model, date, profile, labels, measured, wrote } = record;
  if (!isRecord(wrote) || !Object.values(wrote).every((values) => isListOf(values, isString))) return null;
  return {
    model: isString(model) ? model : '',
    date: isString(date) ? date : '',
    profile: isString(profile) ? profile : '',
    labels: isListOf(labels, isLabel) ? labels : [],
    measured: isListOf(measured, isFactField) ? measured : [],
    wrote: wrote as Wrote,
  };
}

/** By hand: each process that scores files reads it, and starting zod takes longer than scoring a few hundred of them. */
function asRecord(text: string | undefined): Record<string, unknown> | null {
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null; // cut off or edited by hand
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isFactField(value: unknown): value is FactField {
  return FACT_FIELDS.some((field) => field === value);
}

function isLabel(value: unknown): value is Provenance['labels'][number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [id, probability] = value as unknown[];
  return isString(id) && (probability === null || typeof probability === 'number');
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}
