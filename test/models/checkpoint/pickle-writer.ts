/** Writes pickles instruction by instruction, so that tests can say exactly what is in one. */

export class PickleWriter {
  readonly #parts: Buffer[] = [];

  /** @param protocol 2 to 5 */
  constructor(protocol = 2) {
    this.raw(0x80, protocol);
  }

  raw(...bytes: number[]): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }
  bytes(content: Uint8Array): this {
    this.#parts.push(Buffer.from(content));
    return this;
  }
  op(character: string): this {
    return this.raw(character.charCodeAt(0));
  }

  text(value: string): this {
    const utf8 = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(utf8.length);
    return this.op('X').bytes(length).bytes(utf8);
  }
  int(value: number): this {
    const four = Buffer.alloc(4);
    four.writeInt32LE(value);
    return this.op('J').bytes(four);
  }
  tuple(...items: (() => void)[]): this {
    this.op('(');
    for (const item of items) item();
    return this.op('t');
  }
  ints(values: readonly number[]): this {
    return this.tuple(...values.map((value) => () => void this.int(value)));
  }
  global(module: string, name: string): this {
    return this.op('c').bytes(Buffer.from(`${module}\n${name}\n`));
  }
  /** An empty OrderedDict by its constructor, as torch.save writes one. */
  orderedDict(): this {
    return this.global('collections', 'OrderedDict').op(')').op('R');
  }

  finish(): Buffer {
    return Buffer.concat([...this.#parts, Buffer.from('.')]);
  }
}

export interface SavedTensor {
  /** Record below data/. */
  record: string;
  storage: string;
  device?: string;
  /** Elements in the storage. */
  length: number;
  offset?: number;
  shape: readonly number[];
  /** @default those of C order */
  strides?: readonly number[];
}

export function cStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** As `Tensor.__reduce_ex__` does it. */
export function writeTensor(pickle: PickleWriter, tensor: SavedTensor): void {
  const { record, storage, device = 'cpu', length, offset = 0, shape, strides = cStrides(shape) } = tensor;
  pickle.global('torch._utils', '_rebuild_tensor_v2').op('(');
  pickle.tuple(
    () => void pickle.text('storage'),
    () => void pickle.global('torch', storage),
    () => void pickle.text(record),
    () => void pickle.text(device),
    () => void pickle.int(length),
  );
  pickle.op('Q').int(offset).ints(shape).ints(strides).raw(0x89).orderedDict().op('t').op('R');
}
