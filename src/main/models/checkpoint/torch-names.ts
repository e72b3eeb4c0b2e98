/** The names in a PyTorch checkpoint that mean something here: all others are refused, none is ever run. */
import {
  InertObject,
  PickleConstructor,
  PickleError,
  PickleObject,
  type PickleValue,
  type PickleWorld,
} from './pickle-values.ts';

/** How the values lie in a storage. */
export type ElementType = 'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'bool' | 'uint8';
export const ELEMENT_BYTES: Record<ElementType, number> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  bfloat16: 2,
  bool: 1,
  uint8: 1,
};
const STORAGES: Record<string, ElementType> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  BoolStorage: 'bool',
  ByteStorage: 'uint8',
};

/** More axes than any layer has. */
const MAX_RANK = 8;

/**
 * What else a training leaves beside the weights (arguments, counters, an optimiser's notes). Allowed as things that
 * nobody looks into: they hold no code, and nothing is made of them.
 */
const INERT = new Set([
  'torch.Size',
  'torch.device',
  'torch.dtype',
  ...['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'bool', 'uint8'].map((name) => `torch.${name}`),
  'argparse.Namespace',
  'collections.defaultdict',
  'collections.Counter',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy._core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray._reconstruct',
  '_codecs.encode',
  ...['set', 'frozenset', 'complex', 'slice', 'bytearray', 'int', 'float', 'bool', 'str', 'list', 'dict'].flatMap(
    (name) => [`builtins.${name}`, `__builtin__.${name}`],
  ),
]);

/** A record of the archive that holds the values of one or several tensors. */
export class StorageReference extends PickleObject {
  readonly what = 'a storage without a tensor';
  /** Name of the record below `data/`. */
  readonly record: string;
  readonly elementType: ElementType;
  /** Elements that it claims to hold. */
  readonly length: number;
  constructor(record: string, elementType: ElementType, length: number) {
    super();
    this.record = record;
    this.elementType = elementType;
    this.length = length;
  }
}

/** A view of a storage; all in elements. Lies within what the storage claims to hold. */
export class TensorReference extends PickleObject {
  readonly what = 'a tensor';
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];
  constructor(storage: StorageReference, offset: number, shape: number[], strides: number[]) {
    super();
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** Stands for a storage class until a reference says which record it is. */
class StorageClass extends PickleConstructor {
  readonly elementType: ElementType;
  constructor(fullName: string, elementType: ElementType) {
    super(fullName, () => {
      throw new PickleError('refused', `it constructs a ${fullName} directly`);
    });
    this.elementType = elementType;
  }
}

const CONSTRUCTORS = new Map<string, PickleConstructor>(
  [
    new PickleConstructor('collections.OrderedDict', orderedDict),
    new PickleConstructor('torch._utils._rebuild_tensor_v2', rebuildTensor),
    new PickleConstructor('torch._utils._rebuild_parameter', rebuildParameter),
    ...Object.entries(STORAGES).map(([name, elementType]) => new StorageClass(`torch.${name}`, elementType)),
    ...[...INERT].map((name) => new PickleConstructor(name, () => new InertObject(name))),
  ].map((one) => [one.fullName, one]),
);

/** Longest part of a foreign name that a sentence shows. */
const NAME_SHOWN = 80;

export const TORCH_NAMES: PickleWorld = {
  constructorOf(module, name) {
    const fullName = `${module}.${name}`;
    const known = CONSTRUCTORS.get(fullName);
    if (known) return known;
    const shown = fullName.replace(/[^\x20-\x7e]/gu, '?').slice(0, NAME_SHOWN);
    throw new PickleError('refused', `it refers to “${shown}”, which weights do not need and Earmark does not run`);
  },

  /** `('storage', class, record, device, length)`; the device is where the weights once were, and says nothing here. */
  reference(id) {
    if (!Array.isArray(id)) throw nonsense('a reference');
    const [kind, storageClass, record, , length] = id;
    if (kind !== 'storage' || !(storageClass instanceof StorageClass)) throw nonsense('a reference');
    // The record's name becomes part of an entry's name in the archive, never of a path.
    if (typeof record !== 'string' || !/^\w{1,64}$/.test(record) || !isCount(length)) throw nonsense('a storage');
    return new StorageReference(record, storageClass.elementType, length);
  },
};

function orderedDict(args: PickleValue[]): PickleValue {
  const [items = []] = args;
  if (args.length > 1 || !Array.isArray(items)) throw nonsense('an OrderedDict');
  return new Map(
    items.map((item): [PickleValue, PickleValue] => {
      if (!Array.isArray(item) || item.length !== 2) throw nonsense('an OrderedDict');
      return [item[0]!, item[1]!];
    }),
  );
}

/** `(storage, offset, size, stride, requires_grad, backward_hooks[, metadata])`; hooks are never called. */
function rebuildTensor([storage, offset, shape, strides]: PickleValue[]): PickleValue {
  if (!(storage instanceof StorageReference) || !isCount(offset) || !areCounts(shape) || !areCounts(strides)) {
    throw nonsense('a tensor');
  }
  if (shape.length !== strides.length || shape.length > MAX_RANK) throw nonsense('a tensor');
  const empty = shape.includes(0);
  const last = empty ? offset - 1 : offset + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  if (last >= storage.length) {
    throw new PickleError('damaged', `a tensor exceeds its storage “${storage.record}”`);
  }
  return new TensorReference(storage, offset, shape, strides);
}

/** `(tensor, requires_grad, backward_hooks)` */
function rebuildParameter([tensor]: PickleValue[]): PickleValue {
  if (!(tensor instanceof TensorReference)) throw nonsense('a parameter');
  return tensor;
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function areCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function nonsense(what: string): PickleError {
  return new PickleError('damaged', `${what} in its pickle is invalid`);
}
