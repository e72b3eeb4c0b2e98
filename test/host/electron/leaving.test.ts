/** Work that is shown outside the window, and leaving while it is under way. */
import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Quitting, type QuittingDeps } from '../../../src/main/host/electron/quitting.ts';
import { barOf, WorkSign, workSentence, WorkUnderWay } from '../../../src/main/host/electron/work-sign.ts';
import type { LibraryJobProgress } from '../../../src/shared/types.ts';

function job(changes: Partial<LibraryJobProgress> = {}): LibraryJobProgress {
  return {
    id: 1,
    kind: 'index',
    state: 'running',
    stage: 'analysing',
    done: 1204,
    total: 12_480,
    failed: 0,
    audioSeconds: 0,
    elapsedSeconds: 10,
    realTimeFactor: null,
    etaSeconds: null,
    currentPath: null,
    ...changes,
  };
}

describe('work under way', () => {
  test('is known by its latest progress until it ends', () => {
    const work = new WorkUnderWay();
    expect(work.current).toBeNull();
    expect(work.note(job({ done: 1 }))).toBe(false);
    expect(work.note(job({ id: 2, state: 'paused' }))).toBe(false);
    expect(work.current).toMatchObject({ id: 1, done: 1 });
    expect(work.note(job({ state: 'done' }))).toBe(false);
    expect(work.current).toMatchObject({ id: 2 });
    expect(work.note(job({ id: 2, state: 'cancelled' }))).toBe(true);
    expect(work.note(job({ id: 2, state: 'cancelled' }))).toBe(false); // an end is told once
    expect(work.current).toBeNull();
  });

  test.each([
    [null, { value: -1, mode: 'none' }],
    [job({ total: null }), { value: 2, mode: 'indeterminate' }],
    [job({ total: 0, done: 0 }), { value: 2, mode: 'indeterminate' }],
    [job({ done: 1, total: 4 }), { value: 0.25, mode: 'normal' }],
    [job({ done: 1, total: 4, state: 'paused' }), { value: 0.25, mode: 'paused' }],
    [job({ done: 5, total: 4 }), { value: 1, mode: 'normal' }],
  ])('as a bar', (progress, bar) => {
    expect(barOf(progress)).toEqual(bar);
  });

  test('in words', () => {
    expect(workSentence(job())).toBe('Analysing: 1,204 of 12,480 files');
    expect(workSentence(job({ state: 'paused', total: 1, done: 0 }))).toBe('Paused: 0 of 1 file');
    expect(workSentence(job({ stage: 'walking', total: null, done: 9 }))).toBe('Working: 9 files so far');
  });

  test('keeps the machine awake while it runs on mains, and is in the tray until it ends', () => {
    let battery = false;
    const blockers = new Set<number>();
    const trays: { tip: string; menus: Electron.MenuItemConstructorOptions[][]; gone: boolean }[] = [];
    const bars: number[] = [];
    const asked: string[] = [];
    const sign = new WorkSign({
      windows: () => [{ isDestroyed: () => false, setProgressBar: (value) => void bars.push(value) }],
      powerSaveBlocker: { start: () => (blockers.add(7), 7), stop: (id) => blockers.delete(id) },
      powerMonitor: { isOnBatteryPower: () => battery },
      makeTray: () => {
        const tray = { tip: '', menus: [] as Electron.MenuItemConstructorOptions[][], gone: false };
        trays.push(tray);
        return Object.assign(new EventEmitter(), {
          setToolTip: (tip: string) => void (tray.tip = tip),
          setContextMenu: (menu: unknown) => void tray.menus.push(menu as Electron.MenuItemConstructorOptions[]),
          destroy: () => void (tray.gone = true),
        }) as unknown as Electron.Tray;
      },
      buildMenu: (template) => template as never,
      showWindow: () => void asked.push('show'),
      pauseOrResume: ({ state }) => void asked.push(state),
      quit: () => void asked.push('quit'),
    });
    sign.show(job({ done: 1, total: 4, elapsedSeconds: 1 }));
    expect(trays).toEqual([]); // it may be over in a moment
    sign.show(job({ done: 2, total: 4 }));
    expect(bars).toEqual([0.25, 0.5]);
    expect(blockers.size).toBe(1);
    expect(trays).toHaveLength(1);
    expect(trays[0]).toMatchObject({ tip: 'Earmark · Analysing: 2 of 4 files', gone: false });
    expect(trays[0]!.menus).toHaveLength(1); // an open menu is not replaced at each step
    const click = (label: string) => {
      const item = trays[0]!.menus.at(-1)!.find((one) => one.label === label);
      item!.click!(undefined as never, undefined, undefined as never);
    };
    click('Pause');
    sign.show(job({ state: 'paused' }));
    expect(blockers.size).toBe(0);
    click('Resume');
    click('Show Earmark');
    click('Quit Earmark');
    expect(asked).toEqual(['running', 'paused', 'show', 'quit']);
    battery = true;
    sign.show(job());
    expect(blockers.size).toBe(0);
    battery = false;
    sign.show(job());
    expect(blockers.size).toBe(1);
    sign.show(null);
    expect(blockers.size).toBe(0);
    expect(trays[0]!.gone).toBe(true);
    expect(bars.at(-1)).toBe(-1);
  });
});

