import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { msclapShapes } from '../../../../src/main/models/families/msclap/shapes.ts';
import { skipWithoutGolden } from '../../import/golden.ts';
import { tensorShapes } from './pseudo-checkpoint.ts';

const KEYS = '../shared/reference/msclap2023/keys.csv';

test('what the importer asks for is what the graphs are made of, and the scale', () => {
  const asked = msclapShapes();
  expect(asked.get('logit_scale')).toEqual([]);
  asked.delete('logit_scale');
  expect(new Map([...asked].sort())).toEqual(new Map([...tensorShapes()].sort()));
});

test.skipIf(skipWithoutGolden('the keys of the published file') || !existsSync(KEYS))(
  'and what the published file has',
  () => {
    const [, ...lines] = readFileSync(KEYS, 'utf8').trim().split('\n');
    const used = lines
    .map((line) => line.split(','))
    // Masks and indices can be computed, and differ between the versions of the libraries that saved them.
    .filter(([, key = '', , , , , , , , by]) => by !== 'none' && !/attn_mask$|relative_position_index$|\.attn\.(masked_)?bias$/.test(key)); // prettier-ignore
    const shapes = used.map(([, key = '', shape = '']) => [key, shape === 'scalar' ? [] : shape.split('x').map(Number)] as const); // prettier-ignore
    expect(new Map([...msclapShapes()].sort())).toEqual(new Map(shapes.toSorted()));
  },
);
