/**
 * The one field of our own: what Earmark wrote into a file, by which model, when. So a later write knows which values
 * are its own and may go, and which are somebody's work and may not. One line of JSON, in each format's own place.
 */
import { z } from 'zod';
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

const SHAPE = z.object({
  earmark: z.literal(VERSION),
  model: z.string().catch(''),
  date: z.string().catch(''),
  profile: z.string().catch(''),
  labels: z.array(z.tuple([z.string(), z.number().nullable()])).catch([]),
  measured: z.array(z.enum(FACT_FIELDS)).catch([]),
  wrote: z.record(z.string(), z.array(z.string())),
});

export function provenanceText({ model, date, profile, labels, measured, wrote }: Provenance): string {
  const rounded = labels.map(([id, probability]) => [id, probability === null ? null : Math.round(probability * 1000) / 1000]); // prettier-ignore
  return JSON.stringify({ earmark: VERSION, model, date, profile, labels: rounded, ...(measured.length > 0 && { measured }), wrote }); // prettier-ignore
}

/** @returns null for what is no such text: then nothing in the file counts as ours */
export function parseProvenance(text: string | undefined): Provenance | null {
  if (text === undefined) return null;
  try {
    const parsed = SHAPE.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // cut off or edited by hand
  }
}
