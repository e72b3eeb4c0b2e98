/** A CLAP model in the layout of Hugging Face as a pack: the log-mel front end joined to its audio graph, names as ours. */
import { basename, dirname, join } from 'node:path';
import type { ImportReport } from '../../import-protocol.ts';
import { copyHashed, finishPack } from '../../clap-files/pack-files.ts';
import { DATA_TYPES, type ValueInfoMessage } from '../../onnx/schema.ts';
import { readSettings, unusable, type ClapSettings } from '../../clap-files/config.ts';
import { logMelGraph, numberOfFrames, type GraphPart, type LogMelSettings } from '../../networks/log-mel-graph.ts';
import { isHuggingFaceLayout } from './layout.ts';
import { describeOnnx, writeAround, type Around, type OnnxDescription, type OnnxValue } from './onnx-file.ts';
import { WireError } from './wire.ts';
import { UnfitFileError } from '../../../files/regular-file.ts';

/** First version of the operators in which the front end can be written. */
const OLDEST_OPSET = 11;
const PREFIX = 'earmark/';

/**
 * @param path of the folder
 * @param folder existing and empty; the pack is made in it
 * @returns no sentences: nothing is left out
 * @throws UserError model-unusable; errors of the disk; signal.reason
 */
export async function importHuggingFace(
  path: string,
  folder: string,
  report: ImportReport,
  signal: AbortSignal,
): Promise<string[]> {
  report('reading', 0);
  const layout = await isHuggingFaceLayout(path);
  if (!layout?.audio || !layout.text || layout.missing.length > 0) {
    const missing = layout?.missing.map((name) => `“${name}”`).join(', ') ?? 'everything';
    throw unusable(path, `${missing} is missing`, 'Download the whole folder');
  }
  const settings = await readSettings(path);
  if (settings.fused) {
    throw unusable(
      path,
      'it is a fused model (enable_fusion in its config.json), which is only supported as a checkpoint',
      'Choose the folder with its model.safetensors or pytorch_model.bin',
    );
  }
  const audio = await describe(path, layout.audio);
  const text = await describe(path, layout.text);
  report('reading', 1);
  const sha256: Record<string, string> = {};
  const weights = new Map<string, string>();
  for (const { weightFiles, path: graph } of [audio, text]) {
    for (const name of weightFiles) weights.set(name, join(dirname(graph), name));
  }
  for (const [name, from] of weights) {
    signal.throwIfAborted();
    sha256[name] = await copyHashed(path, from, join(folder, checkedName(path, name)));
  }
  const withWeights = (around: Omit<Around, 'metadata'>, { weightFiles }: OnnxDescription): Around => ({
    ...around,
    // The hash of the graph covers that of its weights: embedding spaces are distinguished by the graph's.
    metadata: weightFiles.map((name) => ({ key: `sha256 of ${name}`, value: sha256[name]! })),
  });
  report('building', 0.3);
  sha256['audio.onnx'] = await writeAround(audio, join(folder, 'audio.onnx'), withWeights(aroundAudio(path, audio, settings), audio)); // prettier-ignore
  signal.throwIfAborted();
  report('building', 0.6);
  sha256['text.onnx'] = await writeAround(text, join(folder, 'text.onnx'), withWeights(aroundText(path, text, settings), text)); // prettier-ignore
  const { logitScale } = settings;
  await finishPack(path, folder, settings, { variants: { audio: [], text: [] }, logitScale, sha256 });
  report('building', 1);
  return [];
}

async function describe(path: string, graph: string): Promise<OnnxDescription> {
  try {
    const description = await describeOnnx(graph);
    if (description.opset >= OLDEST_OPSET) return description;
    throw unusable(path, `“${basename(graph)}” uses operators of version ${description.opset}`, 'Export it again');
  } catch (error) {
    if (error instanceof UnfitFileError) {
      throw unusable(path, `“${basename(graph)}” cannot be used: ${error.message}`, 'Download it again', error);
    }
    if (!(error instanceof WireError)) throw error;
    throw unusable(path, `“${basename(graph)}” is damaged or not an ONNX file`, 'Download it again', error);
  }
}

function aroundAudio(path: string, audio: OnnxDescription, settings: ClapSettings): Omit<Around, 'metadata'> {
  const features = audio.inputs.find(({ name }) => name === 'input_features');
  const unknown = audio.inputs.filter(({ name }) => name !== 'input_features' && name !== 'is_longer');
  if (!features || unknown.length > 0) {
    const found = audio.inputs.map(({ name }) => name).join(', ');
    throw unusable(
      path,
      `its audio model has the inputs ${found || 'none'} instead of input_features`,
      'Export it again',
    );
  }
  checkFeatures(path, features, settings.logMel);
  const half = features.elementType === DATA_TYPES.float16;
  const spectrogram = half ? `${PREFIX}input_features` : features.name;
  const before = logMelGraph(settings.logMel, 'waveform', spectrogram);
  if (half) before.node.push(cast(spectrogram, features.name, DATA_TYPES.float16));
  if (audio.inputs.some(({ name }) => name === 'is_longer')) addFalse(before, 'waveform', 'is_longer');
  return {
    replaced: new Set(['input_features', 'is_longer']),
    before: {
      ...before,
      name: '',
      input: [tensor('waveform', [{ dim_param: 'N' }, { dim_value: settings.logMel.windowSamples }])],
      output: [],
    },
    after: output(path, audio, 'audio_embeds', settings.dim),
  };
}

