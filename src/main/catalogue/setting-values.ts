/** What each setting may be, what holds when it was not set, and how it is read from the catalogue. */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Settings } from '../../shared/calls/settings.ts';
import { KEY_NAMES } from '../../shared/music.ts';
import type { Catalogue } from './open.ts';

/** What may be stored. A catalogue can move between machines: the number of cores is limited to this machine's when read. */
const STORED = {
  backgroundCores: z.number().int().min(1),
  lowPriority: z.boolean(),
  onlyWhenIdle: z.boolean(),
  appearance: z.enum(['system', 'light', 'dark']),
  rowHeight: z.enum(['comfortable', 'compact']),
  playOnSelect: z.boolean(),
  volume: z.number().min(0).max(1),
  levelMatch: z.boolean(),
  levelTarget: z.number().min(-40).max(-10),
  dawBridge: z.boolean(),
  projectMatch: z.boolean(),
  projectBpm: z.number().min(20).max(400).nullable(),
  projectKey: z
    .number()
    .int()
    .min(0)
    .max(KEY_NAMES.length - 1)
    .nullable(),
  model: z.string().min(1).max(1000),
  nextModel: z.string().min(1).max(1000).nullable(),
  alsoModel: z.string().min(1).max(1000).nullable(),
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
  levelMatch: STORED.levelMatch.exactOptional(),
  levelTarget: STORED.levelTarget.exactOptional(),
  dawBridge: STORED.dawBridge.exactOptional(),
  projectMatch: STORED.projectMatch.exactOptional(),
  projectBpm: STORED.projectBpm.exactOptional(),
  projectKey: STORED.projectKey.exactOptional(),
  model: STORED.model.exactOptional(),
  nextModel: STORED.nextModel.exactOptional(),
  alsoModel: STORED.alsoModel.exactOptional(),
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
    levelMatch: false,
    levelTarget: -23,
    dawBridge: false,
    projectMatch: false,
    projectBpm: null,
    projectKey: null,
    nextModel: null,
    alsoModel: null,
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
