import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { summaryOf } from '../../src/shared/jobs.ts';
import { loadMap, type SavedMap } from '../../src/main/map/map-file.ts';
import { UserError } from '../../src/shared/errors.ts';
import { axis } from '../kit/catalogue.ts';
import { cosine } from '../index/clustered.ts';
import { CLUSTERS, DIM, EmbeddedLibrary, placeOf } from './embedded-library.ts';
import { until } from '../kit/until.ts';

let library: EmbeddedLibrary;
beforeEach(() => {
  library = new EmbeddedLibrary();
});
afterEach(() => library.end());

const mapFiles = () => readdirSync(join(library.folder, 'map')).sort();
const inSquare = ({ places }: SavedMap) => places.every((value) => value >= -1 && value <= 1);

/** Ids of all other files, nearest first. */
function ranking(ids: readonly number[], distance: (a: number, b: number) => number): Map<number, number[]> {
  const sorted = (id: number) =>
    ids.filter((other) => other !== id).sort((a, b) => distance(id, a) - distance(id, b) || a - b);
  return new Map(ids.map((id) => [id, sorted(id)]));
}

/**
 * How far neighbours on the map are neighbours in sound (Venna and Kaski, "Neighborhood preservation in nonlinear
 * projection methods", 2001): 1 when all are, about 0.5 for places at random.
 */
function trustworthiness(map: SavedMap, k: number): number {
  const ids = [...map.fileIds];
  const n = ids.length;
  const bySound = ranking(ids, (a, b) => -cosine(library.embeddings.get(a)!, library.embeddings.get(b)!));
  const places = new Map(ids.map((id) => [id, placeOf(map, id)]));
  const apart = (a: number, b: number) => {
    const [[ax, ay], [bx, by]] = [places.get(a)!, places.get(b)!];
    return Math.hypot(ax - bx, ay - by);
  };
  const onMap = ranking(ids, apart);
  let penalty = 0;
  for (const id of ids) {
    const ranks = new Map(bySound.get(id)!.map((other, rank) => [other, rank + 1]));
    for (const other of onMap.get(id)!.slice(0, k)) penalty += Math.max(0, ranks.get(other)! - k);
  }
  return 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * penalty;
}

/** Share of points whose nearest point on the map is of the same cluster. */
function besideTheirKind(map: SavedMap, ids: readonly number[] = [...map.fileIds]): number {
  const kinds = ids.map((id) => {
    const [x, y] = placeOf(map, id);
    const others = [...map.fileIds].filter((other) => other !== id);
    const far = (other: number) => Math.hypot(placeOf(map, other)[0] - x, placeOf(map, other)[1] - y);
    const nearest = others.reduce((best, other) => (far(other) < far(best) ? other : best));
    return library.clusterOf.get(nearest) === library.clusterOf.get(id);
  });
  return kinds.filter(Boolean).length / kinds.length;
}

test('clusters stay apart, the same map every time, and the job tells where it stands', async () => {
  const ids = library.addEach(40);
  const { runner, id, stages, shares } = library.job();
  expect(summaryOf(await runner.wait(id), 'map')).toEqual({ files: ids.length, placed: ids.length });
  const map = await library.map();
  expect([...map.fileIds]).toEqual(ids);
  expect(inSquare(map)).toBe(true);

  const shuffled = {
    ...map,
    fileIds: Int32Array.from([...map.fileIds].sort((a, b) => ((a * 37) % 101) - ((b * 37) % 101))),
  };
  const byChance = trustworthiness(shuffled, 8);
  const trust = trustworthiness(map, 8);
  expect(byChance).toBeLessThan(0.7);
  expect(trust).toBeGreaterThan((byChance + 4) / 5);
  expect(besideTheirKind(map)).toBeGreaterThan(0.97);

  expect(new Set(stages)).toEqual(new Set(['comparing', 'arranging']));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);

  await library.make(true);
  expect([...(await library.map()).places]).toEqual([...map.places]);
  expect(mapFiles()).toHaveLength(2); // of older saves nothing is left
});

test('new files are placed in their cluster; the others keep their places', async () => {
  library.addEach(30);
  await library.make();
  const before = await library.map();
  const added = library.addEach(3);
  expect(await library.make()).toEqual({ files: before.fileIds.length + added.length, placed: added.length });
  const after = await library.map();
  expect([...after.fileIds.slice(0, before.fileIds.length)]).toEqual([...before.fileIds]);
  expect([...after.places.slice(0, before.places.length)]).toEqual([...before.places]);
  expect(besideTheirKind(after, added)).toBeGreaterThanOrEqual(14 / 15);
  expect(inSquare(after)).toBe(true);
  expect(library.pids).toHaveLength(1); // no second process for a few new ones

  const { madeMs } = await library.map();
  expect(await library.make()).toEqual({ files: after.fileIds.length, placed: 0 });
  expect((await library.map()).madeMs).toBe(madeMs); // nothing was new: nothing was written
});

