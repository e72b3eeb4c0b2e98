/** A model is fetched, moved to and removed over the program itself, from a publisher on this machine. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sha256 } from '../test/kit/sha256.ts';
import { Publisher, tagOf } from '../test/models/download/publisher.ts';
import { violations } from './accessible.ts';
import { launchBrowser, openServed, whatIsMissing } from './page.ts';
import { serveEarmark, TINY_PACK, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { tone } from './tone.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';

const missing = whatIsMissing();
const SOUNDS = 6;
/** In the second model's folder and nothing to it, but large enough to be seen on its way. */
const LARGE = { path: 'large.bin', bytes: 4_000_000 };

describe.skipIf(missing !== null)('models over earmark serve', () => {
  const folder = temporaryFolder('earmark-models');
  const publisher = new Publisher();
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await publisher.start();
    vi.stubEnv('NO_PROXY', '127.0.0.1'); // nothing between the program and the publisher
    vi.stubEnv('EARMARK_KNOWN_MODELS', publishSecond(publisher, folder));
    const sounds = join(folder, 'Sounds');
    mkdirSync(sounds);
    for (let number = 1; number <= SOUNDS; number++) writeFileSync(join(sounds, `${number}.wav`), tone(150 * number));
    served = await serveEarmark([sounds], { folder });
    browser = await launchBrowser();
  });
  useSharedPage(
    () => openServed(browser, served.url),
    (opened) => ({ page } = opened),
  );
  afterAll(async () => {
    await browser.close();
    await served.end();
    await publisher.stop();
    vi.unstubAllEnvs();
  });

  const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const card = (name: string) => page.getByRole('list', { name: 'Installed models' }).getByRole('listitem', { name });
  const second = () =>
    page.getByRole('region', { name: 'Available models' }).getByRole('listitem', { name: 'Second, tiny' });

  test('downloaded from a mirror after its licence is accepted; cancelled and resumed', async () => {
    await go('Library');
    await says(`${SOUNDS} files in 1 folder, all analysed`);
    await go('Settings');
    const mirror = page.getByRole('textbox', { name: 'Download source' });
    await mirror.fill(publisher.address);
    await mirror.press('Enter');
    await says(`Models are downloaded from ${publisher.address}.`);
    expect(publisher.asked).toEqual([]);
    await go('Models');
    // Half of it comes, and then nothing for a while.
    publisher.next(`/second/${LARGE.path}`, (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length, etag: tagOf(content) });
      response.write(content.subarray(0, content.length / 2));
    });
    await second()
      .getByRole('button', { name: /^Download/ })
      .click();
    await page.getByLabel('I have read the licence and accept it').check();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Download/ })
      .click();
    await second()
      .getByText(/^2\.0 of 4\.\d MB/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await second()
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await second()
      .getByText(/^2\.0 of 4\.\d MB already downloaded\.$/)
      .first()
      .waitFor();
    await second()
      .getByRole('button', { name: /^Resume/ })
      .click();
    await says('Second, tiny installed. Check it, then use it.');
    await second().getByText('Installed').waitFor();
    const [, again] = publisher.askedFor(`/second/${LARGE.path}`);
    expect(again!.headers.range).toBe(`bytes=${LARGE.bytes / 2}-`);
  });

  test('the library moves to it; the analysis of the old model is kept until it is deleted', async () => {
    await go('Models');
    await card('Second, tiny').getByRole('button', { name: 'Use this model' }).click();
    await says('“Second, tiny” has analysed all files and is now in use.');
    await card('Second, tiny').getByText('in use', { exact: true }).waitFor();
    await says(`All ${SOUNDS} files in the library analysed.`);
    // The one before was never installed here: only its analysis is left.
    const old = card('tiny').filter({ hasText: 'is no longer installed' });
    await old.getByText(new RegExp(`^${SOUNDS} files analysed \\(.* in the catalogue\\)\\.$`)).waitFor();
    expect(await violations(page)).toEqual([]);
    await old.getByRole('button', { name: 'Delete analysis…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await says('Analysis of tiny deleted.');
    await old.waitFor({ state: 'detached' });
  });

  test('removed with its analysis once another one is in use', async () => {
    await go('Models');
    await card('Earmark Starter').getByRole('button', { name: 'Use this model' }).click();
    await card('Earmark Starter').getByText('in use', { exact: true }).waitFor();
    await card('Second, tiny').getByRole('button', { name: 'Remove…' }).click();
    await page.getByLabel(`Also delete its analysis: ${SOUNDS} files`).check();
    await page.getByRole('button', { name: 'Remove both' }).click();
    await says('Second, tiny removed.');
    await card('Second, tiny').waitFor({ state: 'detached' });
    await second()
      .getByRole('button', { name: /^Download/ })
      .waitFor();
    await says(`All ${SOUNDS} files in the library analysed.`);
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