function aroundText(path: string, text: OnnxDescription, settings: ClapSettings): Omit<Around, 'metadata'> {
  const names = text.inputs.map(({ name }) => name);
  const unknown = text.inputs.filter(
    ({ name, elementType }) => !/^(input_ids|attention_mask)$/.test(name) || elementType !== DATA_TYPES.int64,
  );
  if (!names.includes('input_ids') || unknown.length > 0) {
    throw unusable(
      path,
      `its text model has the inputs ${names.join(', ')} instead of input_ids, attention_mask`,
      'Export it again',
    );
  }
  return {
    replaced: new Set(),
    before: { node: [], name: '', initializer: [], input: [], output: [] },
    after: output(path, text, 'text_embeds', settings.dim),
  };
}

/** Lengths that the file states must be those of the spectrogram. */
function checkFeatures(path: string, { shape, elementType }: OnnxValue, logMel: LogMelSettings): void {
  const expected = [null, 1, numberOfFrames(logMel), logMel.nMels];
  const fits =
    shape.length === 0 ||
    (shape.length === 4 && shape.every((length, axis) => axis === 0 || length === null || length === expected[axis]));
  if (fits && (elementType === DATA_TYPES.float32 || elementType === DATA_TYPES.float16)) return;
  const found = shape.map((length) => length ?? '?').join(', ');
  throw unusable(
    path,
    `its audio model expects input_features of [${found}], but preprocessor_config.json specifies [N, ${expected.slice(1).join(', ')}]`,
    'The files do not match; download the whole folder',
  );
}

/** The graph's output under our name, as float32. */
function output(path: string, { outputs }: OnnxDescription, wanted: string, dim: number): Around['after'] {
  const found = outputs.find(({ name }) => name === wanted);
  if (!found) {
    const names = outputs.map(({ name }) => name).join(', ');
    throw unusable(
      path,
      `one of its models has the outputs ${names || 'none'} instead of ${wanted}`,
      'Export it with projection',
    );
  }
  const length = found.shape.at(-1) ?? dim;
  if (length !== dim) throw unusable(path, `its embeddings have ${length} values, but its config.json specifies ${dim}`, 'Download the whole folder'); // prettier-ignore
  return {
    node: [cast(wanted, 'embedding', DATA_TYPES.float32)],
    name: 'clap',
    initializer: [],
    input: [],
    output: [tensor('embedding', [{ dim_param: 'N' }, { dim_value: dim }])],
  };
}

/** To the type it has already, this costs nothing. */
function cast(from: string, to: string, type: number): GraphPart['node'][0] {
  const attribute = [{ name: 'to', type: 2, i: type }];
  return { input: [from], output: [to], name: `${PREFIX}cast_${to}`, op_type: 'Cast', attribute, domain: '' };
}

/** bool[N, 1], false: no window is part of a longer one that the model should know of. Less than zero no magnitude is. */
function addFalse({ node, initializer }: GraphPart, waveform: string, name: string): void {
  const one = (value: bigint) => new Uint8Array(BigInt64Array.of(value).buffer);
  const at = (suffix: string) => `${PREFIX}${name}/${suffix}`;
  const int = (suffix: string, value: bigint) => {
    initializer.push({ dims: [1], data_type: DATA_TYPES.int64, name: at(suffix), raw_data: one(value) });
    return at(suffix);
  };
  const op = (op_type: string, input: string[], result: string) => {
    node.push({ input, output: [result], name: at(op_type), op_type, attribute: [], domain: '' });
    return result;
  };
  const first = op('Slice', [waveform, int('from', 0n), int('to', 1n), int('axis', 1n)], at('first_sample'));
  const zero = new Uint8Array(Float32Array.of(0).buffer);
  initializer.push({ dims: [], data_type: DATA_TYPES.float32, name: at('zero'), raw_data: zero });
  op('Less', [op('Abs', [first], at('magnitude')), at('zero')], name);
}

function tensor(name: string, dim: ({ dim_value: number } | { dim_param: string })[]): ValueInfoMessage {
  return { name, type: { tensor_type: { elem_type: DATA_TYPES.float32, shape: { dim } } } };
}

/** Weights are named by the graph, and land beside ours. @throws UserError for a name that is a way elsewhere, or one of ours */
function checkedName(path: string, name: string): string {
  const ours = ['model.json', 'audio.onnx', 'text.onnx', 'tokenizer.json'];
  if (/^[\w-][\w.-]{0,200}$/.test(name) && !ours.includes(name)) return name;
  throw unusable(path, 'its weights are not stored next to its graphs', 'Choose another copy');
}
