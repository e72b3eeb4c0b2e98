import { execFileSync, fork } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DecoderPool } from '../../src/main/decode/decoder-pool.ts';
import { ChildExitedError } from '../../src/main/process/child.ts';
import { PROCESS_ENTRIES } from '../../src/main/process/entries.ts';
import { FrameReader, newSocketPath, type PcmWindow } from '../../src/main/process/pcm-wire.ts';
import { PLAN, failure, testFolder } from './decode.ts';
import { noise, writeWav } from './make-audio.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { HandTimers } from '../kit/timers.ts';
import { until } from '../kit/until.ts';

const at = testFolder();
const never = new AbortController().signal;

/** What the inference process does with the socket: reads frames, or does not. */
class Listener {
  readonly socketPath = newSocketPath();
  readonly windows: PcmWindow[] = [];
  readonly connections: Socket[] = [];
  reading = true;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => {
      const frames = new FrameReader();
      this.connections.push(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => this.windows.push(...frames.push(chunk)));
      if (!this.reading) socket.pause();
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.socketPath, resolve));
    return this;
  }

  resume(): void {
    this.reading = true;
    for (const socket of this.connections) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let pool: DecoderPool;
let listener: Listener;
beforeEach(async () => {
  pool = new DecoderPool({ size: 1, stallSeconds: 20 });
  listener = await new Listener().start();
});
afterEach(async () => {
  await pool.close();
  await listener.close();
});

/** The clock of a pool, which starts to count anew at each sign of life. */
class SignsOfLife extends HandTimers {
  count = 0;
  override after(ms: number, then: () => void): () => void {
    this.count++;
    return super.after(ms, then);
  }
}

let nextItem = 1;
function decode(path: string, signal = never, from = pool) {
  return from.decode({ path, item: nextItem++, target: { ...PLAN, socketPath: listener.socketPath } }, signal);
}

/** Process ids of this process's decoder children (Linux only). */
function decoderPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decoder-process');
      } catch {
        return false; // ended meanwhile
      }
    })
    .map(Number);
}
const hasProc = process.platform === 'linux';
if (!hasProc)
  process.stdout.write('skipped: without /proc the tests that stop and kill a decoder from outside cannot find it\n');

const short = at('short.wav');
const long = at('long.wav');
writeWav(short, [noise(7, 32_000)], 32_000, 'f32');
// Ten minutes, 77 MB of windows: more than sockets and pipes can swallow.
writeWav(long, [noise(600, 32_000)], 32_000, 's16');

