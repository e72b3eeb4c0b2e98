/** The same in a real browser: the key, playing and seeking, the policy, and pages that have no business here. */
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { wavHeader } from '../../../src/main/decode/wav-header.ts';
import { encode, sine, writeWav } from '../../decode/make-audio.ts';
import { skipFor } from '../../faults/trial.ts';
import { Serving } from './serving.ts';

const CHROMIUM = process.env['EARMARK_CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore
const MISSING = existsSync(CHROMIUM)
  ? null
  : `there is no ${CHROMIUM}; install Chromium or name one in EARMARK_CHROMIUM`;

/** The window's own client, where the page finds it. */
const CLIENT = fileURLToPath(new URL('../../../src/renderer/client/http-client.ts', import.meta.url));
const PAGE = {
  'index.html':
    '<!doctype html><title>test</title><link rel="icon" href="data:,"><script type="module" src="main.js"></script>',
  'main.js': `
    import { connectHttp } from './http-client.js';
    const key = location.hash.slice(1) || sessionStorage.getItem('key');
    const http = await connectHttp({ origin: location.origin, key }).catch(({ code }) => ({ code }));
    if (http.token) sessionStorage.setItem('key', http.token);
    window.http = http;
    window.received = [];
    http.client?.on('job.progress', (progress) => window.received.push(progress.state));
    window.ready = true;`,
};

describe.skipIf(skipFor(MISSING, 'the server in a browser'))('in a browser', () => {
  let serving: Serving;
  let browser: Browser;
  let otherPage: Server;
  /** Headers of everything that other servers on 127.0.0.1 were asked. */
  const askedOfOthers: IncomingHttpHeaders[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    const [built] = (await build({
      configFile: false,
      logLevel: 'silent',
      build: { write: false, minify: false, lib: { entry: CLIENT, formats: ['es'] } },
    })) as Rolldown.RolldownOutput[];
    serving = await Serving.start({ window: { ...PAGE, 'http-client.js': built!.output[0].code } });
    const stereo = [sine(4, 44_100, 440), sine(4, 44_100, 660)];
    writeWav(serving.at('plain.wav'), stereo, 44_100);
    writeWav(serving.at('doubles.wav'), stereo, 44_100, 'f64');
    encode(serving.at('tone.aiff'), stereo, 44_100, { muxer: 'aiff', encoder: 'pcm_s24be' });
    encode(serving.at('tone.ogg'), stereo, 44_100, { muxer: 'ogg', encoder: 'libvorbis' });
    putLongSilence(serving.at('long.wav'));
    await serving.index();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    otherPage = createServer((request, response) => {
      askedOfOthers.push(request.headers);
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>another page</title>');
    });
    await new Promise<void>((resolve) => otherPage.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    otherPage.close();
    await browser.close();
    await serving.close();
  });

  async function open(address: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(address);
    return page;
  }

  /** Not `waitForFunction`: that one evaluates strings in the page, which the policy forbids. */
  async function ready(page: Page): Promise<void> {
    await expect.poll(() => page.evaluate('window.ready')).toBe(true);
  }

  async function openWindow(address: string): Promise<Page> {
    const page = await open(address);
    await ready(page);
    return page;
  }

  test('a one-time key: calls and events work, also after a reload; no key, no session', async () => {
    const page = await openWindow(serving.host.oneTimeUrl());
    const status = await page.evaluate("window.http.client.call('status.get', null)");
    expect(status).toMatchObject({ files: 5, ready: 5 });
    await page.evaluate(`window.http.client.call('index.start', ${JSON.stringify({ folders: [serving.sounds] })})`);
    await expect.poll(() => page.evaluate('window.received.at(-1)')).toBe('done');
    await page.goto(serving.host.origin); // without the key, as the window leaves its address
    await page.reload();
    await ready(page);
    expect(await page.evaluate("window.http.client.call('status.get', null)")).toMatchObject({ files: 5 });
    const stranger = await openWindow(serving.host.origin);
    expect(await stranger.evaluate('window.http.code')).toBe('signed-out');
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]); // the stranger's
  });

  test.each(['plain.wav', 'doubles.wav', 'tone.aiff', 'tone.ogg'])('%s plays, and jumps', async (name) => {
    const page = await openWindow(serving.host.url);
    const played = await page.evaluate(`(async () => {
      const audio = new Audio(window.http.audioUrl(${serving.fileId(name)}));
      const once = (event) => new Promise((resolve, reject) => {
        audio.addEventListener(event, resolve, { once: true });
        audio.addEventListener('error', () => reject(new Error(audio.error.message)), { once: true });
      });
      audio.muted = true;
      await Promise.all([once('canplay'), audio.load()]);
      const jumped = once('seeked');
      audio.currentTime = 3;
      await jumped;
      const ended = once('ended');
      await audio.play();
      await ended;
      return { seconds: audio.duration, at: audio.currentTime };
    })()`);
    expect(played).toEqual({ seconds: expect.closeTo(4, 1) as number, at: expect.closeTo(4, 1) as number });
    expect(complaints).toEqual([]);
  });

  test('audio elements that stopped loading do not block calls', async () => {
    const page = await openWindow(serving.host.url);
    const answered = await page.evaluate(`(async () => {
      // More than a browser opens connections to one host.
      const waiting = Array.from({ length: 10 }, (_, n) => new Promise((resolve) => {
        const audio = new Audio(window.http.audioUrl(${serving.fileId('long.wav')}) + '&n=' + n); // each its own sound to the browser
        audio.preload = 'auto';
        audio.addEventListener('canplay', resolve, { once: true });
        audio.load();
      }));
      await Promise.race([Promise.all(waiting), new Promise((resolve) => setTimeout(resolve, 5000))]);
      await window.http.client.call('status.get', null); // otherwise for as long as the sounds stand still
      return true;
    })()`);
    expect(answered).toBe(true);
  });

  test('a page from another port can neither call, nor receive events, nor embed the window', async () => {
    const own = await openWindow(serving.host.url);
    const audioUrl = String(await own.evaluate(`window.http.audioUrl(${serving.fileId('plain.wav')})`));
    const { port } = otherPage.address() as AddressInfo;
    const context = browser.contexts().at(-1)!;
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const outcome = await page.evaluate(`(async () => {
      const { origin, token } = ${JSON.stringify(serving.host)};
      const tried = (work) => work.then(() => 'worked', () => 'refused');
      const media = (element, event, source) => tried(new Promise((resolve, reject) => {
        element.addEventListener(event, resolve);
        element.addEventListener('error', reject);
        element.src = source;
        document.body.append(element);
      }));
      return {
        call: await tried(fetch(origin + '/call/status.get', { method: 'POST', credentials: 'include', headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' }, body: 'null' })),
        simpleCall: await tried(fetch(origin + '/call/status.get', { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'text/plain' }, body: 'null' })),
        events: await tried(fetch(origin + '/events', { credentials: 'include' })),
        audio: await media(new Audio(), 'canplay', '${audioUrl}'),
        script: await media(document.createElement('script'), 'load', origin + '/main.js'),
      };
    })()`);
    expect(outcome).toEqual({ call: 'refused', simpleCall: 'refused', events: 'refused', audio: 'refused', script: 'refused' }); // prettier-ignore
    // Another server on this host, in the browser that has the window open, is shown nothing of it.
    expect(await context.cookies()).toEqual([]);
    expect(askedOfOthers.length).toBeGreaterThan(0);
    for (const headers of askedOfOthers) expect(Object.keys(headers)).not.toContain('cookie');
    expect(JSON.stringify(askedOfOthers)).not.toContain(serving.host.token);
  });

  test('a link out of the window tells the other server nothing', async () => {
    const page = await openWindow(serving.host.url);
    const { port } = otherPage.address() as AddressInfo;
    askedOfOthers.length = 0;
    await page.evaluate(`void (location.href = 'http://127.0.0.1:${port}/')`);
    await expect.poll(() => page.title()).toBe('another page');
    expect(askedOfOthers.length).toBeGreaterThan(0);
    for (const headers of askedOfOthers) {
      expect(headers.referer ?? '').not.toContain(serving.host.origin);
      expect(headers).not.toHaveProperty('cookie');
      expect(JSON.stringify(headers)).not.toContain(serving.host.token);
    }
  });
});

/** A hole on the disk that reads as five minutes of stereo: more than any browser takes in advance. */
function putLongSilence(path: string): void {
  const bytes = 300 * 44_100 * 4;
  const head = wavHeader({ sampleRate: 44_100, channels: 2, bitsPerSample: 16 }, bytes / 4);
  writeFileSync(path, head);
  truncateSync(path, head.length + bytes);
}
