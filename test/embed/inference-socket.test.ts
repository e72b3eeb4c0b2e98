import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Encoder, type EncoderOptions } from '../../src/main/embed/encoder.ts';
import { loadPack } from '../../src/main/packs/pack.ts';
import { encodeFrame } from '../../src/main/process/pcm-wire.ts';
import { DIM, FORBIDDEN_SAMPLE, writeTinyPack, type TinyPackOptions } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { collect, connectTo, send, strongestBand, tone } from './tones.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { until } from '../kit/until.ts';

let folder: string;
const running: Encoder[] = [];
beforeEach(() => {
  folder = temporaryFolder('inference');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((encoder) => encoder.close()));
});

async function start(options: EncoderOptions = {}, pack: TinyPackOptions = {}): Promise<Encoder> {
  writeTinyPack(folder, pack);
  const encoder = await Encoder.start(await loadPack(folder), { encoders: 1, ...options });
  running.push(encoder);
  return encoder;
}

test('windows of several decoders at once: each gets the embedding of its own audio, in order', async () => {
  const encoder = await start();
  const received = collect(encoder);
  const bandOf = (item: number, windowIndex: number) => (item * 3 + windowIndex * 5) % DIM;
  await Promise.all(
    [1, 2, 3].map(async (item) => {
      const socket = await connectTo(encoder);
      await send(
        socket,
        item,
        Array.from({ length: 20 }, (_, w) => tone(bandOf(item, w))),
      );
      socket.end();
    }),
  );
  await received.count(60);
  expect(received.failed).toEqual([]);
  for (const item of [1, 2, 3]) {
    const own = received.embedded.filter((window) => window.item === item);
    expect(own.map(({ windowIndex }) => windowIndex)).toEqual(Array.from({ length: 20 }, (_, w) => w));
    expect(own.map(({ startSeconds, seconds }) => [startSeconds, seconds])).toEqual(
      Array.from({ length: 20 }, (_, w) => [w, 1]),
    );
    expect(own.map(({ embedding }) => strongestBand(embedding))).toEqual(
      own.map(({ windowIndex }) => bandOf(item, windowIndex)),
    );
  }
});

test('a window gives the same in a batch, alone, and on the second of two encoders; raw and normalised', async () => {
  const encoder = await start({ encoders: 2, batchSize: 4 });
  const normalised = collect(encoder);
  const raw = collect(encoder, { raw: true });
  const windows = Array.from({ length: 23 }, (_, i) => tone(i % DIM, i === 22 ? 700 : 8000)); // the last one short
  const socket = await connectTo(encoder);
  await send(socket, 1, windows);
  await Promise.all([normalised.count(23), raw.count(23)]);
  const one = await start();
  for (const { windowIndex, embedding } of raw.embedded) {
    const [alone] = await one.embedWindows([windows[windowIndex]!], { raw: true });
    expect(Math.max(...alone!.map((value, i) => Math.abs(value - embedding[i]!)))).toBeLessThan(1e-6);
  }
  for (const { embedding } of normalised.embedded) expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
});

test('one bad window among good ones fails alone, with its reason', async () => {
  const encoder = await start({ batchSize: 4 });
  const received = collect(encoder);
  const socket = await connectTo(encoder);
  const throwing = tone(3);
  throwing[0] = FORBIDDEN_SAMPLE;
  const notNumbers = tone(3).fill(NaN, 100, 101);
  const silent = new Float32Array(8000);
  await send(socket, 9, [tone(1), throwing, tone(2), tone(3), notNumbers, tone(4), silent, tone(5)]);
  await received.count(8);
  expect(received.embedded.map(({ windowIndex, embedding }) => [windowIndex, strongestBand(embedding)])).toEqual(
    [[0, 1], [2, 2], [3, 3], [5, 4], [7, 5]], // prettier-ignore
  );
  received.failed.sort((a, b) => a.windowIndex - b.windowIndex);
  expect(received.failed.map(({ item, windowIndex, startSeconds }) => [item, windowIndex, startSeconds])).toEqual(
    [[9, 1, 1], [9, 4, 4], [9, 6, 6]], // prettier-ignore
  );
  expect(received.failed.map(({ message }) => message)).toEqual([
    expect.stringContaining('out of data bounds'),
    expect.stringContaining('not numbers'),
    expect.stringContaining('zero, or not numbers'),
  ]);
});

test('a slow encoder stops the decoder instead of filling the memory', async () => {
  const encoder = await start({ batchSize: 2 }, { slowness: 4 });
  await encoder.loadAudio();
  const received = collect(encoder);
  const socket = await connectTo(encoder);
  const windows = 150;
  const one = tone(4);
  let written = 0;
  const sending = send(socket, 1, (function* () {
    for (; written < windows; written++) yield one;
  })()); // prettier-ignore
  await received.count(10);
  // In the queue, in two batches, in the system's socket buffers and in this side's: far from all.
  const ahead = written - received.embedded.length;
  expect(ahead).toBeLessThan(60);
  await sending;
  await received.count(windows);
  const { mostQueued, windows: embedded, batches, busySeconds } = await encoder.stats();
  // 2 × batch × encoders, and what else was in the chunk that filled it up (64 KiB are two windows).
  expect(mostQueued).toBeLessThanOrEqual(4 + 3);
  expect(embedded).toBe(windows);
  // The encoder was kept fed: nearly every batch was a full one of 2. (How busy it was is for bench/: here, other work
  // on the machine would decide.)
  expect(batches).toBeLessThan(windows * 0.7);
  expect(busySeconds).toBeGreaterThan(0);
});

