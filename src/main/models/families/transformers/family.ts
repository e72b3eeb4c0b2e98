/** CLAP models as Hugging Face's transformers save them: weights (model.safetensors) and their descriptions in a folder. */
import { join } from 'node:path';
import { roomFor, type BuiltFamily } from '../family.ts';
import { Place } from '../place.ts';
import { AUDIO_MODEL, TEXT_MODEL } from './keys.ts';
import { weightsIn } from './weights-file.ts';

export const transformers: BuiltFamily = {
  name: 'transformers',
  choice: 'a folder with model.safetensors and config.json of a CLAP model (transformers)',
  /** By its two encoders, whatever the file is called; each of their tensors is checked when the pack is built. */
  async recognise(place) {
    const weights = await weightsOf(place);
    const tensors = (await weights?.checkpoint())?.get('');
    return weights && tensors && isClap([...tensors.keys()]) ? { path: weights.path, bytes: roomOf(tensors) } : null;
  },
  builder: async () => (await import('./import.ts')).importTransformers,
};

async function weightsOf(place: Place): Promise<Place | null> {
  if (place.entries === null) return place;
  const name = place.entries.includes('config.json') ? weightsIn(place.entries) : null;
  return name === null ? null : Place.at(join(place.path, name));
}

function isClap(keys: readonly string[]): boolean {
  return [AUDIO_MODEL, TEXT_MODEL].every((prefix) => keys.some((key) => key.startsWith(`${prefix}.`)));
}

/** As float32, whatever the file has. */
function roomOf(tensors: ReadonlyMap<string, readonly number[]>): number {
  const values = [...tensors.values()].map((shape) => shape.reduce((product, axis) => product * axis, 1));
  return roomFor(4 * values.reduce((sum, size) => sum + size, 0));
}