test('a copy of a file on the map is placed next to it, not on top of it', async () => {
  const [first] = library.addEach(10);
  await library.make();
  const [copy] = library.add([{ cluster: 0, embedding: library.embeddings.get(first!)! }]);
  await library.make();
  const map = await library.map();
  const [[ax, ay], [bx, by]] = [placeOf(map, first!), placeOf(map, copy!)];
  expect(Math.hypot(ax - bx, ay - by)).toBeLessThan(0.15);
  const all = new Set(Array.from(map.fileIds, (id) => placeOf(map, id).join()));
  expect(all.size).toBe(map.fileIds.length);
});

test.each([1, 2, 3, 4, 5, 7])('a library of %i', async (many) => {
  const ids = library.add(Array.from({ length: many }, (_, i) => ({ cluster: i % CLUSTERS })));
  expect(await library.make()).toEqual({ files: many, placed: many });
  const map = await library.map();
  expect([...map.fileIds]).toEqual(ids);
  expect(inSquare(map)).toBe(true);
  expect(new Set(ids.map((id) => placeOf(map, id).join())).size).toBe(many);
});

test('forty files with the same audio: forty places', async () => {
  const ids = library.add(Array.from({ length: 40 }, () => ({ cluster: 0, embedding: axis(3, DIM) })));
  await library.make();
  const map = await library.map();
  expect(inSquare(map)).toBe(true);
  expect(new Set(ids.map((id) => placeOf(map, id).join())).size).toBe(40);
});

test('silent files are analysed and have no point on the map', async () => {
  const ids = library.addEach(4);
  const silent = library.catalogue.files.insertPending({ rootId: library.rootId, relativePath: 'quiet.wav', size: 9, mtimeMs: 1 }); // prettier-ignore
  library.catalogue.windows.insert(silent, library.spaceId, []);
  await library.make();
  expect([...(await library.map()).fileIds]).toEqual(ids);
  expect(await library.make()).toMatchObject({ placed: 0 });
});

test('cancelled midway: the map is as it was, the process is gone, the next one is made', async () => {
  library.addEach(60);
  await library.make();
  const before = await library.map();
  const { runner, id, shares } = library.job(true);
  await until('the map is being drawn', () => shares.length > 0);
  runner.cancel(id);
  await expect(runner.wait(id)).rejects.toThrow('cancelled by the user');
  expect(library.catalogue.jobs.last()).toMatchObject({ kind: 'map', state: 'cancelled' });
  await until('its process is gone', () => !isAlive(library.pids.at(-1)!));
  expect(await library.map()).toEqual(before);
  expect(mapFiles()).toHaveLength(2);
});

test('paused: nothing is done until it is resumed', async () => {
  library.addEach(60);
  const { runner, id, shares, waits } = library.job();
  await until('it has begun', () => shares.length > 0);
  runner.pause(id);
  // The step that it was asked for last still comes, however long that takes on a busy machine.
  await until('it waits', waits);
  expect(library.catalogue.jobs.last()).toMatchObject({ state: 'paused' });
  expect(await loadMap(library.folder, library.spaceId)).toBeNull();
  runner.resume(id);
  expect(summaryOf(await runner.wait(id), 'map')).toMatchObject({ files: 300 });
  expect((await library.map()).fileIds).toHaveLength(300);
});

test('its process is killed once: the map is still made; killed again: an error message, and the old map stays', async () => {
  library.addEach(60);
  const once = library.job();
  await until('the map is being drawn', () => once.shares.length > 0);
  process.kill(library.pids.at(-1)!, 'SIGKILL');
  expect(summaryOf(await once.runner.wait(once.id), 'map')).toEqual({ files: 300, placed: 300 });
  expect(library.pids).toHaveLength(2);
  const before = await library.map();

  const twice = library.job(true);
  for (const attempt of [3, 4]) {
    await until('it has begun', () => library.pids.length === attempt && isAlive(library.pids.at(-1)!));
    process.kill(library.pids.at(-1)!, 'SIGKILL');
  }
  const error: unknown = await twice.runner.wait(twice.id).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: 'engine-broken' });
  expect(await library.map()).toEqual(before);
});

test('a damaged map is made again: cut off, changed, without its description, from another version', async () => {
  const ids = library.addEach(4);
  await library.make();
  const placesFile = () =>
    join(
      library.folder,
      'map',
      mapFiles().find((name) => name.endsWith('.places'))!,
    );
  const described = join(library.folder, 'map', `map-${library.spaceId}.json`);
  const damages: (() => void)[] = [
    () => truncateSync(placesFile(), 17),
    () => {
      const bytes = readFileSync(placesFile());
      bytes[bytes.length - 3]! ^= 1;
      writeFileSync(placesFile(), bytes);
    },
    () => truncateSync(described, 20),
    () => writeFileSync(described, readFileSync(described, 'utf8').replace('"format":1', '"format":99')),
    () => writeFileSync(described, readFileSync(described, 'utf8').replace(/"files":\d+/, '"files":-1')),
  ];
  for (const damage of damages) {
    damage();
    expect(await loadMap(library.folder, library.spaceId)).toBe('damaged');
    expect(await library.make()).toEqual({ files: ids.length, placed: ids.length });
    expect([...(await library.map()).fileIds]).toEqual(ids);
  }
  expect(mapFiles()).toHaveLength(2);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
