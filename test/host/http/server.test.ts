/** One server for all questions that leave it as it was. */
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispatch } from '../../../src/main/host/dispatch.ts';
import { signAudioAddress } from '../../../src/shared/audio-address.ts';
import { connectHttp } from '../../../src/renderer/client/http-client.ts';
import type { CallName } from '../../../src/shared/contract.ts';
import { sine, writeWav } from '../../decode/make-audio.ts';
import { raw, Serving } from './serving.ts';

const SECRET = 'not for the window';
let serving: Serving;
let host: string;

beforeAll(async () => {
  serving = await Serving.start({
    window: { 'index.html': '<!doctype html><p>window', 'assets/app-Dx3f9a0b.js': 'export {};', 'a b.css': 'p {}' },
  });
  writeFileSync(`${serving.folder}/secret.txt`, SECRET);
  writeWav(serving.at('low_hum.wav'), [sine(1, 8000, 110)], 8000);
  writeWav(serving.at('high_whistle.wav'), [sine(1.5, 8000, 2000)], 8000);
  writeFileSync(serving.at('broken.wav'), 'no sound at all');
  await serving.index();
  host = `127.0.0.1:${serving.host.port}`;
});
afterAll(() => serving.close());

describe('calls answer over HTTP as they do directly', () => {
  const cases: [CallName | 'no.call', unknown][] = [
    ['status.get', null],
    ['model.list', null],
    ['failure.list', null],
    ['search.query', { text: 'whistle', includeUnlikely: true, limit: 5 }],
    ['search.query', { text: 'hum', filters: { channels: 1, maxSeconds: 1.2 } }],
    ['search.query', { text: 7 }],
    ['search.query', { text: 'x', surprise: true }],
    ['embed.texts', { texts: ['a “dog” barks – 犬'], raw: false }],
    ['job.wait', 999],
    ['job.cancel', 'x'],
    ['status.get', {}],
  ];
  test.each(cases)('%s %j', async (name, input) => {
    const response = await serving.post(`/call/${name}`, JSON.stringify(input));
    const direct = await dispatch(serving.handle.engine, name as CallName, input);
    expect(response.status).toBe(200);
    expect(withoutStacks(await response.json())).toEqual(withoutStacks(JSON.parse(JSON.stringify(direct))));
  });

  test('the window’s client gives values and throws errors as the engine does', async () => {
    const { client, close } = await connectHttp({ origin: serving.host.origin, key: serving.host.token });
    try {
      const result = await client.call('search.query', { text: 'whistle', includeUnlikely: true });
      expect(result.hits.map(({ path }) => path)).toContain(serving.at('high_whistle.wav'));
      await expect(client.call('job.wait', 999)).rejects.toMatchObject({ code: 'not-found' });
      await expect(client.call('search.query', { limit: 0 })).rejects.toMatchObject({ code: 'bad-input' });
    } finally {
      close();
    }
  });
});

