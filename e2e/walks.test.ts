/** Both walks from a search to a piece in a folder, over the program itself with the shipped model. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectHttp } from '../src/renderer/client/http-client.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';
import { until } from '../test/kit/until.ts';
import { picture, violations } from './accessible.ts';
import { layoutFaults } from './geometry.ts';
import { writeLongTake, type LongTake } from './long-take.ts';
import { launchBrowser, openServed, whatIsMissing, type Window } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { hiss } from './tone.ts';
import { walkByKeys, walkByPointer, type Walked, type WalkStep } from './walks.ts';

const missing = whatIsMissing();
const NAME = 'garden take 3.wav';

describe.skipIf(missing !== null)('from a search to a piece of a long take in a folder', () => {
  const home = temporaryFolder('earmark-walks');
  const take = join(home, 'Takes', NAME);
  let bark: LongTake;
  let served: ServedEarmark;
  let browser: Browser;
  let http: Awaited<ReturnType<typeof connectHttp>>;
  let opened: Window;

  beforeAll(async () => {
    mkdirSync(join(home, 'Takes'));
    bark = writeLongTake(take, 360, 180);
    writeFileSync(join(home, 'Takes', 'waves.wav'), hiss(20, 3));
    vi.stubEnv('HOME', home); // where folders are browsed from
    [served, browser] = await Promise.all([serveEarmark([join(home, 'Takes')], { model: null }), launchBrowser()]);
    const { origin, hash } = new URL(served.url);
    http = await connectHttp({ origin, key: hash.slice(1) });
    const isOver = async () => (await http.client.call('status.get', null)).lastJob?.state === 'done';
    await until('all files are analysed', isOver);
  });
  beforeEach(async () => {
    await http.client.call('setting.set', { levelMatch: false });
    opened = await openServed(browser, served.url);
  });
  afterEach(async () => {
    await opened.page.context().close();
    expect(opened.complaints).toEqual([]);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    http.close();
    await browser.close();
    await served.end();
  });

  /** Made anew, for a second try. */
  function folderFor(walk: string): string {
    const folder = join(home, 'Session', walk);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  /** Nothing is out of place at any step, at any size; a picture where they are wanted. */
  const look = (page: Page, walk: string) => async (step: WalkStep) => {
    await picture(page, `walk-${walk}-${step}`);
    if (step === 'trimmed') {
      expect(await layoutFaults(page)).toEqual([]);
      expect(await violations(page)).toEqual([]);
    }
  };

  /** The file in the folder holds the very samples between the edges, and they are the bark. */
  function expectThePiece(folder: string, { startSample, endSample, level }: Walked): void {
    const [piece, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    const samplesOf = (bytes: Buffer) => bytes.subarray(bytes.indexOf('data') + 8);
    const samples = samplesOf(readFileSync(take)).subarray(2 * startSample, 2 * endSample);
    const cut = samplesOf(readFileSync(join(folder, piece!)));
    expect(cut.subarray(0, samples.length).equals(samples)).toBe(true);
    expect(cut.length - samples.length).toBeLessThan(2); // nothing but a byte of padding
    expect(startSample / bark.sampleRate).toBeGreaterThan(bark.startSeconds - 0.25);
    expect(startSample / bark.sampleRate).toBeLessThan(bark.startSeconds + 0.25);
    // The barks of the match: of the five, those that the model tells apart from what is around once it is refined.
    expect((endSample - startSample) / bark.sampleRate).toBeGreaterThan(0.15);
    expect(endSample / bark.sampleRate).toBeLessThan(bark.endSeconds + 0.25);
    expect(level).toMatch(/^[+−]\d+\.\d dB, plays at −\d+\.\d LUFS/);
  }

  test('by keys alone', async () => {
    const { page } = opened;
    const folder = folderFor('by keys');
    expectThePiece(folder, await walkByKeys({ page, name: NAME, folder, look: look(page, 'keys') }));
  });

  test('by the pointer', async () => {
    const { page } = opened;
    const folder = folderFor('by pointer');
    expectThePiece(folder, await walkByPointer({ page, name: NAME, folder, look: look(page, 'pointer') }));
  });
});
