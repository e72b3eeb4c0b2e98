/** Events over HTTP: order, slow clients, broken connections, the end. */
import { request, type IncomingMessage } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { EventEmitter } from 'node:events';
import type { EngineHandle } from '../../../src/main/engine/engine.ts';
import { startHttpHost, type HttpHost } from '../../../src/main/host/http/server.ts';
import { connectHttp, type HttpClient } from '../../../src/renderer/client/http-client.ts';
import type { LibraryJobProgress } from '../../../src/shared/types.ts';
import { waitForJob } from '../../../src/shared/jobs.ts';
import { sine, writeWav } from '../../decode/make-audio.ts';
import { Serving } from './serving.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serve(options: { heartbeatMs?: number } = {}): Promise<Serving> {
  const serving = await Serving.start(options);
  open.push(serving);
  return serving;
}

async function connected(host: HttpHost, silenceMs?: number): Promise<HttpClient> {
  const client = await connectHttp({ origin: host.origin, key: host.token, ...(silenceMs ? { silenceMs } : {}) });
  open.push(client);
  await state(client, 'connected');
  return client;
}

function state(client: HttpClient, wanted: 'connected' | 'lost'): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.onState((now) => {
      if (now !== wanted) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** The engine's side alone, so that a test can send what it likes as fast as it likes. */
function eventSource(): { on: EngineHandle['on']; send: (event: string, payload: unknown) => void } {
  const events = new EventEmitter();
  return {
    on: (event, listener) => {
      events.on(event, listener);
      return () => void events.off(event, listener);
    },
    send: (event, payload) => void events.emit(event, payload),
  };
}

function progress(done: number, id = 1): LibraryJobProgress {
  return {
    id, kind: 'index', state: 'running', stage: 'analysing', done, total: null, failed: 0,
    audioSeconds: 0, elapsedSeconds: 0, realTimeFactor: null, etaSeconds: null, currentPath: 'x'.repeat(200),
  }; // prettier-ignore
}

test('two windows on one server see the whole of a job, in order, whichever of them began it, and may leave', async () => {
  const serving = await serve();
  for (let n = 0; n < 6; n++) writeWav(serving.at(`tone_${n}.wav`), [sine(1, 8000, 200 + 100 * n)], 8000);
  const windows = [await connected(serving.host), await connected(serving.host)];
  const sources = [serving.handle, ...windows.map(({ client }) => client)];
  const [direct, ...seen] = sources.map((source) => {
    const events: unknown[] = [];
    source.on('job.progress', (payload) => events.push({ ...payload })); // the engine keeps writing to its own
    source.on('catalogue.changed', (payload) => events.push(payload));
    return events;
  });
  const [first, second] = windows;
  const job = await first!.client.call('index.start', { folders: [serving.sounds] });
  const summary = await waitForJob(second!.client, job, 'index');
  expect(summary).toMatchObject({ files: 6, indexed: 6 });
  expect(direct!.at(-1)).toMatchObject({ state: 'done', done: 6 });
  expect(direct!.length).toBeGreaterThan(4);
  await expect.poll(() => seen).toEqual([direct, direct]);

  // A job continues when the window that began it and waits for it is closed.
  for (let n = 6; n < 10; n++) writeWav(serving.at(`tone_${n}.wav`), [sine(2, 8000, 200 + 100 * n)], 8000);
  const next = await first!.client.call('index.start', { folders: [serving.sounds] });
  const leave = new AbortController();
  const headers = { Authorization: `Bearer ${serving.host.token}`, 'Content-Type': 'application/json' };
  const url = `${serving.host.origin}/call/job.wait`;
  const wait = fetch(url, { method: 'POST', headers, body: String(next), signal: leave.signal });
  leave.abort();
  await expect(wait).rejects.toThrow(/abort/i);
  first!.close();
  expect(await waitForJob(second!.client, next, 'index')).toMatchObject({ indexed: 4, cancelled: false });
});

test('a slow client costs little: it gets the latest progress, every notice, and in order', async () => {
  const { on, send } = eventSource();
  const { host, stream } = await slowStream(on);
  const before = process.memoryUsage().rss;
  // 100 MB of progress that nobody reads.
  for (let n = 1; n <= 250_000; n++) {
    send('job.progress', progress(n));
    if (n % 50_000 === 0) send('engine.notice', { message: `notice ${n}` });
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  const messages = await readUntil(stream, ({ payload }) => payload.message === 'notice 250000');
  expect(messages.length).toBeLessThan(10_000);
  const notices = messages.filter(({ event }) => event === 'engine.notice').map(({ payload }) => payload.message);
  expect(notices).toEqual([50_000, 100_000, 150_000, 200_000, 250_000].map((n) => `notice ${n}`));
  const done = messages.filter(({ event }) => event === 'job.progress').map(({ payload }) => payload.done);
  expect(done).toEqual(done.toSorted((a, b) => a! - b!));
  await host.close();
});

test('a client that takes nothing at all is cut off, and comes again', async () => {
  const { on, send } = eventSource();
  const { host, stream } = await slowStream(on);
  const ended = new Promise((resolve) => stream.once('error', resolve).once('close', resolve));
  const fileIds = Array.from({ length: 20_000 }, (_, n) => n);
  for (let n = 0; n < 200; n++) send('catalogue.changed', { fileIds });
  stream.resume();
  await ended;
  const again = await connected(host);
  const notice = new Promise<string>(
    (resolve) => void again.client.on('engine.notice', ({ message }) => resolve(message)),
  );
  send('engine.notice', { message: 'still here' });
  expect(await notice).toBe('still here');
  again.close();
  await host.close();
});

test('the client notices a lost connection, reports it, and reconnects', async () => {
  const serving = await serve();
  const client = await connected(serving.host);
  const states: string[] = [];
  client.onState((now) => states.push(now));
  const { port, token } = serving.host;
  await serving.host.close();
  await expect.poll(() => states).toEqual(['connected', 'lost']);
  await expect(client.client.call('status.get', null)).rejects.toMatchObject({ code: 'engine-broken' });
  // The same port, and another key: this window does not belong to it and stops trying.
  const { handle } = serving;
  serving.host = await startHttpHost({ handle, windowFolder: serving.folder, port });
  expect(serving.host.token).not.toBe(token);
  await expect.poll(async () => client.client.call('status.get', null).catch((error: unknown) => error)).toMatchObject({ code: 'signed-out' }); // prettier-ignore
  await expect.poll(() => states).toEqual(['connected', 'lost', 'signed-out']); // which the page says
});

test('a connected client receives all events from then on, also before its first call', async () => {
  const { on, send } = eventSource();
  const serving = await serve();
  const host = await startHttpHost({ handle: { ...serving.handle, on }, windowFolder: serving.folder }); // prettier-ignore
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { client, close } = await connectHttp({ origin: host.origin, key: host.token });
    const marked = new Promise<number[]>((resolve) => void client.on('file.marked', ({ fileIds }) => resolve(fileIds)));
    send('file.marked', { fileIds: [attempt] });
    expect(await marked).toEqual([attempt]);
    close();
  }
  await host.close();
});

test('silence is a lost connection; signs of life are not silence', async () => {
  const quiet = await serve({ heartbeatMs: 60_000 });
  const doubting = await connected(quiet.host, 300);
  const states: string[] = [];
  doubting.onState((now) => states.push(now));
  await expect.poll(() => states.slice(0, 3)).toEqual(['connected', 'lost', 'connected']); // and so on
  const lively = await serve({ heartbeatMs: 100 });
  const trusting = await connected(lively.host, 2000);
  const other: string[] = [];
  trusting.onState((now) => other.push(now));
  // As patient with a server that says nothing: by the time that this one is lost, the other would be as well.
  const asPatient = await connected(quiet.host, 2000);
  await state(asPatient, 'lost');
  expect(other).toEqual(['connected']);
});

test('the server closes while clients receive events, call and play', async () => {
  const serving = await Serving.start();
  writeWav(serving.at('long.wav'), [sine(100, 44_100, 100)], 44_100);
  await serving.index();
  const client = await connected(serving.host);
  const playing = await serving.get(`/audio/${serving.fileId('long.wav')}`); // and nobody reads it
  await serving.close(); // waits for none of them: that would be for ever
  await expect(playing.arrayBuffer()).rejects.toThrow();
  await state(client, 'lost');
});

interface Message {
  event: string;
  payload: { done?: number; message?: string };
}

/** A server of events alone, and a client of it that has not read anything yet. */
async function slowStream(on: EngineHandle['on']): Promise<{ host: HttpHost; stream: IncomingMessage }> {
  const serving = await serve();
  const host = await startHttpHost({ handle: { ...serving.handle, on }, windowFolder: serving.folder }); // prettier-ignore
  const headers = { Authorization: `Bearer ${host.token}` };
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${host.origin}/events`, { headers }, resolve).on('error', reject).end();
  });
  stream.pause();
  return { host, stream };
}

async function readUntil(stream: IncomingMessage, isLast: (message: Message) => boolean): Promise<Message[]> {
  const messages: Message[] = [];
  let pending = '';
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    pending += chunk;
    const parts = pending.split('\n\n');
    pending = parts.pop()!;
    for (const part of parts) {
      if (!part.startsWith('data: ')) continue;
      messages.push(JSON.parse(part.slice(6)) as Message);
      if (isLast(messages.at(-1)!)) return messages;
    }
  }
  throw new Error(`the stream ended after ${messages.length} messages`);
}