test('very short clips: thousands in one chunk, all answered', async () => {
  const encoder = await start();
  const received = collect(encoder);
  const socket = await connectTo(encoder);
  const click = Float32Array.of(0.5, -0.25, 0.1);
  await send(
    socket,
    1,
    Array.from({ length: 3000 }, () => click),
  );
  await received.count(3000);
  expect(received.failed).toEqual([]);
  expect(new Set(received.embedded.map(({ windowIndex }) => windowIndex)).size).toBe(3000);
});

test('a single window is embedded before those that decoders have sent', async () => {
  const encoder = await start({ batchSize: 1 }, { slowness: 1 });
  const received = collect(encoder);
  const socket = await connectTo(encoder);
  // Short clips in one write arrive as one chunk: all of them are in the queue while the model is still being loaded.
  const clip = { item: 1, startSeconds: 0, seconds: 0.00125, samples: tone(4, 10) };
  socket.write(Buffer.concat(Array.from({ length: 200 }, (_, windowIndex) => encodeFrame({ ...clip, windowIndex }))));
  const [embedding] = await encoder.embedWindows([tone(9)]);
  expect(strongestBand(embedding!)).toBe(9);
  expect(received.embedded.length).toBeLessThan(150);
  await received.count(200);
});

test('what is no PCM ends its own connection only; half a window is dropped', async () => {
  const encoder = await start();
  const received = collect(encoder);
  const good = await connectTo(encoder);
  const bad = await connectTo(encoder);
  const half = await connectTo(encoder);
  const frame = encodeFrame({ item: 5, windowIndex: 0, startSeconds: 0, seconds: 1, samples: tone(1) });
  half.end(frame.subarray(0, 5000));
  bad.write(Buffer.alloc(4096, 'x'));
  await once(bad, 'close');
  // In small pieces, as a busy system may deliver it.
  for (let at = 0; at < frame.length; at += 777) {
    good.write(frame.subarray(at, at + 777));
    await wait(1);
  }
  await received.count(1);
  expect(strongestBand(received.embedded[0]!.embedding)).toBe(1);
  expect(received.failed).toEqual([]);
  expect(await encoder.stats()).toMatchObject({ brokenConnections: 1, connections: 1, windows: 1 });
});

test('windows for an audio encoder that cannot be loaded all fail with its message; nothing hangs', async () => {
  const encoder = await start({ batchSize: 1 }, { extra: { dim: 8 } });
  const received = collect(encoder);
  const socket = await connectTo(encoder);
  await send(
    socket,
    1,
    Array.from({ length: 50 }, () => tone(4)),
  );
  await received.count(50);
  expect(received.embedded).toEqual([]);
  expect(new Set(received.failed.map(({ message }) => message))).toEqual(
    new Set([expect.stringContaining('16 values, model.json says 8')]),
  );
});

test('statistics begin anew after a reset', async () => {
  const encoder = await start();
  const before = await encoder.embedWindows([tone(1), tone(2), tone(3)]);
  expect(before).toHaveLength(3);
  expect(await encoder.stats({ reset: true })).toMatchObject({ windows: 3, failed: 0 });
  await wait(50); // a pause between two jobs is nobody's idle time
  await encoder.embedWindows([tone(1)]);
  const after = await encoder.stats();
  expect(after).toMatchObject({ windows: 1, batches: 1, idleSeconds: 0, queued: 0 });
  expect(after.busySeconds).toBeGreaterThan(0);
});

test.each(['SIGKILL', 'exit'])(
  'when the engine is gone (%s), so are the process and its socket, silently',
  async (how) => {
    writeTinyPack(folder, { slowness: 20 });
    // A separate program that crashes while its encoders work.
    const program = `
    import { Encoder } from ${at('src/main/embed/encoder.ts')};
    import { loadPack } from ${at('src/main/packs/pack.ts')};
    const encoder = await Encoder.start(await loadPack(${JSON.stringify(folder)}), { encoders: 2 });
    await encoder.loadAudio();
    encoder.embedWindows(Array.from({ length: 16 }, () => new Float32Array(8000).fill(0.1))).catch(() => {});
    const begun = async () => {
      const { queued, windows } = await encoder.stats();
      return queued + windows > 0;
    };
    while (!(await begun()));
    process.stdout.write(JSON.stringify({ pid: encoder.pid, socketPath: encoder.socketPath }), () => {
      ${how === 'exit' ? 'process.exit(0)' : "process.kill(process.pid, 'SIGKILL')"};
    });`;
    const file = join(folder, 'engine.ts');
    writeFileSync(file, program);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    const { pid, socketPath } = JSON.parse(stdout) as { pid: number; socketPath: string };
    await until('the process is gone', () => !isAlive(pid));
    await until('its socket is gone', () => !existsSync(socketPath));
    expect(stderr).toBe(''); // no "terminate called …", no core dump
  },
);

function at(path: string): string {
  return JSON.stringify(pathToFileURL(join(import.meta.dirname, '../..', path)).href);
}

/** A zombie that nobody reaps (a container without init) is dead all the same. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
