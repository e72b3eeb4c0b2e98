/**
 * Somebody else's ONNX file: what goes in and out of it, and a copy in which something stands before its inputs and
 * behind its output. All that is not touched is copied byte for byte, whatever version of the format it is of.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import protobuf from 'protobufjs';
import { encodeModel, IR_VERSION, type ModelMessage, type StringEntry } from '../../onnx/schema.ts';
import { WireError, WireFile, type Range } from './wire.ts';

/** Numbers of fields. */
const MODEL = { graph: 7, opsetImport: 8 };
const GRAPH = { initializer: 5, input: 11, output: 12 };
const TENSOR = { externalData: 13 };

const CHUNK_BYTES = 1 << 20;

export interface OnnxValue {
  name: string;
  /** TensorProto.DataType; 0 for what is no tensor. */
  elementType: number;
  /** null for an axis whose length is known only when the graph runs; empty where the file says nothing of axes. */
  shape: (number | null)[];
}

export interface OnnxDescription {
  path: string;
  /** Version of the operators; 0 when the file names none. */
  opset: number;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  /** Names of the files that hold weights of it, as the file says them. */
  weightFiles: string[];
}

/** What is put around a graph. */
export interface Around {
  /** Names of inputs that are none any more: something in `before` gives them. */
  replaced: ReadonlySet<string>;
  before: ModelMessage['graph'];
  /** Its outputs are the new graph's outputs. */
  after: ModelMessage['graph'];
  metadata: StringEntry[];
}

/** @throws WireError when it is no ONNX file, or a damaged one; errors of the disk */
export async function describeOnnx(path: string): Promise<OnnxDescription> {
  const file = await WireFile.open(path);
  try {
    const { graph, opset } = await findGraph(file);
    const description: OnnxDescription = { path, opset, inputs: [], outputs: [], weightFiles: [] };
    const initialised = new Set<string>();
    const weightFiles = new Set<string>();
    for await (const { number, body } of file.fields(graph)) {
      if (!body) continue;
      if (number === GRAPH.input) description.inputs.push(await readValue(file, body));
      else if (number === GRAPH.output) description.outputs.push(await readValue(file, body));
      else if (number === GRAPH.initializer) {
        const { name, location } = await readInitializer(file, body);
        initialised.add(name);
        if (location !== null) weightFiles.add(location);
      }
    }
    // Old files list their weights among the inputs.
    description.inputs = description.inputs.filter(({ name }) => !initialised.has(name));
    description.weightFiles = [...weightFiles];
    return description;
  } finally {
    await file.close();
  }
}

/** @returns SHA-256 in hex of what was written */
export async function writeAround(
  { path }: OnnxDescription,
  outPath: string,
  { replaced, before, after, metadata }: Around,
): Promise<string> {
  const file = await WireFile.open(path);
  try {
    const { graph, others } = await findGraph(file);
    const kept: Range[] = [];
    for await (const { number, start, end, body } of file.fields(graph)) {
      if (number === GRAPH.output) continue;
      if (number === GRAPH.input && replaced.has((await readValue(file, body!)).name)) continue;
      const last = kept.at(-1);
      if (last?.end === start) last.end = end;
      else kept.push({ start, end });
    }
    const around = [encodeGraph(before), encodeGraph(after)] as const;
    const length = kept.reduce((sum, range) => sum + range.end - range.start, around[0].length + around[1].length);
    const head = protobuf.Writer.create().uint32((MODEL.graph << 3) | 2).uint64(length).finish(); // prettier-ignore
    const tail = encodeModel({ ...EMPTY_MODEL, metadata_props: metadata });
    return await writePieces(file, outPath, [...others, head, around[0], ...kept, around[1], metadataOf(tail)]);
  } finally {
    await file.close();
  }
}

const EMPTY_MODEL: ModelMessage = {
  ir_version: IR_VERSION,
  producer_name: '',
  graph: { node: [], name: '', initializer: [], input: [], output: [] },
  opset_import: [],
  metadata_props: [],
};

/** Messages laid end to end are one message with the fields of all. */
function encodeGraph(graph: ModelMessage['graph']): Uint8Array {
  return fieldsOf(encodeModel({ ...EMPTY_MODEL, graph }), MODEL.graph)[0]!.body;
}

function metadataOf(model: Uint8Array): Uint8Array {
  return Buffer.concat(fieldsOf(model, 14).map(({ whole }) => whole));
}