describe('leaving', () => {
  function leaving(changes: Partial<QuittingDeps> & { answers?: number[] } = {}) {
    const log: string[] = [];
    const { answers = [], ...rest } = changes;
    let now: LibraryJobProgress | null = null;
    const quitting = new Quitting({
      job: () => now,
      ask: ({ buttons }) => {
        log.push(buttons.join('|'));
        return Promise.resolve(answers.shift() ?? -1);
      },
      hide: () => void log.push('hide'),
      close: () => {
        log.push('close');
        return Promise.resolve();
      },
      exit: () => void log.push('exit'),
      patienceMs: 50,
      ...rest,
    });
    return { quitting, log, setJob: (next: LibraryJobProgress | null) => (now = next) };
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

  test('nothing is under way: everything is closed, then the program ends', async () => {
    const { quitting, log } = leaving();
    expect(quitting.request()).toBe(false); // held up until all has ended
    expect(quitting.request()).toBe(false);
    await settled();
    expect(log).toEqual(['close', 'exit']);
    expect(quitting.request()).toBe(true);
  });

  test('work is under way: the user is asked once, and may stay', async () => {
    const { quitting, log, setJob } = leaving({ answers: [2, 1] });
    setJob(job());
    expect(quitting.request()).toBe(false);
    expect(quitting.request()).toBe(false); // the question is open already
    await settled();
    expect(log).toEqual(['Finish in the background|Quit|Cancel']);
    quitting.request();
    await settled();
    expect(log.slice(1)).toEqual(['Finish in the background|Quit|Cancel', 'close', 'exit']);
  });

  test('the question was closed without a choice: stay', async () => {
    const { quitting, log, setJob } = leaving({ answers: [-1] });
    setJob(job());
    quitting.request();
    await settled();
    expect(log).toHaveLength(1);
    expect(quitting.closing).toBe(false);
  });

  test('finish in the background: hidden until the work has ended, then gone', async () => {
    const { quitting, log, setJob } = leaving({ answers: [0] });
    setJob(job());
    quitting.request();
    await settled();
    expect(log.slice(1)).toEqual(['hide']);
    setJob(null);
    quitting.workEnded();
    await settled();
    expect(log.slice(2)).toEqual(['close', 'exit']);
  });

  test('who comes back meanwhile is not thrown out at the end of the work', async () => {
    const { quitting, log, setJob } = leaving({ answers: [0] });
    setJob(job());
    quitting.request();
    await settled();
    quitting.comeBack();
    quitting.workEnded();
    await settled();
    expect(log.slice(1)).toEqual(['hide']);
  });

  test('the work ended while the question was open: finishing means leaving', async () => {
    const { quitting, log, setJob } = leaving({ answers: [0] });
    setJob(job());
    quitting.request();
    setJob(null);
    await settled();
    expect(log.slice(1)).toEqual(['close', 'exit']);
  });

  test('the machine is shut down while the question is open: no answer is waited for', async () => {
    let answer: (button: number) => void = () => undefined;
    const { quitting, log, setJob } = leaving({ ask: () => new Promise((resolve) => (answer = resolve)) });
    setJob(job());
    quitting.request();
    await quitting.quitNow();
    answer(2);
    await settled();
    expect(log).toEqual(['close', 'exit']);
  });

  test('what hangs, and what fails to close, holds nobody up for long', async () => {
    const hanging = leaving({ close: () => new Promise(() => undefined) });
    await hanging.quitting.quitNow();
    expect(hanging.log).toEqual(['exit']);
    const failing = leaving({ close: () => Promise.reject(new Error('disk gone (as this test wants)')) });
    await failing.quitting.quitNow();
    expect(failing.log).toEqual(['exit']);
  });

  test('where a window cannot be hidden, that is not offered', async () => {
    const log: string[] = [];
    const quitting = new Quitting({
      job: () => job(),
      ask: ({ buttons }) => (log.push(...buttons), Promise.resolve(1)),
      close: () => Promise.resolve(),
      exit: () => undefined,
    });
    quitting.request();
    await settled();
    expect(log).toEqual(['Quit', 'Cancel']);
  });
});
