/** How long the first hit takes after typing has stopped: for the benchmark, which is not made for a browser's types. */
import type { Page } from 'playwright-core';
import type { SearchQuery, SearchResult } from '../src/shared/types.ts';
import { launchBrowser } from './page.ts';
import { serveEarmark } from './serving.ts';

const WAIT_MS = 150_000;

/** The first row changed, and was painted; ms since the page began, as all times in the page. */
interface Frame {
  changed: number;
  painted: number;
  /** File name in the first row. */
  first: string;
}

declare global {
  interface Window {
    probe: { lastKey: number; frames: Frame[] };
  }
}

/** Of one question, ms. */
export interface TypingSplit {
  /** From the last key to the call. */
  waiting: number;
  /** Until its answer is in the page, all of it. */
  call: number;
  /** Until the frame with the first hit is on the screen. */
  drawing: number;
}

export interface TypingPlan {
  /** Of a catalogue that is there, absolute. */
  dataFolder: string;
  /** A pack's folder. */
  model: string;
  /** Typed one after the other, each over the one before. */
  texts: readonly string[];
  /** Between two keys, ms. */
  keyMs: number;
}

/** Serves the catalogue and types into its window. @returns one for each text; null where nothing is found, so that no row comes */
export async function measureTyping({ dataFolder, model, texts, keyMs }: TypingPlan): Promise<(TypingSplit | null)[]> {
  const served = await serveEarmark([], { model, data: dataFolder });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(WAIT_MS);
    await page.addInitScript(installProbe);
    await page.goto(served.url);
    await page.waitForSelector('[role=row]');
    await untilNothingRuns(page);
    const splits: (TypingSplit | null)[] = [];
    for (const text of texts) splits.push(await ask(page, text, keyMs));
    return splits;
  } finally {
    await browser.close();
    await served.end();
  }
}

/** Runs in the page before it, alone: notes when keys were pressed, and the first row of every frame. */
function installProbe(): void {
  window.probe = { lastKey: 0, frames: [] };
  // Every call is an entry; the browser keeps 250 unless told otherwise.
  performance.setResourceTimingBufferSize(100_000);
  window.addEventListener('keydown', ({ timeStamp }) => (window.probe.lastKey = timeStamp), { capture: true });
  const watch = () => {
    const changes = new MutationObserver(() => {
      const changed = performance.now();
      const first = document.querySelector('#row-0 .name')?.getAttribute('title') ?? '';
      requestAnimationFrame(() => {
        // A message posted from a frame's callback arrives when that frame has been drawn.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.probe.frames.push({ changed, painted: performance.now(), first });
        port2.postMessage(null);
      });
    });
    changes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  };
  document.addEventListener('DOMContentLoaded', watch);
}

/** The program looks through its folders when it starts. */
async function untilNothingRuns(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    for (let look = 0; look < 30; look++) {
      if (document.querySelector('nav [role=progressbar]') !== null) return false;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return true;
  });
}

async function ask(page: Page, text: string, keyMs: number): Promise<TypingSplit | null> {
  const answered = page.waitForResponse(
    (response) =>
      response.url().endsWith('/call/search.query') && (response.request().postDataJSON() as SearchQuery).text === text,
  );
  const field = page.getByRole('combobox', { name: 'Describe a sound' });
  await field.press('Control+a');
  await field.pressSequentially(text, { delay: keyMs });
  const { value } = (await (await answered).json()) as { value: SearchResult };
  const first = value.hits[0]?.path.split('/').at(-1);
  if (first === undefined) return null;
  const measured = await page.waitForFunction((name) => {
    const { lastKey, frames } = window.probe;
    const call = (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter((entry) => entry.name.endsWith('/call/search.query') && entry.startTime >= lastKey)
      .at(-1);
    if (call === undefined || call.responseEnd === 0) return null;
    const shown = frames.find((frame) => frame.changed >= call.responseEnd && frame.first === name);
    if (shown === undefined) return null;
    return {
      waiting: call.startTime - lastKey,
      call: call.responseEnd - call.startTime,
      drawing: shown.painted - call.responseEnd,
    };
  }, first);
  return (await measured.jsonValue())!;
}
