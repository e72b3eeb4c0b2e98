/** From the last key to the first hit on the screen: the window in a browser, over the program itself. */
import { largestLibrary, type BenchContext } from './context.ts';
import { prepareLibrary } from './library.ts';
import { median, percentile } from './measure.ts';
import { QUERIES } from './queries.ts';
import { atMost, rangeOf, type Row } from './table.ts';

const WARM_UP = 3;
/** Between two keys of somebody who types well. */
const KEY_MS = 90;

/** Parts of the time from the last key to the first result, ms. */
interface Split {
  waiting: number;
  call: number;
  drawing: number;
}

/** What is taken of e2e/; by its path, since the compiler settings of this side do not know a browser's types. */
interface TypingModule {
  measureTyping: (plan: {
    dataFolder: string;
    model: string;
    texts: readonly string[];
    keyMs: number;
  }) => Promise<(Split | null)[]>;
}
interface PageModule {
  whatIsMissing: () => string | null;
}

export async function window(context: BenchContext): Promise<Row[]> {
  const { whatIsMissing } = await fromEndToEnd<PageModule>('page.ts');
  const missing = whatIsMissing();
  if (missing !== null) {
    context.say(`the window is not measured. ${missing}`);
    return [];
  }
  const files = largestLibrary(context);
  const { dataFolder } = await prepareLibrary(context, files);
  context.say(`typing into the window over ${files.toLocaleString('en-GB')} files`);
  const { measureTyping } = await fromEndToEnd<TypingModule>('typing.ts');
  const measured = context.quick ? QUERIES.slice(0, 6) : QUERIES;
  const texts = [...measured.slice(-WARM_UP), ...measured];
  const splits = await measureTyping({ dataFolder, model: context.pack.folder, texts, keyMs: KEY_MS });
  const answered = splits.slice(WARM_UP).filter((split) => split !== null);
  if (answered.length === 0) throw new Error('no text that was typed found anything');
  return rowsOf(answered, files);
}

async function fromEndToEnd<T>(name: string): Promise<T> {
  return (await import(new URL(`../e2e/${name}`, import.meta.url).href)) as T;
}

function rowsOf(splits: readonly Split[], files: number): Row[] {
  const line = (what: string, values: readonly number[]): Row => ({
    what,
    value: median(values),
    unit: 'ms',
    range: rangeOf(values),
    p95: percentile(values, 95),
  });
  const totals = splits.map(({ waiting, call, drawing }) => waiting + call + drawing);
  return [
    {
      ...line(`last key → first hit painted, ${files.toLocaleString('en-GB')} files`, totals),
      ...(files === 100_000 ? { against: atMost(100) } : {}),
      note: `a key every ${KEY_MS} ms, Chromium drawing without a GPU`,
    },
    line('    of this waiting for another key', splits.map(({ waiting }) => waiting)), // prettier-ignore
    line('    the call', splits.map(({ call }) => call)), // prettier-ignore
    line('    reading and drawing the answer', splits.map(({ drawing }) => drawing)), // prettier-ignore
  ];
}
