/** Files in the safetensors format, with whatever a test wants to be odd about them. */
import { writeFileSync } from 'node:fs';

export type SafetensorsType = 'F32' | 'F16' | 'BF16';

export interface TensorToSave {
  key: string;
  shape: readonly number[];
  values: Float32Array;
}

const BYTES: Record<SafetensorsType, (values: Float32Array) => ArrayBufferView> = {
  F32: (values) => values,
  F16: (values) => new Float16Array(values),
  BF16: (values) => {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    return Uint16Array.from(bits, (word) => word >>> 16); // towards zero: good enough for weights by rule
  },
};

export function writeSafetensors(path: string, tensors: readonly TensorToSave[], dtype: SafetensorsType = 'F32'): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const data: Buffer[] = [];
  let offset = 0;
  for (const { key, shape, values } of tensors) {
    const { buffer, byteOffset, byteLength } = BYTES[dtype](values);
    header[key] = { dtype, shape, data_offsets: [offset, offset + byteLength] };
    data.push(Buffer.from(buffer, byteOffset, byteLength));
    offset += byteLength;
  }
  writeFileSync(path, safetensorsBytes(header, Buffer.concat(data)));
}

export function safetensorsBytes(header: unknown, data: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}
