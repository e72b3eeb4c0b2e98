/** Builds an ONNX graph node by node; weights go to the file beside it as soon as they are given. */
import { writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ExternalData } from './external-data.ts';
import {
  ATTRIBUTE_TYPES,
  BYTES_PER_ELEMENT,
  DATA_TYPES,
  encodeModel,
  EXTERNAL,
  IR_VERSION,
  type AttributeMessage,
  type DataType,
  type ModelMessage,
  type NodeMessage,
  type StringEntry,
  type TensorMessage,
  type ValueInfoMessage,
} from './schema.ts';

export type { DataType };

/** A tensor that flows along an edge of the graph, or a constant. */
export interface Value {
  readonly name: string;
}
/** A number is an int64; numbers with a fraction are given as `{ float }`, for 1 and 1.0 are the same in JavaScript. */
export type Attribute = number | number[] | string | { float: number };
/** A string is an axis whose length is known only when the graph runs. */
export type Axis = number | string;

/** What was written, by file name within the folder. */
export interface WrittenGraph {
  /** SHA-256 in hex, of the graph and of its weights. */
  sha256: Record<string, string>;
  /** Of both. */
  bytes: number;
}

/** Operators of onnxruntime itself. */
export const MICROSOFT = 'com.microsoft';
/** The first set with Gelu; LayerNormalization came with 17. */
const OPSET = 20;
/** Weights up to this size stand in the graph itself. */
const INLINE_BYTES = 1024;

export class Graph {
  readonly #folder: string;
  readonly #fileName: string;
  readonly #data: ExternalData;
  readonly #nodes: NodeMessage[] = [];
  readonly #initializers: TensorMessage[] = [];
  readonly #inputs: ValueInfoMessage[] = [];
  readonly #outputs: ValueInfoMessage[] = [];
  readonly #inlined = new Map<string, Value>();
  #scope = '';
  #count = 0;

  private constructor(folder: string, fileName: string, data: ExternalData) {
    this.#folder = folder;
    this.#fileName = fileName;
    this.#data = data;
  }

  /**
   * Runs `define`, then writes `fileName` and, for its weights, `fileName`.data into the folder, which must exist.
   * The SHA-256 of the weights is in the graph's metadata: the hash of the graph covers both.
   */
  static async write(
    folder: string,
    fileName: string,
    define: (graph: Graph) => Promise<void>,
    metadata: Record<string, string> = {},
  ): Promise<WrittenGraph> {
    const data = await ExternalData.create(join(folder, `${fileName}.data`));
    const graph = new Graph(folder, fileName, data);
    try {
      await define(graph);
    } catch (error) {
      await data.abandon();
      throw error;
    }
    return graph.#finish(metadata);
  }

  /** Names of the nodes that follow begin with this. */
  set scope(prefix: string) {
    this.#scope = prefix;
  }

