import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { TorchCheckpoint } from '../../../src/main/models/checkpoint/torch-checkpoint.ts';
import type { UserError } from '../../../src/shared/errors.ts';
import { expectSentence } from '../../faults/trial.ts';
import { PickleWriter, writeTensor } from './pickle-writer.ts';
import { pickleOf, writeTorchFile, type TensorToSave, type TorchFileOptions } from './torch-file.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

let folder: string, path: string;
beforeEach(() => {
  folder = temporaryFolder('checkpoint');
  path = join(folder, 'weights.pth');
});

const WEIGHT: TensorToSave = { key: 'layer.weight', shape: [2, 3], values: () => Float32Array.of(1, 2, 3, 4, 5, 6) };
const SCALE: TensorToSave = { key: 'scale', shape: [], values: () => Float32Array.of(3) };

async function read(key: string): Promise<number[]> {
  const checkpoint = await TorchCheckpoint.open(path, 'model');
  try {
    await checkpoint.verify(() => {}, new AbortController().signal);
    return [...(await checkpoint.get(key).read())];
  } finally {
    await checkpoint.close();
  }
}

/** What opening and verifying the file says. */
async function complaint(): Promise<UserError> {
  try {
    await read('layer.weight');
  } catch (error) {
    const { userMessage } = error as UserError;
    expectSentence(userMessage);
    expect(userMessage).toContain('weights.pth');
    return error as UserError;
  }
  throw new Error('nothing was wrong with it');
}

