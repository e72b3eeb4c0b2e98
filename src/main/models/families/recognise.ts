/** What a path that someone wants to import as a model holds. */
import { extname, join } from 'node:path';
import { UserError } from '../../../shared/errors.ts';
import type { CheckpointOutline } from '../checkpoint/tensors.ts';
import { unsupportedCheckpoint } from '../checkpoint/unsupported.ts';
import type { Found } from './family.ts';
import { Place } from './place.ts';
import { FAMILIES } from './registry.ts';

export interface Importable extends Found {
  /** Name of the family. */
  family: string;
}

/**
 * Asks each family. Values are not read: whether they are what they seem shows when the pack is built.
 * @param path absolute
 * @throws UserError not-found, model-damaged, model-unusable with a sentence that says what can be imported
 */
export async function importableAt(path: string): Promise<Importable> {
  const place = await Place.at(path);
  const found = (await askAll(place)) ?? (await askAboutOnlyFile(place));
  if (found !== null) return found;
  throw new UserError('model-unusable', await refusal(place));
}

async function askAll(place: Place): Promise<Importable | null> {
  for (const family of FAMILIES) {
    const found = await family.recognise(place);
    if (found !== null) return { family: family.name, ...found };
  }
  return null;
}

/** A folder that was downloaded around one file. */
async function askAboutOnlyFile({ path, entries }: Place): Promise<Importable | null> {
  const published = (entries ?? []).filter((name) => FAMILIES.some(({ publishedAs }) => publishedAs?.test(name)));
  return published.length === 1 ? importableAt(join(path, published[0]!)) : null;
}

async function refusal(place: Place): Promise<string> {
  if (place.entries !== null) return `No supported model in “${place.path}”. ${whatToChoose()}.`;
  const checkpoint = await place.checkpoint();
  if (checkpoint !== null) return checkpointRefusal(place.name, checkpoint);
  const advice =
    extname(place.name).toLowerCase() === '.onnx'
      ? 'A single graph is not a complete model: choose the folder that contains it'
      : whatToChoose();
  return `“${place.name}” is not a supported model. ${advice}.`;
}

function checkpointRefusal(name: string, checkpoint: CheckpointOutline): string {
  const known = unsupportedCheckpoint(checkpoint);
  if (known !== null) {
    return `“${name}” looks like a checkpoint of ${known.model}, which cannot be imported in this form. ${known.advice}.`;
  }
  const keys = [...checkpoint.values()].flatMap((tensors) => [...tensors.keys()]);
  const holds = keys.length === 0 ? 'no tensors' : `${keys.length} tensors, the first is “${keys[0]!}”`;
  return `“${name}” is a checkpoint of an unknown model: it contains ${holds}. ${whatToChoose()}.`;
}

function whatToChoose(): string {
  const choices = FAMILIES.map(({ choice }) => choice);
  return `Choose ${choices.slice(0, -1).join(', ')}, or ${choices.at(-1)!}`;
}
