/**
 * Renders the product's demo sounds at 32 kHz with many seeds.
 * Usage: node render.ts <folder>; reads plan.json there ({ seed, plan: { function: count } }) and writes
 * <function>-<index>.f32 (mono float32, little-endian).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/demo/synthesis/random.ts';
import type { RenderContext } from '../../src/demo/synthesis/signal.ts';
import * as animals from '../../src/demo/sounds/animals.ts';
import * as birds from '../../src/demo/sounds/birds-insects.ts';
import * as drums from '../../src/demo/sounds/drums.ts';
import * as household from '../../src/demo/sounds/household.ts';
import * as impacts from '../../src/demo/sounds/impacts.ts';
import * as instruments from '../../src/demo/sounds/instruments.ts';
import * as screens from '../../src/demo/sounds/interface.ts';
import * as people from '../../src/demo/sounds/people.ts';
import * as tools from '../../src/demo/sounds/tools-machines.ts';
import * as vehicles from '../../src/demo/sounds/vehicles.ts';
import * as water from '../../src/demo/sounds/water.ts';
import * as weather from '../../src/demo/sounds/weather.ts';

const SAMPLE_RATE = 32_000;
const modules: Readonly<Record<string, unknown>>[] = [
  animals,
  birds,
  drums,
  household,
  impacts,
  instruments,
  screens,
  people,
  tools,
  vehicles,
  water,
  weather,
];

type Sound = (context: RenderContext, value?: number) => Float32Array;

function soundNamed(name: string): Sound | undefined {
  const module = modules.find((exports) => typeof exports[name] === 'function');
  return module?.[name] as Sound | undefined;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node render.ts <folder>');
const { seed, plan } = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as {
  seed: number;
  plan: Record<string, number>;
};
for (const [name, count] of Object.entries(plan)) {
  const sound = soundNamed(name);
  if (sound === undefined) {
    // The demo changes on its own; product.py does without what it no longer has.
    console.warn(`product: the demo has no sound called ${name}; left out`);
    continue;
  }
  for (let index = 0; index < count; index++) {
    const random = new Random(`${seed} ${name} ${index}`);
    const context = { sampleRate: SAMPLE_RATE, random };
    // The one sound that asks for a pitch: Hz.
    const pitch = name === 'bark' ? random.betweenLog(250, 900) : undefined;
    const samples = pitch === undefined ? sound(context) : sound(context, pitch);
    writeFileSync(join(folder, `${name}-${index}.f32`), samples);
  }
}
