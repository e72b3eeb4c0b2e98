/** A model is fetched, moved to and removed over the program itself, from a publisher on this machine. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Publisher, sha256, tagOf } from '../test/models/download/publisher.ts';
import { violations } from './accessible.ts';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { serveEarmark, TINY_PACK, type ServedEarmark } from './serving.ts';
import { tone } from './tone.ts';

const missing = whatIsMissing();
const SOUNDS = 6;
/** In the second model's folder and nothing to it, but large enough to be seen on its way. */
const LARGE = { path: 'large.bin', bytes: 4_000_000 };

describe.skipIf(missing !== null)('models over earmark serve', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-models-'));
  const publisher = new Publisher();
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    await publisher.start();
    vi.stubEnv('NO_PROXY', '127.0.0.1'); // nothing between the program and the publisher
    vi.stubEnv('EARMARK_KNOWN_MODELS', publishSecond(publisher, folder));
    const sounds = join(folder, 'Sounds');
    mkdirSync(sounds);
    for (let number = 1; number <= SOUNDS; number++) writeFileSync(join(sounds, `${number}.wav`), tone(150 * number));
    served = await serveEarmark([sounds], { folder });
    browser = await launchBrowser();
    ({ page, complaints } = await openPage(browser));
    await page.goto(served.url);
    await page.waitForSelector('nav');
  });
  afterAll(async () => {
    await browser.close();
    await served.end();
    await publisher.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const card = (name: string) =>
    page.getByRole('list', { name: 'Models on this machine' }).getByRole('listitem', { name });
  const second = () =>
    page.getByRole('region', { name: 'Models that can be fetched' }).getByRole('listitem', { name: 'Second, tiny' });

  test('fetched from a mirror after its licence is accepted; stopped, and gone on with', async () => {
    await go('Library');
    await says(`${SOUNDS} sounds in 1 folder, all of them heard`);
    await go('Settings');
    const mirror = page.getByRole('textbox', { name: 'Where models are fetched from' });
    await mirror.fill(publisher.address);
    await mirror.press('Enter');
    await says(`Models come from ${publisher.address}.`);
    expect(publisher.asked).toEqual([]);
    await go('Models');
    // Half of it comes, and then nothing for a while.
    publisher.next(`/second/${LARGE.path}`, (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      response.write(content.subarray(0, content.length / 2));
    });
    await second()
      .getByRole('button', { name: /^Fetch/ })
      .click();
    await page.getByLabel('I have read the licence and accept it').check();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Fetch/ })
      .click();
    await second()
      .getByText(/^2\.0 of 4\.\d MB/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await second()
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await second()
      .getByText(/^2\.0 of 4\.\d MB are here already\.$/)
      .first()
      .waitFor();
    await second()
      .getByRole('button', { name: /^Go on/ })
      .click();
    await says('Second, tiny is installed. Check it, then take it into use.');
    await second().getByText('Installed').waitFor();
    const [, again] = publisher.askedFor(`/second/${LARGE.path}`);
    expect(again!.headers.range).toBe(`bytes=${LARGE.bytes / 2}-`);
  });

  test('the library moves to it; what the old one heard is kept until it is to be forgotten', async () => {
    await card('Second, tiny').getByRole('button', { name: 'Use this one' }).click();
    await says('“Second, tiny” has listened to everything and is in use now.');
    await card('Second, tiny').getByText('in use', { exact: true }).waitFor();
    await says(`It has heard all ${SOUNDS} sounds of the library.`);
    // The one before was never installed here: only what it heard is left.
    const old = card('tiny').filter({ hasText: 'is not installed any more' });
    await old.getByText(new RegExp(`^Heard ${SOUNDS} sounds \\(.* of the catalogue\\)\\.$`)).waitFor();
    expect(await violations(page)).toEqual([]);
    await old.getByRole('button', { name: 'Forget what it heard…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click();
    await says('What tiny heard is forgotten.');
    await old.waitFor({ state: 'detached' });
  });

  test('removed once another one is in use, and what it heard with it', async () => {
    await card('Earmark Starter').getByRole('button', { name: 'Use this one' }).click();
    await card('Earmark Starter').getByText('in use', { exact: true }).waitFor();
    await card('Second, tiny').getByRole('button', { name: 'Remove…' }).click();
    await page.getByLabel(`Also forget what it heard: ${SOUNDS} sounds`).check();
    await page.getByRole('button', { name: 'Remove both' }).click();
    await says('Second, tiny is removed.');
    await card('Second, tiny').waitFor({ state: 'detached' });
    await second()
      .getByRole('button', { name: /^Fetch/ })
      .waitFor();
    await says(`It has heard all ${SOUNDS} sounds of the library.`);
    expect(complaints).toEqual([]);
  });
});

/** The tests' tiny pack under another name, with something large beside it. @returns path of the list that knows it */
function publishSecond({ files }: Publisher, folder: string): string {
  const description = JSON.parse(readFileSync(join(TINY_PACK, 'model.json'), 'utf8')) as object;
  const named = { ...description, id: 'second', name: 'Second, tiny' };
  const contents: [path: string, content: Buffer][] = [
    ['model.json', Buffer.from(JSON.stringify(named))],
    ...['tokenizer.json', 'text.onnx', 'audio.onnx'].map((name): [string, Buffer] => [
      name,
      readFileSync(join(TINY_PACK, name)),
    ]),
    [LARGE.path, Buffer.alloc(LARGE.bytes, 7)],
  ];
  const listed = contents.map(([path, content]) => {
    files.set(`/second/${path}`, content);
    return { url: `https://models.invalid/second/${path}`, path, bytes: content.length, sha256: sha256(content) };
  });
  const model = {
    ...{ id: 'second', name: 'Second, tiny', goodFor: 'Nothing but tests.', files: listed },
    ...{ license: 'MIT', licenseUrl: 'https://models.invalid/mit', page: 'https://models.invalid/second' },
  };
  const list = join(folder, 'known.json');
  writeFileSync(list, JSON.stringify({ models: [model] }));
  return list;
}
