/** The files of a CLAP model as Hugging Face's exporters lay them out: graphs in `onnx/`, descriptions beside it. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Kinds of weights, best first: what was published, then what is quick on a processor, then what only a GPU likes. */
const PRECISIONS = ['', '_quantized', '_int8', '_uint8', '_fp16'];
const GRAPH = /^(audio|text)_model(\w*)\.onnx$/;
const COMBINED = /^model\w*\.onnx$/;
export const DESCRIPTIONS = ['tokenizer.json', 'preprocessor_config.json', 'config.json'] as const;

export interface Layout {
  /** Absolute path of the graph that is used; null when there is none. */
  audio: string | null;
  text: string | null;
  /** Names of what a whole folder has and this one has not. */
  missing: string[];
  /** Of the graphs that are used, and of the files beside them that begin with their names (their weights). */
  bytes: number;
}

/** @param folder absolute @returns null for a folder that does not look like one of these */
export async function isHuggingFaceLayout(folder: string): Promise<Layout | null> {
  const names = await readdir(folder);
  const graphFolder = names.includes('onnx') ? join(folder, 'onnx') : folder;
  const inside = graphFolder === folder ? names : await readdir(graphFolder).catch(() => []);
  const audio = best(inside, 'audio');
  const text = best(inside, 'text');
  const looksLike = audio ?? text ?? inside.find((name) => COMBINED.test(name) && names.includes('config.json'));
  if (looksLike === undefined) return null;
  const missing: string[] = DESCRIPTIONS.filter((name) => !names.includes(name));
  if (audio === undefined) missing.unshift('onnx/audio_model.onnx');
  if (text === undefined) missing.unshift('onnx/text_model.onnx');
  let bytes = 0;
  for (const name of inside) {
    const used = [audio, text].some((graph) => graph !== undefined && name.startsWith(graph));
    if (used) bytes += (await stat(join(graphFolder, name))).size;
  }
  return {
    audio: audio === undefined ? null : join(graphFolder, audio),
    text: text === undefined ? null : join(graphFolder, text),
    missing,
    bytes,
  };
}

function best(names: string[], which: 'audio' | 'text'): string | undefined {
  const rank = (precision: string) => {
    const at = PRECISIONS.indexOf(precision);
    return at < 0 ? PRECISIONS.length : at;
  };
  return names
    .flatMap((name) => {
      const [, kind, precision] = GRAPH.exec(name) ?? [];
      return kind === which ? [{ name, rank: rank(precision!) }] : [];
    })
    .toSorted((a, b) => a.rank - b.rank || a.name.localeCompare(b.name))[0]?.name;
}
