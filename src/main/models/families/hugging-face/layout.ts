/** The files of a CLAP model as Hugging Face's exporters lay them out: graphs in `onnx/`, descriptions beside it. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DESCRIPTIONS } from '../../clap-files/descriptions.ts';

/** Kinds of weights, best first: what was published, then what is quick on a CPU, then what is only quick on a GPU. */
const PRECISIONS = ['', '_quantized', '_int8', '_uint8', '_fp16'];
const GRAPH = /^(audio|text)_model(\w*)\.onnx$/;
const WEIGHTS = /\.safetensors(\.index\.json)?$|^pytorch_model\.bin$/;
const COMBINED = /^model\w*\.onnx$/;

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
  // Both encoders in one graph cannot be imported; weights beside it can, by another family.
  const onlyGraphs = names.includes('config.json') && !names.some((name) => WEIGHTS.test(name));
  const looksLike = audio ?? text ?? (onlyGraphs ? inside.find((name) => COMBINED.test(name)) : undefined);
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
