/** CLAP models in ONNX, in a folder as Hugging Face's exporters lay it out. */
import { roomFor, type BuiltFamily } from '../family.ts';
import { isHuggingFaceLayout } from './layout.ts';

export const huggingFace: BuiltFamily = {
  name: 'hugging-face',
  choice: 'a folder with a CLAP model in ONNX (Hugging Face layout)',
  async recognise({ path, entries }) {
    const layout = entries === null ? null : await isHuggingFaceLayout(path);
    return layout === null ? null : { path, bytes: roomFor(layout.bytes) };
  },
  builder: async () => (await import('./import.ts')).importHuggingFace,
};
