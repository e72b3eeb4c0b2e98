/** MS CLAP 2023, in the checkpoint that its makers published. */
import { roomFor, type BuiltFamily } from '../family.ts';
import { GPT2, HTSAT } from './sizes.ts';

export const msclap: BuiltFamily = {
  name: 'msclap',
  choice: 'CLAP_weights_2023.pth',
  publishedAs: /^CLAP_weights_2023.*\.pth$/i,
  /** By its two encoders, whatever the file is called; each of their tensors is checked when the pack is built. */
  async recognise(place) {
    const keys = [...((await place.checkpoint())?.get('model')?.keys() ?? [])];
    const has = (prefix: string) => keys.some((key) => key.startsWith(`${prefix}.`));
    // The text encoder of 2022 stands under the same name, and is BERT.
    const isIt = has(HTSAT) && (has(`${GPT2}.wte`) || has(`${GPT2}.h`));
    return isIt ? { path: place.path, bytes: roomFor(place.bytes) } : null;
  },
  builder: async () => (await import('./import.ts')).importMsclap,
};
