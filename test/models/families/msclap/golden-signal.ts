/** The test sounds of the golden cases, described as sums of simple parts; computed in double precision. */
import { fillUniform } from './pseudo-random.ts';

const SAMPLE_RATE = 44_100;

export type Part =
  | { kind: 'zeros' }
  | { kind: 'const'; a: number }
  | { kind: 'sine'; f: number; a: number }
  | { kind: 'am'; f: number; fm: number; depth: number; a: number }
  | { kind: 'sweep'; f0: number; f1: number; seconds: number; a: number }
  | { kind: 'decay'; f: number; tau: number; a: number }
  | { kind: 'saw'; f: number; a: number }
  | { kind: 'noise'; seed: number; a: number }
  | { kind: 'impulses'; period: number; offset: number; a: number }
  | { kind: 'click'; at: number; width: number; half: number; a: number };

/** @returns `length` samples at 44 100 Hz */
export function signal(parts: readonly Part[], length: number): Float32Array {
  const sum = new Float64Array(length);
  for (const part of parts) {
    const value = sampler(part, length);
    for (let i = 0; i < length; i++) sum[i]! += value(i, i / SAMPLE_RATE);
  }
  return Float32Array.from(sum);
}

/** To exactly `length` samples: a short sound again and again, of a long one its beginning. */
export function fitted(pcm: Float32Array, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => pcm[i % pcm.length]!);
}

function sampler(part: Part, length: number): (i: number, t: number) => number {
  const turn = 2 * Math.PI;
  switch (part.kind) {
    case 'zeros':
      return () => 0;
    case 'const':
      return () => part.a;
    case 'sine':
      return (_, t) => part.a * Math.sin(turn * part.f * t);
    case 'am':
      return (_, t) =>
        ((part.a * (1 + part.depth * Math.sin(turn * part.fm * t))) / (1 + part.depth)) * Math.sin(turn * part.f * t);
    case 'sweep':
      return (_, t) => part.a * Math.sin(turn * (part.f0 * t + ((part.f1 - part.f0) * t * t) / (2 * part.seconds)));
    case 'decay':
      return (_, t) => part.a * Math.exp(-t / part.tau) * Math.sin(turn * part.f * t);
    case 'saw':
      return (_, t) => part.a * (2 * (part.f * t - Math.floor(part.f * t)) - 1);
    case 'noise': {
      const noise = new Float64Array(length);
      fillUniform(noise, { high: 0, low: part.seed }, 0, part.a);
      return (i) => noise[i]!;
    }
    case 'impulses':
      return (i) => ((((i - part.offset) % part.period) + part.period) % part.period === 0 ? part.a : 0);
    case 'click':
      return (i) => {
        if (i < part.at || i >= part.at + part.width) return 0;
        return Math.floor((i - part.at) / part.half) % 2 === 0 ? part.a : -part.a;
      };
  }
}
