/** Checkpoints as `torch.save` writes them, tensor by tensor, with whatever a test wants to be odd about them. */
import { PickleWriter, writeTensor } from './pickle-writer.ts';
import { ZipWriter, type ZipOptions } from './zip-writer.ts';

export interface TensorToSave {
  key: string;
  shape: readonly number[];
  /** @default those of C order */
  strides?: readonly number[];
  /** Called once, when its turn comes; the bytes of the whole storage, little-endian. */
  values: () => ArrayBufferView;
  /** @default 'FloatStorage' */
  storage?: string;
  /** Of the storage. @default the product of the shape */
  length?: number;
  offset?: number;
}

export interface TorchFileOptions extends ZipOptions {
  /** Folder inside of the archive. @default 'CLAP_weights_2023' */
  name?: string;
  device?: string;
  protocol?: number;
  section?: string;
  /** Other top-level entries: writes keys and values. */
  others?: (pickle: PickleWriter) => void;
  /** Instead of all of the above. */
  pickle?: Buffer;
  /** Other records. */
  records?: Record<string, string>;
}

export function writeTorchFile(path: string, tensors: readonly TensorToSave[], options: TorchFileOptions = {}): void {
  const { name = 'CLAP_weights_2023', records = {} } = options;
  const zip = new ZipWriter(path, options);
  zip.add(`${name}/data.pkl`, options.pickle ?? pickleOf(tensors, options));
  for (const [i, { values }] of tensors.entries()) {
    const { buffer, byteOffset, byteLength } = values();
    zip.add(`${name}/data/${i}`, new Uint8Array(buffer, byteOffset, byteLength));
  }
  for (const [record, content] of Object.entries(records)) zip.add(`${name}/${record}`, Buffer.from(content));
  zip.add(`${name}/version`, Buffer.from('3\n'));
  zip.finish();
}

/** `{'model': OrderedDict(tensors)}`, the dict with its `_metadata` attribute, and the other entries. */
export function pickleOf(tensors: readonly TensorToSave[], options: TorchFileOptions = {}): Buffer {
  const { device = 'cpu', protocol = 2, section = 'model', others } = options;
  const pickle = new PickleWriter(protocol).op('}').op('(');
  pickle.text(section).orderedDict().op('(');
  for (const [i, tensor] of tensors.entries()) {
    const { key, shape, strides, storage = 'FloatStorage', offset = 0 } = tensor;
    const length = tensor.length ?? shape.reduce((product, size) => product * size, 1);
    pickle.text(key);
    writeTensor(pickle, { record: `${i}`, storage, device, length, offset, shape, ...(strides ? { strides } : {}) });
  }
  pickle.op('u').op('}').text('_metadata').orderedDict().op('s').op('b');
  others?.(pickle);
  return pickle.op('u').finish();
}