  input(name: string, type: DataType, shape: readonly Axis[]): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return { name };
  }

  /** @param value what the graph returns under this name */
  output(name: string, type: DataType, shape: readonly Axis[], value: Value): void {
    this.#nodes.push({ input: [value.name], output: [name], name, op_type: 'Identity', attribute: [], domain: '' });
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** A node with one output. @param inputs null for an optional one that is left out */
  op(type: string, inputs: (Value | null)[], attributes: Record<string, Attribute> = {}, domain = ''): Value {
    return this.ops(type, inputs, 1, attributes, domain)[0]!;
  }

  /** A node with several outputs. */
  ops(
    type: string,
    inputs: (Value | null)[],
    numberOfOutputs: number,
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): Value[] {
    const name = this.#fresh(type);
    const outputs = Array.from({ length: numberOfOutputs }, (_, i) => ({ name: i === 0 ? name : `${name}_${i}` }));
    this.#nodes.push({
      input: inputs.map((value) => value?.name ?? ''),
      output: outputs.map((value) => value.name),
      name,
      op_type: type,
      attribute: Object.entries(attributes).map(attribute),
      domain,
    });
    return outputs;
  }

  /**
   * Nodes and constants that were made elsewhere, under names that no node here has.
   * @param output the name that one of the nodes gives its result
   */
  splice({ node, initializer }: Pick<ModelMessage['graph'], 'node' | 'initializer'>, output: string): Value {
    this.#nodes.push(...node);
    this.#initializers.push(...initializer);
    return { name: output };
  }

  /** Int64 constants: shapes, axes, indices. One axis unless a shape is given. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#inline('int64', shape, BigInt64Array.from(values, BigInt));
  }

  /** A float32 without axes. */
  float(value: number): Value {
    return this.#inline('float32', [], Float32Array.of(value));
  }

  /**
   * A constant whose bytes go to the weights file at once unless they are few; the array may be reused afterwards.
   * @param data little-endian, C order; as many elements as the shape says
   */
  async tensor(name: string, type: DataType, shape: readonly number[], data: ArrayBufferView): Promise<Value> {
    const expected = shape.reduce((product, length) => product * length, BYTES_PER_ELEMENT[type]);
    if (data.byteLength !== expected) {
      throw new RangeError(`${name}: ${data.byteLength} bytes for ${type}[${shape.join(', ')}]`);
    }
    const message: TensorMessage = { dims: [...shape], data_type: DATA_TYPES[type], name: this.#fresh(name) };
    if (data.byteLength <= INLINE_BYTES) message.raw_data = bytesOf(data).slice();
    else {
      const { offset, length } = await this.#data.append(data);
      message.data_location = EXTERNAL;
      message.external_data = entries({ location: this.#data.fileName, offset: `${offset}`, length: `${length}` });
    }
    this.#initializers.push(message);
    return { name: message.name };
  }

  #inline(type: DataType, shape: readonly number[], data: ArrayBufferView): Value {
    const key = `${type}[${shape.join()}]:${Buffer.from(bytesOf(data)).toString('base64')}`;
    let value = this.#inlined.get(key);
    if (value === undefined) {
      value = { name: `constant_${this.#inlined.size}` };
      this.#inlined.set(key, value);
      const message = { dims: [...shape], data_type: DATA_TYPES[type], name: value.name, raw_data: bytesOf(data) };
      this.#initializers.push(message);
    }
    return value;
  }

  #fresh(what: string): string {
    return `${this.#scope}${what}_${this.#count++}`;
  }

  async #finish(metadata: Record<string, string>): Promise<WrittenGraph> {
    const data = await this.#data.close();
    const dataName = this.#data.fileName;
    const model = encodeModel({
      ir_version: IR_VERSION,
      producer_name: 'earmark',
      graph: {
        node: this.#nodes,
        name: this.#fileName,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
      opset_import: [
        { domain: '', version: OPSET },
        { domain: MICROSOFT, version: 1 },
      ],
      metadata_props: entries({ ...metadata, [`sha256 of ${dataName}`]: data.sha256 }),
    });
    await writeFile(join(this.#folder, this.#fileName), model, { flush: true });
    const sha256 = createHash('sha256').update(model).digest('hex');
    return { sha256: { [this.#fileName]: sha256, [dataName]: data.sha256 }, bytes: data.bytes + model.length };
  }
}

function attribute([name, value]: [string, Attribute]): AttributeMessage {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPES.int, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPES.string, s: Buffer.from(value) };
  if (Array.isArray(value)) return { name, type: ATTRIBUTE_TYPES.ints, ints: value };
  return { name, type: ATTRIBUTE_TYPES.float, f: value.float };
}

function valueInfo(name: string, type: DataType, shape: readonly Axis[]): ValueInfoMessage {
  const dim = shape.map((axis) => (typeof axis === 'number' ? { dim_value: axis } : { dim_param: axis }));
  return { name, type: { tensor_type: { elem_type: DATA_TYPES[type], shape: { dim } } } };
}

function entries(record: Record<string, string>): StringEntry[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