function fieldsOf(model: Uint8Array, wanted: number): { whole: Uint8Array; body: Uint8Array }[] {
  const found: { whole: Uint8Array; body: Uint8Array }[] = [];
  const reader = protobuf.Reader.create(model);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const key = reader.uint32();
    if (key >>> 3 === wanted) {
      const body = reader.bytes();
      found.push({ whole: model.subarray(start, reader.pos), body });
    } else reader.skipType(key & 7);
  }
  return found;
}

async function findGraph(file: WireFile): Promise<{ graph: Range; opset: number; others: Range[] }> {
  let graph: Range | null = null;
  let opset = 0;
  const others: Range[] = [];
  for await (const { number, start, end, body } of file.fields({ start: 0, end: file.size })) {
    if (number === MODEL.graph) {
      if (graph || !body) throw new WireError('more than one graph');
      graph = body;
      continue;
    }
    others.push({ start, end });
    if (number === MODEL.opsetImport && body) opset = (await readOpset(file, body)) ?? opset;
  }
  if (!graph) throw new WireError('no graph');
  return { graph, opset, others };
}

/** @returns null for operators other than the standard ones */
async function readOpset(file: WireFile, body: Range): Promise<number | null> {
  let domain = '';
  let version = 0;
  for await (const field of file.fields(body)) {
    if (field.number === 1 && field.body) domain = await file.text(field.body);
    if (field.number === 2) version = field.value ?? 0;
  }
  return domain === '' || domain === 'ai.onnx' ? version : null;
}

/** ValueInfoProto: name = 1, type = 2 → tensor_type = 1 → elem_type = 1, shape = 2 → dim = 1 → dim_value = 1 */
async function readValue(file: WireFile, body: Range): Promise<OnnxValue> {
  const value: OnnxValue = { name: '', elementType: 0, shape: [] };
  for await (const field of file.fields(body)) {
    if (field.number === 1 && field.body) value.name = await file.text(field.body);
    if (field.number !== 2 || !field.body) continue;
    for await (const type of file.fields(field.body)) {
      if (type.number !== 1 || !type.body) continue;
      for await (const tensor of file.fields(type.body)) {
        if (tensor.number === 1) value.elementType = tensor.value ?? 0;
        if (tensor.number === 2 && tensor.body) value.shape = await readShape(file, tensor.body);
      }
    }
  }
  return value;
}

async function readShape(file: WireFile, body: Range): Promise<(number | null)[]> {
  const shape: (number | null)[] = [];
  for await (const field of file.fields(body)) {
    if (field.number !== 1 || !field.body) continue;
    let length: number | null = null;
    for await (const { number, value } of file.fields(field.body)) if (number === 1) length = value;
    shape.push(length);
  }
  return shape;
}

/** TensorProto: name = 8, external_data = 13 → key = 1, value = 2 */
async function readInitializer(file: WireFile, body: Range): Promise<{ name: string; location: string | null }> {
  let name = '';
  let location: string | null = null;
  for await (const field of file.fields(body)) {
    if (field.number === 8 && field.body) name = await file.text(field.body);
    if (field.number !== TENSOR.externalData || !field.body) continue;
    const entry = { key: '', value: '' };
    for await (const part of file.fields(field.body)) {
      if (part.number === 1 && part.body) entry.key = await file.text(part.body);
      if (part.number === 2 && part.body) entry.value = await file.text(part.body);
    }
    if (entry.key === 'location') location = entry.value;
  }
  return { name, location };
}

async function writePieces(file: WireFile, outPath: string, pieces: (Range | Uint8Array)[]): Promise<string> {
  const hash = createHash('sha256');
  const out = await open(outPath, 'w');
  try {
    const write = async (bytes: Uint8Array) => {
      hash.update(bytes);
      for (let at = 0; at < bytes.length;) at += (await out.write(bytes, at)).bytesWritten;
    };
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        await write(piece);
        continue;
      }
      for (let at = piece.start; at < piece.end; at += CHUNK_BYTES) {
        const chunk = buffer.subarray(0, Math.min(CHUNK_BYTES, piece.end - at));
        await file.readInto(chunk, at);
        await write(chunk);
      }
    }
    await out.sync();
  } finally {
    await out.close();
  }
  return hash.digest('hex');
}