describe('who may call', () => {
  const call = (headers: Record<string, string>) => serving.post('/call/status.get', 'null', headers);

  test.each([
    ['no token', { Authorization: '' }],
    ['another token', { Authorization: `Bearer ${'A'.repeat(43)}` }],
    ['half of the token', { Authorization: 'Bearer HALF' }],
    ['the token under another scheme', { Authorization: 'Basic TOKEN' }],
  ])('%s: 401 with a message', async (_, { Authorization }) => {
    const { token } = serving.host;
    const value = Authorization.replace('HALF', token.slice(0, 20)).replace('TOKEN', token);
    await expectRefused(await call({ Authorization: value }), 401, 'signed-out');
  });

  test.each([
    ['another page', { Origin: 'https://evil.example' }],
    ['a page of another port', { 'Sec-Fetch-Site': 'same-site' }],
    ['a file', { Origin: 'null' }],
  ])('%s, though it has the token: 403', async (_, headers) => {
    await expectRefused(await call(headers), 403, 'refused');
  });

  test('a name pointed here by someone else: 403, for the page too', async () => {
    for (const path of ['/', '/call/status.get', '/session', '/events', '/audio/1']) {
      const { status, headers } = await raw(serving.host.port, `GET ${path} HTTP/1.1\r\nHost: evil.example`);
      expect(status, path).toBe(403);
      expect(headers).toMatch(/^Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/m);
    }
  });

  test('a session sets nothing that travels by itself, and events take the token alone', async () => {
    const session = await serving.post('/session', '');
    expect(await session.json()).toEqual({ ok: true, value: { token: serving.host.token } });
    expect(session.headers.getSetCookie()).toEqual([]);
    const cookie = `earmark-${serving.host.port}=${serving.host.token}`;
    const withCookie = { Authorization: '', Cookie: cookie };
    await expectRefused(await call(withCookie), 401, 'signed-out');
    await expectRefused(await serving.get('/events', withCookie), 401, 'signed-out');
    await expectRefused(await serving.get(`/events?token=${serving.host.token}`, withCookie), 401, 'signed-out');
    await expectRefused(await serving.get(`/audio/${serving.fileId('low_hum.wav')}`, withCookie), 401, 'signed-out');
  });

  test('a signed address plays one file, in parts too, until it expires, and opens nothing else', async () => {
    const { client, audioUrl, hasExpired, close } = await connectHttp({ origin: serving.host.origin, key: serving.host.token }); // prettier-ignore
    await client.call('status.get', null);
    close();
    const fileId = serving.fileId('low_hum.wav');
    const url = audioUrl(fileId);
    expect(url).not.toContain(serving.host.token);
    expect(hasExpired(url)).toBe(false);
    const part = await fetch(url, { headers: { Range: 'bytes=44-47' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, expect.stringMatching(/^bytes 44-47\//)]);
    expect((await part.arrayBuffer()).byteLength).toBe(4);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(audioUrl(fileId, true))).status).toBe(200);

    const other = serving.fileId('high_whistle.wav');
    const query = url.split('?')[1]!;
    const untilMs = Number(new URLSearchParams(query).get('until'));
    for (const [what, forged] of [
      ['another file', url.replace(`/audio/${fileId}?`, `/audio/${other}?`)],
      ['another form of it', url.replace('?', '?as=wav&')],
      ['a later end', url.replace(String(untilMs), String(untilMs + 1))],
      ['half of the signature', url.slice(0, -32)],
      ['no signature', url.replace(/&signature.*/, '')],
      ['no end', url.replace(/until=\d+&/, '')],
      ['a session', url.replace(`/audio/${fileId}`, '/session')],
      ['events', url.replace(`/audio/${fileId}`, '/events')],
    ] as const) {
      const method = what === 'a session' ? 'POST' : 'GET';
      await expectRefused(await fetch(forged, { method }), 401, 'signed-out');
    }
    const past = { fileId, asWav: false, untilMs: Date.now() - 1 };
    const old = `${serving.host.origin}/audio/${fileId}?until=${past.untilMs}&signature=${signAudioAddress(serving.host.token, past)}`;
    expect(hasExpired(old)).toBe(true);
    await expectRefused(await fetch(old), 401, 'expired');
  });

  test.each([
    'Host: evil.example',
    'Host: SAME',
    'Origin: https://evil.example',
    'Sec-Fetch-Site: none',
    'Authorization: Bearer x',
  ])('a second header that decides: %s', async (line) => {
    const first = { Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' };
    const head = requestHead('/call/status.get', 4, { 'Content-Type': 'application/json', ...first });
    expect((await raw(serving.host.port, head, 'null')).status).toBe(200);
    for (const both of [
      `${head}\r\n${line.replace('SAME', host)}`,
      head.replace('\r\n', `\r\n${line.replace('SAME', host)}\r\n`),
    ]) {
      const { status, body } = await raw(serving.host.port, both, 'null');
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ ok: false, error: { code: 'refused' } });
    }
  });

  test('a one-time key opens one session, and nothing else', async () => {
    const key = serving.host.oneTimeUrl().split('#')[1]!;
    await expectRefused(await call({ Authorization: `Bearer ${key}` }), 401, 'signed-out');
    const { token, close } = await connectHttp({ origin: serving.host.origin, key });
    close();
    expect(token).toBe(serving.host.token);
    await expect(connectHttp({ origin: serving.host.origin, key })).rejects.toMatchObject({ code: 'signed-out' });
  });
});

describe('bodies', () => {
  test.each([
    ['not JSON', '{"text":', {}, 400],
    ['not UTF-8', '"\u00ff"', {}, 400],
    ['another type, as forms of other pages have', 'null', { 'Content-Type': 'text/plain' }, 415],
    ['of 1 MiB and a byte', ' '.repeat(2 ** 20 - 3) + 'null', {}, 413],
  ])('%s', async (_, body, headers, status) => {
    const answer = await raw(
      serving.host.port,
      requestHead('/call/status.get', body.length, { 'Content-Type': 'application/json', ...headers }),
      body,
    );
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  });

  test('of 1 MiB exactly is read', async () => {
    const response = await serving.post('/call/status.get', ' '.repeat(2 ** 20 - 4) + 'null');
    expect(await response.json()).toMatchObject({ ok: true });
  });

  test('without a length and without an end: 413 as soon as it is too much', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { Authorization: `Bearer ${serving.host.token}`, 'Content-Type': 'application/json' };
      const asking = request(`${serving.host.origin}/call/status.get`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode ?? 0);
        asking.destroy();
      });
      asking.on('error', reject);
      const chunk = Buffer.alloc(64 * 1024, ' ');
      for (let n = 0; n <= 17; n++) asking.write(chunk);
    });
    expect(status).toBe(413);
  });
});