describe('what a checkpoint holds', () => {
  const variants: [string, TorchFileOptions][] = [
    ['as torch.save writes it', {}],
    ['saved on a GPU', { device: 'cuda:3' }],
    ['in protocol 4', { protocol: 4 }],
    ['under any name, in the form for large files', { name: 'my weights (1)', zip64: true }],
    ['with the records of newer versions', { records: { byteorder: 'little', '.data/serialization_id': '123' } }],
    [
      'with other entries',
      {
        others: (pickle) => {
          pickle.text('epoch').int(7).text('loss').op('G').bytes(Buffer.alloc(8));
          pickle.text('size').global('torch', 'Size').tuple(() => void pickle.ints([1, 2])).op('R'); // prettier-ignore
          pickle
            .text('args')
            .global('argparse', 'Namespace')
            .op(')')
            .raw(0x81)
            .op('}')
            .text('lr')
            .int(1)
            .op('s')
            .op('b');
          pickle.text('optimizer').op('}').op('(').text('state').op('}').text('param_groups').op(']').op('u');
        },
      },
    ],
  ];
  test.each(variants)('%s', async (_, options) => {
    writeTorchFile(path, [WEIGHT, SCALE], options);
    expect(await read('layer.weight')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await read('scale')).toEqual([3]);
  });

  test('strides and offsets: values come in C order', async () => {
    const storage = Float32Array.from({ length: 30 }, (_, i) => i);
    const values = () => storage;
    writeTorchFile(path, [
      { key: 'columns first', shape: [2, 3], strides: [1, 2], values, length: 30 },
      { key: 'a part', shape: [2, 2], strides: [10, 1], offset: 5, values, length: 30 },
      { key: 'three axes', shape: [2, 1, 3], strides: [1, 99, 10], values, length: 30 },
      { key: 'again and again', shape: [2, 2], strides: [0, 1], values, length: 30 },
      { key: 'nothing', shape: [0, 4], values, length: 30 },
    ]);
    expect(await read('columns first')).toEqual([0, 2, 4, 1, 3, 5]);
    expect(await read('a part')).toEqual([5, 6, 15, 16]);
    expect(await read('three axes')).toEqual([0, 10, 20, 1, 11, 21]);
    expect(await read('again and again')).toEqual([0, 1, 0, 1]);
    expect(await read('nothing')).toEqual([]);
  });

  test('other kinds of numbers', async () => {
    writeTorchFile(path, [
      { key: 'half', shape: [2], storage: 'HalfStorage', values: () => Float16Array.of(0.5, -65504) },
      { key: 'brain', shape: [2], storage: 'BFloat16Storage', values: () => Uint16Array.of(0x3f80, 0xc000) },
      { key: 'double', shape: [1], storage: 'DoubleStorage', values: () => Float64Array.of(0.1) },
      { key: 'mask', shape: [2], storage: 'BoolStorage', values: () => Uint8Array.of(1, 0) },
      { key: 'count', shape: [], storage: 'LongStorage', values: () => BigInt64Array.of(5n) },
    ]);
    expect(await read('half')).toEqual([0.5, -65504]);
    expect(await read('brain')).toEqual([1, -2]);
    expect(await read('double')).toEqual([Math.fround(0.1)]);
    const checkpoint = await TorchCheckpoint.open(path, 'model');
    expect(['half', 'mask', 'count'].map((key) => checkpoint.get(key).dtype)).toEqual(['float32', 'bool', 'int64']);
    await expect(checkpoint.get('mask').read()).rejects.toThrow(TypeError);
    await checkpoint.close();
  });

  test('parameters are tensors', async () => {
    const pickle = new PickleWriter().op('}').text('model').op('}').text('layer.weight');
    pickle.global('torch._utils', '_rebuild_parameter').op('(');
    writeTensor(pickle, { record: '0', storage: 'FloatStorage', length: 6, shape: [2, 3] });
    pickle.raw(0x88).orderedDict().op('t').op('R').op('s').op('s');
    writeTorchFile(path, [WEIGHT], { pickle: pickle.finish() });
    expect(await read('layer.weight')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('every key that is missing or otherwise is named', async () => {
    const mask: TensorToSave = { key: 'mask', shape: [2], storage: 'LongStorage', values: () => BigInt64Array.of(1n, 0n) }; // prettier-ignore
    writeTorchFile(path, [WEIGHT, SCALE, mask]);
    const checkpoint = await TorchCheckpoint.open(path, 'model');
    checkpoint.expect(new Map([['layer.weight', [2, 3]], ['scale', []]])); // prettier-ignore
    const wanted = new Map([['layer.weight', [3, 2]], ['layer.bias', [2]], ['other', [1]], ['mask', [2]], ['scale', []]]); // prettier-ignore
    expect(() => checkpoint.expect(wanted)).toThrow(
      '“layer.weight” has the shape [2, 3] instead of [3, 2]; “layer.bias” is missing; “other” is missing; “mask” contains int64 instead of float32.',
    );
    expect(() => checkpoint.get('layer.bias')).toThrow('its tensor “layer.bias” is missing');
    await checkpoint.close();
  });
});

describe('refused checkpoints, with one message each', () => {
  const asModel = (write: (pickle: PickleWriter) => void) => {
    const pickle = new PickleWriter().op('}').text('model');
    write(pickle);
    return pickle.op('s').finish();
  };
  const attacks: [string, Buffer, RegExp][] = [
    [
      'a command of the system',
      asModel((p) => p.global('os', 'system').tuple(() => void p.text('touch /tmp/x')).op('R')), // prettier-ignore
      /refers to “os\.system”/,
    ],
    ['the same, by its place', asModel((p) => p.global('posix', 'system').op('(').text('id').op('t').op('R')), /posix/],
    ['the same, from the stack', asModel((p) => p.text('os').text('system').raw(0x93)), /refers to “os\.system”/],
    ['the same, in the old way', asModel((p) => p.op('(').text('id').op('i').bytes(Buffer.from('os\nsystem\n'))), /os\.system/], // prettier-ignore
    [
      'a built-in function',
      asModel((p) =>
        p
          .global('builtins', 'eval')
          .tuple(() => void p.text('1'))
          .op('R'),
      ),
      /eval/,
    ],
    ['a class of somebody', asModel((p) => p.global('my.models', 'Net').op(')').raw(0x81)), /“my\.models\.Net”/],
    ['a class hidden beside the weights', pickleOf([WEIGHT], { others: (p) => void p.text('net').global('os', 'getcwd').op(')').op('R') }), /os\.getcwd/], // prettier-ignore
    ['a call of what is no constructor', asModel((p) => p.text('os.system').op(')').op('R')), /an unknown constructor/],
    ['a name with tricks in it', asModel((p) => p.global('os\x1b[2J', 'x'.repeat(1000))), /refers to “os\?\[2J\.x{70}/],
    ['something from a registry', asModel((p) => p.raw(0x82, 1)), /opcode 0x82/],
    ['attributes of a class', asModel((p) => p.global('torch', 'Size').op('}').op('b')), /sets the state of an object/],
    ['an absurd integer', asModel((p) => p.raw(0x8b, 0xff, 0xff, 0xff, 0x7f)), /integer of 2147483647 bytes/],
    ['a text that claims to be huge', asModel((p) => p.raw(0x8d).bytes(Buffer.alloc(8, 0x7f))), /is truncated/],
    ['an empty stack', new PickleWriter().op('R').finish(), /is invalid/],
    ['a mark that is not there', new PickleWriter().op('t').finish(), /is invalid/],
    ['a thing never remembered', new PickleWriter().op('h').raw(9).finish(), /is invalid/],
    ['no end', new PickleWriter().op('}').finish().subarray(0, -1), /is truncated/],
    ['an old protocol', Buffer.from('cos\nsystem\n.'), /protocol is not 2 to 5/],
    ['a future protocol', new PickleWriter(6).op('}').finish(), /protocol 6/],
    ['no weights at all', new PickleWriter().op('}').finish(), /nothing in “model”/],
    ['an object instead of weights', asModel((p) => p.global('argparse', 'Namespace').op(')').raw(0x81)), /argparse\.Namespace/], // prettier-ignore
    ['a list', new PickleWriter().op(']').finish(), /contains a list/],
    [
      'a tensor beyond its storage',
      asModel((p) => {
        p.op('}').text('layer.weight');
        writeTensor(p, { record: '0', storage: 'FloatStorage', length: 6, shape: [2, 4] });
        p.op('s');
      }),
      /exceeds its storage “0”/,
    ],
    [
      'a storage outside of the archive',
      asModel((p) => {
        p.op('}').text('layer.weight');
        writeTensor(p, { record: '../../etc/passwd', storage: 'FloatStorage', length: 6, shape: [2, 3] });
        p.op('s');
      }),
      /storage in its pickle is invalid/,
    ],
    [
      'a storage that is not there',
      asModel((p) => {
        p.op('}').text('layer.weight');
        writeTensor(p, { record: '77', storage: 'FloatStorage', length: 6, shape: [2, 3] });
        p.op('s');
      }),
      /record “77” is missing/,
    ],
    [
      'a storage shorter than it says',
      asModel((p) => {
        p.op('}').text('layer.weight');
        writeTensor(p, { record: '0', storage: 'FloatStorage', length: 7, shape: [7] });
        p.op('s');
      }),
      /record “0” is shorter/,
    ],
  ];
  test.each(attacks)('%s', async (_, pickle, sentence) => {
    writeTorchFile(path, [WEIGHT], { pickle });
    expect((await complaint()).userMessage).toMatch(sentence);
  });

  test('a file that is cut off anywhere', async () => {
    writeTorchFile(path, [WEIGHT, SCALE]);
    const whole = readFileSync(path);
    for (let length = whole.length - 1; length > 0; length -= 61) {
      truncateSync(path, length);
      expect((await complaint()).code, `${length} bytes`).toMatch(/^model-(damaged|unusable)$/);
    }
  });

  test('a bit that flipped: found, or in a place that nobody reads', async () => {
    writeTorchFile(path, [WEIGHT, SCALE]);
    const whole = readFileSync(path);
    let found = 0;
    for (let at = 0; at < whole.length; at += 7) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(path, flipped);
      const result = await read('layer.weight').catch((error: unknown) => error);
      if (Array.isArray(result)) expect(result, `byte ${at}`).toEqual([1, 2, 3, 4, 5, 6]);
      else {
        expectSentence((result as UserError).userMessage);
        found++;
      }
    }
    expect(found).toBeGreaterThan(50);
  });

  test('a bit that flipped in the weights', async () => {
    writeTorchFile(path, [WEIGHT, SCALE]);
    const content = readFileSync(path);
    content[content.indexOf(Buffer.from(Float32Array.of(4).buffer))]! ^= 1;
    writeFileSync(path, content);
    const { code, userMessage } = await complaint();
    expect(code).toBe('model-damaged');
    expect(userMessage).toMatch(/“CLAP_weights_2023\/data\/0” does not match its checksum/);
  });

  test('archives that are larger inside than outside', async () => {
    writeTorchFile(path, [WEIGHT], { deflate: true });
    expect((await complaint()).userMessage).toMatch(/is compressed/);
    writeTorchFile(path, [WEIGHT], { claim: () => ({ size: 4e9 }) });
    expect((await complaint()).userMessage).toMatch(/declare more bytes|damaged or truncated/);
    writeTorchFile(path, [WEIGHT], { zip64: true, claim: () => ({ size: 2 ** 50 }) });
    expect((await complaint()).userMessage).toMatch(/declare more bytes|damaged or truncated/);
  });

  test('other kinds of files', async () => {
    const kinds: [string | Buffer, RegExp][] = [
      ['', /is empty/],
      [Buffer.from('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.', 'latin1'), /before 1\.6/],
      ['<!DOCTYPE html><html>', /is a web page/],
      ['version https://git-lfs.github.com/spec/v1\noid', /Git LFS/],
      ['RIFF....WAVE', /not a PyTorch checkpoint/],
      ['PK\x03\x04 and nothing else', /damaged or truncated/],
    ];
    for (const [content, sentence] of kinds) {
      writeFileSync(path, content);
      expect((await complaint()).userMessage).toMatch(sentence);
    }
    rmSync(path);
    expect((await complaint()).code).toBe('not-found');
  });

  test('a zip of something else, one of two models, one from a big-endian machine', async () => {
    writeTorchFile(path, [WEIGHT], { name: 'a/b' });
    expect((await complaint()).userMessage).toMatch(/0 data\.pkl files/);
    writeTorchFile(path, [WEIGHT], { records: { 'data.pkl': '' } });
    expect((await complaint()).userMessage).toMatch(/twice/);
    writeTorchFile(path, [WEIGHT], { records: { byteorder: 'big' } });
    expect((await complaint()).userMessage).toMatch(/big-endian/);
  });
});
