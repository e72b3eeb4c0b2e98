/** The review at the keyboard: one suggestion at a time, one key each. What is decided is kept at once. */
import { emitKeypressEvents, type Key } from 'node:readline';
import type { CommandContext } from './command.ts';
import { formatTime, plural, printable } from './format.ts';
import { EXIT } from './output.ts';
import { shownLines } from '../../../shared/shown-text.ts';

export interface ReviewItem {
  /** In the first column of the list: of the file, or of the tag. */
  number: number;
  fileId: number;
  tagId: number;
  name: string;
  /** Absolute. */
  path: string;
  probability: number | null;
  /** Its best window, s. */
  startSeconds: number | null;
  endSeconds: number | null;
}

type Answer = 'accept' | 'reject' | 'skip' | 'undo' | 'why' | 'end';

const KEYS: Record<string, Answer> = {
  a: 'accept', r: 'reject', s: 'skip', down: 'skip', space: 'skip', return: 'skip', u: 'undo', up: 'undo', '?': 'why',
  w: 'why', q: 'end', escape: 'end',
}; // prettier-ignore

/** One step back: where it was taken, and what `tag.undo` needs; null where nothing was decided. */
interface Taken {
  at: number;
  stepId: number | null;
}

/** @returns the exit code; ends with the list, with q, and with Ctrl-C */
export async function reviewAtKeyboard(
  { client, stop }: CommandContext,
  title: string,
  items: readonly ReviewItem[],
): Promise<number> {
  const print = (text: string) => void process.stdout.write(`${shownLines(text)}\n`);
  const taken: Taken[] = [];
  const count = { accept: 0, reject: 0 };
  const verdicts: ('accept' | 'reject' | 'skip')[] = [];
  const keyboard = new Keyboard(stop);
  print(`${printable(title)}\na accept · r reject · s skip · u undo · ? why · q quit\n`);
  try {
    for (let at = 0; ;) {
      const item = items[at];
      print(item ? described(item, at, items.length) : 'End of list. u undoes the last decision, q quits.');
      const answer = await keyboard.next();
      if (answer === 'end' || (!item && answer !== 'undo')) break;
      if (item && answer === 'why') {
        const why = await client.call('tag.why', { fileId: item.fileId, tagId: item.tagId });
        for (const { text } of why) print(`         ${printable(text)}`);
      } else if (answer === 'undo') {
        const last = taken.pop();
        if (!last) {
          print('         nothing to undo');
          continue;
        }
        if (last.stepId !== null) await client.call('tag.undo', { stepId: last.stepId });
        at = last.at;
        const verdict = verdicts.pop();
        if (verdict === 'accept' || verdict === 'reject') count[verdict]--;
      } else if (item && answer !== 'why') {
        const stepId = answer === 'skip' ? null : await decided(client, item, answer === 'accept');
        if (answer !== 'skip') count[answer]++;
        print(`         ${answer === 'accept' ? 'accepted' : answer === 'reject' ? 'rejected' : 'skipped'}`);
        verdicts.push(answer);
        taken.push({ at, stepId });
        at++;
      }
    }
  } finally {
    keyboard.close();
  }
  print(`\n${count.accept} accepted, ${count.reject} rejected of ${plural(items.length, 'suggestion')}.`);
  return stop.aborted ? EXIT.interrupted : EXIT.ok;
}

async function decided(
  client: CommandContext['client'],
  { fileId, tagId }: ReviewItem,
  accepted: boolean,
): Promise<number> {
  const { stepId } = await client.call('tag.decide', { decisions: [{ fileId, tagId, accepted }] });
  return stepId;
}

function described(item: ReviewItem, at: number, of: number): string {
  const { probability, startSeconds, endSeconds, name, path } = item;
  const place = startSeconds === null || endSeconds === null ? '' : ` at ${formatTime(startSeconds)}–${formatTime(endSeconds)}`; // prettier-ignore
  return `${`${at + 1}/${of}`.padEnd(9)}${probability?.toFixed(2) ?? ' –  '}  ${printable(name)}${place}\n         ${printable(path)}`;
}

/** Single keys without Enter; Ctrl-C, which a raw terminal no longer makes a signal of, ends like q. */
class Keyboard {
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #typed: Answer[] = [];
  readonly #onKey = (text: string | undefined, key: Key) => {
    const answer = key.ctrl && (key.name === 'c' || key.name === 'd') ? 'end' : KEYS[key.name ?? ''] ?? KEYS[text ?? '']; // prettier-ignore
    if (answer) this.#give(answer);
  };
  readonly #onEnd = () => this.#give('end');
  readonly #stop: AbortSignal;

  constructor(stop: AbortSignal) {
    this.#stop = stop;
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on('keypress', this.#onKey);
    process.stdin.on('end', this.#onEnd);
    stop.addEventListener('abort', this.#onEnd, { once: true });
    process.stdin.resume();
  }

  /** Keys typed ahead count. */
  next(): Promise<Answer> {
    if (this.#stop.aborted) return Promise.resolve('end');
    const typed = this.#typed.shift();
    if (typed) return Promise.resolve(typed);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    process.stdin.off('keypress', this.#onKey);
    process.stdin.off('end', this.#onEnd);
    this.#stop.removeEventListener('abort', this.#onEnd);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }

  #give(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(answer);
    else this.#typed.push(answer);
  }
}