describe('paths', () => {
  test.each([
    ['/call/no.call', 'POST', 404],
    ['/call/', 'POST', 404],
    ['/call/toString', 'POST', 404],
    ['/call/__proto__', 'POST', 404],
    ['/call/status.get', 'GET', 405],
    ['/session', 'GET', 405],
    ['/events', 'POST', 405],
    ['/audio/1', 'POST', 405],
    ['/', 'POST', 405],
    ['/', 'DELETE', 405],
    ['/nothing', 'GET', 404],
    ['/audio', 'GET', 404],
    ['/audio/', 'GET', 404],
    ['/audio/0', 'GET', 404],
    ['/audio/-1', 'GET', 404],
    ['/audio/1e3', 'GET', 404],
    ['/audio/999', 'GET', 404],
    ['/audio/999999999999999999999', 'GET', 404],
    ['/audio/1/../2', 'GET', 404],
    ['/audio/%31', 'GET', 404],
    ['/../secret.txt', 'GET', 404],
    ['/assets/../../secret.txt', 'GET', 404],
    ['/%2e%2e/secret.txt', 'GET', 404],
    ['/%2e%2e%2fsecret.txt', 'GET', 404],
    ['/..%5csecret.txt', 'GET', 404],
    ['/..\\secret.txt', 'GET', 404],
    ['//secret.txt', 'GET', 404],
    ['SECRET', 'GET', 404],
    ['/SECRET', 'GET', 404],
    ['/index.html%00', 'GET', 404],
    ['/assets', 'GET', 404],
    ['/assets/', 'GET', 404],
    ['/index.html/', 'GET', 404],
    ['http://127.0.0.1/index.html', 'GET', 404],
  ])('%s by %s: %i', async (written, method, expected) => {
    const path = written.replace('SECRET', `${serving.folder}/secret.txt`);
    const { status, headers, body } = await raw(serving.host.port, requestHead(path, 0, {}, method));
    expect(status).toBe(expected);
    expect(body).not.toContain(SECRET);
    expect(JSON.parse(body)).toMatchObject({
      ok: false,
      error: { userMessage: expect.stringMatching(/\.$/) as string },
    });
    if (expected === 405) expect(headers).toMatch(/^Allow: [A-Z, ]+$/m);
  });

  test('a zero byte does not get as far as that', async () => {
    const { status, body } = await raw(serving.host.port, requestHead('/\0/secret.txt', 0, {}, 'GET'));
    expect(status).toBe(400);
    expect(body).not.toContain(SECRET);
  });

  test('the window: types, policy, kept by hash', async () => {
    const page = await fetch(`${serving.host.origin}/`);
    expect(await page.text()).toBe('<!doctype html><p>window');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    for (const [name, value] of [
      ['x-content-type-options', 'nosniff'],
      ['referrer-policy', 'no-referrer'],
      ['cross-origin-resource-policy', 'same-origin'],
      ['cross-origin-opener-policy', 'same-origin'],
    ] as const) {
      expect(page.headers.get(name)).toBe(value);
    }
    const script = await fetch(`${serving.host.origin}/assets/app-Dx3f9a0b.js?v=1`);
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.headers.get('cache-control')).toContain('immutable');
    const again = await fetch(`${serving.host.origin}/`, { headers: { 'If-None-Match': page.headers.get('etag')! } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await fetch(`${serving.host.origin}/a%20b.css`)).status).toBe(200);
    const head = await fetch(`${serving.host.origin}/`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '24']);
  });
});

function requestHead(path: string, length: number, headers: Record<string, string> = {}, method = 'POST'): string {
  const all = { Host: host, Authorization: `Bearer ${serving.host.token}`, 'Content-Length': String(length), ...headers }; // prettier-ignore
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines].join('\r\n');
}

async function expectRefused(response: Response, status: number, code: string): Promise<void> {
  const body = (await response.json()) as { error: { userMessage: string } };
  expect(response.status).toBe(status);
  expect(body).toMatchObject({ ok: false, error: { code } });
  expect(body.error.userMessage).toMatch(/^[A-Z].*\.$/);
}

/** Stacks name the lines of whoever called. */
function withoutStacks(reply: unknown): unknown {
  const { error } = reply as { error?: { detail: string } };
  if (error) error.detail = error.detail.split('\n')[0]!;
  return reply;
}
