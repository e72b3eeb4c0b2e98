/** What each setting may be, what holds when it was not set, and how it is read from the catalogue. */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Settings } from '../shared/calls/settings.ts';
import type { Catalogue } from './catalogue/open.ts';

/** What may be stored. A catalogue can move between machines: cores are held against this machine when read. */
const STORED = {
  backgroundCores: z.number().int().min(1),
  lowPriority: z.boolean(),
  onlyWhenIdle: z.boolean(),
  appearance: z.enum(['system', 'light', 'dark']),
  rowHeight: z.enum(['comfortable', 'compact']),
  playOnSelect: z.boolean(),
  volume: z.number().min(0).max(1),
  model: z.string().min(1).max(1000),
  nextModel: z.string().min(1).max(1000).nullable(),
  modelMirror: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
} satisfies { [K in keyof Settings]: z.ZodType<Settings[K]> };

/** What a host may ask for: some of them. */
export const settingsInput = z.strictObject({
  backgroundCores: STORED.backgroundCores.max(availableParallelism()).exactOptional(),
  lowPriority: STORED.lowPriority.exactOptional(),
  onlyWhenIdle: STORED.onlyWhenIdle.exactOptional(),
  appearance: STORED.appearance.exactOptional(),
  rowHeight: STORED.rowHeight.exactOptional(),
  playOnSelect: STORED.playOnSelect.exactOptional(),
  volume: STORED.volume.exactOptional(),
  model: STORED.model.exactOptional(),
  nextModel: STORED.nextModel.exactOptional(),
  modelMirror: STORED.modelMirror.exactOptional(),
});

/** What holds when nothing was set, but for the model, which {@link Parts} knows. */
export function defaultSettings(): Omit<Settings, 'model'> {
  return {
    backgroundCores: Math.max(1, Math.floor(availableParallelism() / 2)),
    lowPriority: true,
    onlyWhenIdle: false,
    appearance: 'system',
    rowHeight: 'comfortable',
    playOnSelect: true,
    volume: 0.8,
    nextModel: null,
    modelMirror: null,
  };
}

/**
 * @param catalogue null when there is none yet: nothing was ever set
 * @returns what was set, with the defaults for the rest; a value that makes no sense (of another version, or damaged)
 *   counts as not set. `model` is null where none was chosen.
 */
export function readSettings(catalogue: Catalogue | null): Omit<Settings, 'model'> & { model: string | null } {
  const values: Record<string, unknown> = { ...defaultSettings(), model: null };
  for (const [key, value] of catalogue?.settings.all() ?? []) {
    if (!Object.hasOwn(STORED, key)) continue;
    const parsed = STORED[key as keyof Settings].safeParse(value);
    if (parsed.success) values[key] = parsed.data;
  }
  const settings = values as ReturnType<typeof readSettings>;
  return { ...settings, backgroundCores: Math.min(settings.backgroundCores, availableParallelism()) };
}
