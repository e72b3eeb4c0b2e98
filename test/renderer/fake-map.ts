/** A map of sounds that do not exist: each folder a cloud. */
import type { MapColouring, MapLegend, SoundMap } from '../../src/shared/calls/map.ts';
import type { LibraryJobProgress } from '../../src/shared/types.ts';
import type { FakeSound } from './fake-library.ts';

/** The golden angle, rad: clouds on a spiral of it keep apart. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

export const MAP_JOB: LibraryJobProgress = {
  id: 7,
  kind: 'map',
  state: 'running',
  stage: 'comparing',
  done: 20,
  total: 100,
  failed: 0,
  audioSeconds: 0,
  elapsedSeconds: 1,
  realTimeFactor: null,
  etaSeconds: 40,
  currentPath: null,
};

export function fakeMap(sounds: ReadonlyMap<number, FakeSound>, missing: number): SoundMap {
  const ids = Int32Array.from(sounds.keys());
  const folders = new Map<string, number>();
  const places = new Float32Array(2 * ids.length);
  let at = 0;
  for (const { path, fileId } of sounds.values()) {
    const folder = topFolder(path);
    const cloud = folders.get(folder) ?? folders.size;
    folders.set(folder, cloud);
    const far = 0.2 * Math.sqrt(cloud);
    // Two numbers that look like chance and are the same every time; their sum of logs makes a cloud with a core.
    const [u, v] = [fract(fileId * 0.754877666), fract(fileId * 0.569840291)];
    const spread = 0.07 * Math.sqrt(-2 * Math.log(1 - 0.999 * u));
    places[at++] = clamp(far * Math.cos(cloud * GOLDEN_ANGLE) + spread * Math.cos(2 * Math.PI * v));
    places[at++] = clamp(far * Math.sin(cloud * GOLDEN_ANGLE) + spread * Math.sin(2 * Math.PI * v));
  }
  return { model: 'starter', fileIds: base64(ids), places: base64(places), missing, madeMs: Date.UTC(2026, 10, 1) };
}

export function fakeLegend(sounds: ReadonlyMap<number, FakeSound>, by: MapColouring): MapLegend {
  const names = Array.from(sounds.values(), ({ path, format }) => (by === 'format' ? format : topFolder(path)));
  const points = new Map<string, number>();
  for (const name of names) points.set(name, (points.get(name) ?? 0) + 1);
  const classes = [...points]
    .map(([name, many]) => ({ name, points: many }))
    .sort((a, b) => b.points - a.points)
    .slice(0, 8);
  const numbers = new Map(classes.map(({ name }, number) => [name, number]));
  return { classes, classOfPoint: base64(Uint8Array.from(names, (name) => numbers.get(name) ?? 255)) };
}

function topFolder(path: string): string {
  return path.split('/')[3]!;
}
function fract(value: number): number {
  return value - Math.floor(value);
}
function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
function base64({ buffer, byteOffset, byteLength }: Int32Array | Float32Array | Uint8Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = '';
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return btoa(text);
}
