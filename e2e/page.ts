/** The built window in a real browser, served under the policy that the hosts serve it under. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { tone } from './tone.ts';
import type { FakeOptions } from '../test/renderer/fake-client.ts';
import { CONTENT_SECURITY_POLICY } from '../src/main/host/http/replies.ts';

const ROOT = join(import.meta.dirname, '..');
const RENDERER = join(ROOT, 'dist/renderer');
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/**
 * `EARMARK_E2E_SLOW=6 npm run e2e` shows races: pages compute six times slower (Chromium throttles their CPU) and
 * every answer takes its time, that of the engine that is not there as well. Without it all is as quick as it can be.
 */
const SLOW = Number(process.env['EARMARK_E2E_SLOW'] ?? 1);
const ANSWER_MS = 15;
const SLOW_ANSWER_MS = 150;
/** Long enough for a machine that is busy with other things; what does not come fails after this. */
export const WAIT_MS = 150_000;
const ARGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required';

/** Why these tests cannot run here, in a line; null when they can. */
export function whatIsMissing(): string | null {
  if (!existsSync(join(RENDERER, 'index.html'))) return 'The window is not built: npm run build:renderer';
  if (existsSync(CHROMIUM)) return null;
  return `No Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM to where it is.`;
}

/** A browser without a page. @param more arguments of Chromium */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGS.split(' '), ...more] });
}

export interface Window {
  page: Page;
  /** What the console said that it should not have: errors, warnings, breaches of the policy. */
  complaints: string[];
}

/** An empty page in a context of its own, which goes when the page is closed or the context is; slow where tests are to be. */
export async function openPage(browser: Browser, viewport = { width: 1280, height: 800 }): Promise<Window> {
  const page = await browser.newPage({ viewport, colorScheme: 'dark' });
  page.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Chromium's own remarks on how fast its software graphics are say nothing about the page.
    const driver = /GL Driver Message|GPU stall/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !driver) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  if (SLOW > 1) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOW });
    const unlimited = { downloadThroughput: -1, uploadThroughput: -1 };
    await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: SLOW_ANSWER_MS, ...unlimited });
  }
  return { page, complaints };
}

/** A page with the window of a program that serves it. @param url with its key */
export async function openServed(browser: Browser, url: string): Promise<Window> {
  const opened = await openPage(browser);
  await opened.page.goto(url);
  await opened.page.waitForSelector('nav');
  return opened;
}

/** Until nothing moves: colours in the middle of a transition have no fixed contrast. What never ends is not waited for. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (;;) {
      // One frame to notice what has changed, one to begin what moves because of it.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const moving = document
        .getAnimations()
        .filter(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity);
      if (moving.length === 0) return;
      await Promise.allSettled(moving.map(({ finished }) => finished));
    }
  });
}

export interface Stage {
  browser: Browser;
  open(options: Partial<FakeOptions> & { width?: number; height?: number; hash?: string }): Promise<Window>;
  close(): Promise<void>;
}

/** @param bridge the script that `setup.ts` has built */
export async function openStage(bridge: string): Promise<Stage> {
  const { server, origin } = await serve();
  const browser = await launchBrowser();
  return {
    browser,
    async open({ width = 1280, height = 800, hash = '', ...options }) {
      const { page, complaints } = await openPage(browser, { width, height });
      const answerMs = SLOW > 1 ? SLOW_ANSWER_MS : ANSWER_MS;
      const fakeOptions: FakeOptions = { size: 400, answerMs, appearance: 'dark', ...options };
      await page.addInitScript(`window.fakeOptions = ${JSON.stringify(fakeOptions)};\n${bridge}`);
      await page.goto(`${origin}/${hash}`);
      await page.waitForSelector('nav');
      return { page, complaints };
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

async function serve(): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const send = (status: number, type: string, body: Uint8Array | string) => {
      response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': CONTENT_SECURITY_POLICY });
      response.end(body);
    };
    if (path.startsWith('/audio/')) {
      send(200, 'audio/wav', tone(200 + (Number(path.split('/').at(-1)) % 40) * 10));
      return;
    }
    const file = join(RENDERER, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (body) => send(200, TYPES[extname(file)] ?? 'application/octet-stream', body),
      () => send(404, 'text/plain', 'not found'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