describe('decoding', () => {
  test('windows arrive over the socket, facts as the answer', async () => {
    const report = await decode(short);
    if (report.notAudio) throw new Error('not audio');
    await until('its windows', () => listener.windows.length === report.windowCount);
    expect(report).toMatchObject({ format: 'wav', windowCount: 2, durationSeconds: 7, warnings: [] });
    expect(report.waveform).toBeInstanceOf(Uint8Array);
    const item = nextItem - 1;
    const expected = noise(7, 32_000);
    expect(listener.windows.map(({ samples: _, ...rest }) => rest)).toEqual([
      { item, windowIndex: 0, startSeconds: 0, seconds: 5 },
      { item, windowIndex: 1, startSeconds: 2, seconds: 5 },
    ]);
    expect(listener.windows[0]!.samples).toEqual(expected.slice(0, 160_000));
    expect(listener.windows[1]!.samples).toEqual(expected.slice(64_000));
  });

  test('one connection serves many files; another address is followed', async () => {
    for (let i = 0; i < 5; i++) await decode(short);
    await until('its windows', () => listener.windows.length === 10);
    expect(listener.connections).toHaveLength(1);
    const first = listener;
    listener = await new Listener().start();
    await decode(short);
    await until('its windows', () => listener.windows.length === 2);
    await first.close();
  });

  test('read, identify, tags and backend give the same over the process border', async () => {
    const windows = await pool.read({ path: short, plan: PLAN, fromSeconds: 0 }, never);
    if ('notAudio' in windows) throw new Error('not audio');
    expect(windows.map(({ startSeconds }) => startSeconds)).toEqual([0, 2]);
    expect(windows[0]!.samples).toEqual(noise(7, 32_000).slice(0, 160_000));
    expect(await pool.read({ path: short, plan: PLAN, fromSeconds: 1 }, never)).toEqual([windows[1]]);
    const report = await decode(short);
    if (report.notAudio) throw new Error('not audio');
    expect(await pool.identify({ path: short }, never)).toEqual({ contentId: report.contentId, format: 'wav' });
    expect(await pool.tags({ path: short }, never)).toEqual([]);
    expect(await pool.backend(never)).toMatchObject({ ok: true });
  });

  test('errors keep their code and message; a file that is not audio is a result, not an error', async () => {
    writeFileSync(at('bad.wav'), 'text');
    writeFileSync(at('notes.txt'), 'text');
    const { code, sentence } = await failure(decode(at('bad.wav')));
    expect(code).toBe('not-audio');
    expect(sentence).toContain('bad.wav');
    expect(await decode(at('notes.txt'))).toEqual({ notAudio: true });
    expect(await pool.identify({ path: at('notes.txt') }, never)).toMatchObject({ notAudio: true, contentId: null });
    const before = hasProc ? decoderPids() : [];
    expect((await failure(decode(at('missing.wav')))).code).toBe('vanished');
    // A bad file is no reason to start a new process.
    if (hasProc) expect(decoderPids()).toEqual(before);
  });

  test('files are taken in order, as many at once as there are processes', async () => {
    const two = new DecoderPool({ size: 2 });
    const done: number[] = [];
    const work = Array.from({ length: 6 }, (_, i) => decode(short, never, two).then(() => done.push(i)));
    expect(two.busy).toBe(2);
    expect(two.waiting).toBe(4);
    expect(two.size).toBe(2);
    await Promise.all(work);
    expect(done.slice().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(done.indexOf(5)).toBeGreaterThan(2);
    expect(two.busy).toBe(0);
    await two.close();
  });
});

describe('backpressure', () => {
  test('a receiver that does not read blocks the decoder, which is not a stall', async () => {
    listener.reading = false;
    const signs = new SignsOfLife();
    const patient = new DecoderPool({ size: 1, stallSeconds: 4, timers: signs });
    let settled = false;
    const work = decode(long, never, patient).finally(() => (settled = true));
    await until('it is connected', () => listener.connections.length === 1);
    // Twelve seconds by the clock of the pool, of which it counts less than four after each sign of life.
    for (let time = 0; time < 3; time++) {
      const { count } = signs;
      await until('another sign of life', () => signs.count > count);
      signs.pass(3999);
    }
    expect(settled).toBe(false);
    listener.resume();
    expect(await work).toMatchObject({ windowCount: 120 });
    await until('its windows', () => listener.windows.length === 120);
    expect(listener.windows.map(({ windowIndex }) => windowIndex)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    await patient.close();
  });

  test('a receiver that disconnects ends the item, not the decoder', async () => {
    listener.reading = false;
    const work = decode(long);
    await until('it is connected', () => listener.connections.length === 1);
    const refused = expect(work).rejects.toThrow(/inference process exited/);
    await listener.close();
    await refused;
    await expect(decode(short)).rejects.not.toBeInstanceOf(ChildExitedError);
    listener = await new Listener().start();
    expect(await decode(short)).toMatchObject({ windowCount: 2 });
  });
});

describe('aborting', () => {
  test('a running item: its process is killed, the reason comes back, the next item works', async () => {
    listener.reading = false;
    const stop = new AbortController();
    const work = decode(long, stop.signal);
    await until('it is connected', () => listener.connections.length === 1);
    const [before] = hasProc ? decoderPids() : [];
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(work).rejects.toBe(reason);
    if (hasProc) expect(decoderPids()).not.toContain(before);
    expect(pool.busy).toBe(0);
    listener.reading = true;
    expect(await decode(short)).toMatchObject({ windowCount: 2 });
  });

  test('a waiting item: nothing is killed', async () => {
    listener.reading = false;
    const running = decode(long);
    const stop = new AbortController();
    const waiting = decode(short, stop.signal);
    await until('it is connected', () => listener.connections.length === 1);
    stop.abort(new Error('not needed'));
    await expect(waiting).rejects.toThrow('not needed');
    expect(pool.waiting).toBe(0);
    expect(pool.busy).toBe(1);
    listener.resume();
    expect(await running).toMatchObject({ windowCount: 120 });
  });

  test('an aborted signal does not even start a process', async () => {
    const lazy = new DecoderPool({ size: 1 });
    const before = hasProc ? decoderPids() : [];
    await expect(decode(short, AbortSignal.abort(new Error('too late')), lazy)).rejects.toThrow('too late');
    if (hasProc) expect(decoderPids()).toEqual(before);
    await lazy.close();
  });

  test('closing ends running and queued items', async () => {
    listener.reading = false;
    const work = [decode(long), decode(short)];
    const refused = Promise.all(work.map((item) => expect(item).rejects.toBeInstanceOf(ChildExitedError)));
    await until('it is connected', () => listener.connections.length === 1);
    await pool.close();
    await refused;
    if (hasProc) expect(decoderPids()).toEqual([]);
    await expect(decode(short)).rejects.toBeInstanceOf(ChildExitedError);
  });
});

describe.runIf(hasProc)('a decoder process', () => {
  test('killed in the middle of a file: this item is lost, the next one works', async () => {
    listener.reading = false;
    const work = decode(long);
    await until('it is connected', () => listener.connections.length === 1);
    process.kill(decoderPids()[0]!, 'SIGKILL');
    await expect(work).rejects.toBeInstanceOf(ChildExitedError);
    listener.reading = true;
    expect(await decode(short)).toMatchObject({ windowCount: 2 });
  });

  test('that stalls is given up with a message', async () => {
    const signs = new SignsOfLife();
    const strict = new DecoderPool({ size: 1, stallSeconds: 4, timers: signs });
    await strict.backend(never);
    const frozen = decoderPids();
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    const gaveUp = failure(decode(short, never, strict));
    signs.pass(3999);
    expect(strict.busy).toBe(1);
    signs.pass(1);
    const { code, sentence } = await gaveUp;
    expect(code).toBe('timed-out');
    expect(sentence).toContain('short.wav');
    expect(decoderPids().filter((pid) => frozen.includes(pid))).toEqual([]);
    expect(await decode(short, never, strict)).toMatchObject({ windowCount: 2 });
    await strict.close();
  });

  test('stays small on a very long file', { timeout: 600_000 }, async () => {
    // Two hours of 8-bit sound that take no room on the disk: all zeros, which in unsigned samples is full scale.
    const path = at('two-hours.wav');
    const seconds = 2 * 3600;
    writeWav(path, [new Float32Array(1)], 8000, 'u8');
    const header = readFileSync(path);
    header.writeUInt32LE(36 + seconds * 8000, 4);
    header.writeUInt32LE(seconds * 8000, 40);
    writeFileSync(path, header);
    truncateSync(path, 44 + seconds * 8000);
    await decode(short);
    const [pid] = decoderPids();
    const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
    const before = peak();
    const target = { ...PLAN, sampleRate: 8000, socketPath: listener.socketPath };
    listener.windows.push = () => 0; // counted by the report; 230 MB need not be kept here
    const report = await pool.decode({ path, item: 1, target }, never);
    expect(report).toMatchObject({ durationSeconds: seconds, windowCount: 1440, warnings: [] });
    // Garbage waits to be collected (75 MiB, and no more for 12 hours); the samples themselves would take 230.
    expect(peak() - before).toBeLessThan(128);
  });
});

test('nothing reaches stderr, whatever the file', async () => {
  const files = {
    'cut.mp3': Buffer.from(noise(1, 5000, 1, 3).buffer),
    'cut.wav': readFileSync(short).subarray(0, 5000),
  };
  const child = fork(fileURLToPath(PROCESS_ENTRIES.decoder), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let spoken = '';
  child.stdout!.on('data', (text) => (spoken += String(text)));
  child.stderr!.on('data', (text) => (spoken += String(text)));
  for (const [name, bytes] of Object.entries(files)) {
    // A valid beginning with nonsense behind it makes FFmpeg complain.
    writeFileSync(
      at(name),
      Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), Buffer.from('fffb9064', 'hex'), bytes]),
    );
    const answered = new Promise((resolve) => child.once('message', resolve));
    child.send({ call: 1, name: 'read', input: { path: at(name), plan: PLAN } });
    await answered;
  }
  child.kill();
  await new Promise((resolve) => child.once('close', resolve));
  expect(spoken).toBe('');
});

test('a file that this user may not read', async () => {
  const nobody = 65_534;
  if (process.getuid?.() !== 0) {
    process.stdout.write('skipped: only root can become another user; bad-files.test.ts tests the same with chmod\n');
    return;
  }
  const folder = temporaryFolder('secret');
  chmodSync(folder, 0o755);
  const path = join(folder, 'secret.wav');
  writeWav(path, [noise(1, 8000)], 8000);
  chmodSync(path, 0o600);
  const entry = fileURLToPath(PROCESS_ENTRIES.decoder);
  try {
    execFileSync('setpriv', ['--reuid', String(nobody), '--clear-groups', 'cat', entry], { stdio: 'ignore' });
  } catch {
    process.stdout.write(`skipped: another user cannot reach ${dirname(entry)}, or there is no setpriv\n`);
    return;
  }
  const child = fork(entry, [], {
    serialization: 'advanced',
    uid: nobody,
    gid: nobody,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const answered = new Promise<unknown>((resolve) => child.once('message', resolve));
  child.send({ call: 1, name: 'read', input: { path, plan: PLAN } });
  expect(await answered).toMatchObject({
    error: { code: 'no-permission', userMessage: expect.stringContaining('secret.wav') as string },
  });
  child.kill();
});
