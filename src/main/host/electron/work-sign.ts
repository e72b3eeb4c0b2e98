/** Shows outside the window that Earmark is at work, and keeps the machine awake for it. */
import type { BrowserWindow, MenuItemConstructorOptions, PowerMonitor, PowerSaveBlocker, Tray } from 'electron';
import type { JobId, LibraryJobProgress } from '../../../shared/types.ts';

/** Work that is over sooner (a look at a folder that changed) is not worth a flicker in the tray. */
const TRAY_AFTER_SECONDS = 5;

export interface BarState {
  /** 0..1; above 1: indeterminate; −1: no bar. */
  value: number;
  mode: Electron.ProgressBarOptions['mode'];
}

/** On the button of the window in task bar or dock. */
export function barOf(job: LibraryJobProgress | null): BarState {
  if (job === null) return { value: -1, mode: 'none' };
  if (job.total === null || job.total === 0) return { value: 2, mode: 'indeterminate' };
  return { value: Math.min(1, job.done / job.total), mode: job.state === 'paused' ? 'paused' : 'normal' };
}

/** For the tray and for the question at the end: "Analysing: 1,204 of 12,480 files". */
export function workSentence(job: LibraryJobProgress): string {
  const numbers = new Intl.NumberFormat('en');
  const done = numbers.format(job.done);
  const verb = job.state === 'paused' ? 'Paused' : job.stage === 'analysing' ? 'Analysing' : 'Working';
  if (job.total === null) return `${verb}: ${done} files so far`;
  return `${verb}: ${done} of ${numbers.format(job.total)} ${job.total === 1 ? 'file' : 'files'}`;
}

/** The jobs that have not ended, by their latest progress. */
export class WorkUnderWay {
  readonly #jobs = new Map<JobId, LibraryJobProgress>();

  /** @returns whether this was the end of the last one */
  note(progress: LibraryJobProgress): boolean {
    if (progress.state === 'running' || progress.state === 'paused') {
      this.#jobs.set(progress.id, progress);
      return false;
    }
    return this.#jobs.delete(progress.id) && this.#jobs.size === 0;
  }

  /** The engine is gone, and all its jobs. @returns whether there were any */
  clear(): boolean {
    const any = this.#jobs.size > 0;
    this.#jobs.clear();
    return any;
  }

  /** What to show: one that runs rather than one that is paused. */
  get current(): LibraryJobProgress | null {
    const jobs = [...this.#jobs.values()];
    return jobs.find(({ state }) => state === 'running') ?? jobs[0] ?? null;
  }
}

export interface WorkSignDeps {
  windows: () => Pick<BrowserWindow, 'setProgressBar' | 'isDestroyed'>[];
  powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop'>;
  powerMonitor: Pick<PowerMonitor, 'isOnBatteryPower'>;
  makeTray: () => Pick<Tray, 'setToolTip' | 'setContextMenu' | 'on' | 'destroy'>;
  buildMenu: (template: MenuItemConstructorOptions[]) => Electron.Menu;
  /** Chosen in the tray. */
  showWindow: () => void;
  pauseOrResume: (job: LibraryJobProgress) => void;
  quit: () => void;
}

export class WorkSign {
  readonly #deps: WorkSignDeps;
  #tray: ReturnType<WorkSignDeps['makeTray']> | null = null;
  #trayState = '';
  /** Of the running blocker. */
  #blocker: number | null = null;

  constructor(deps: WorkSignDeps) {
    this.#deps = deps;
  }

  /** @param job null: nothing is under way */
  show(job: LibraryJobProgress | null): void {
    const { value, mode } = barOf(job);
    for (const window of this.#deps.windows()) {
      if (!window.isDestroyed()) window.setProgressBar(value, { mode });
    }
    this.#stayAwake(job?.state === 'running');
    this.#showTray(job);
  }

  close(): void {
    this.show(null);
  }

  /** Not on battery: a forgotten laptop would be empty in the morning. */
  #stayAwake(wanted: boolean): void {
    const { powerSaveBlocker, powerMonitor } = this.#deps;
    const needed = wanted && !powerMonitor.isOnBatteryPower();
    if (needed && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    else if (!needed && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }

  #showTray(job: LibraryJobProgress | null): void {
    if (job === null) {
      this.#tray?.destroy();
      this.#tray = null;
      this.#trayState = '';
      return;
    }
    if (this.#tray === null && job.elapsedSeconds < TRAY_AFTER_SECONDS) return;
    const tray = (this.#tray ??= this.#newTray());
    tray.setToolTip(`Earmark · ${workSentence(job)}`);
    // A menu that is replaced while it is open closes: only when it says something else.
    const state = `${job.id} ${job.state}`;
    if (state === this.#trayState) return;
    this.#trayState = state;
    const { buildMenu, showWindow, pauseOrResume, quit } = this.#deps;
    tray.setContextMenu(
      buildMenu([
        { label: 'Show Earmark', click: showWindow },
        { label: job.state === 'paused' ? 'Resume' : 'Pause', click: () => pauseOrResume(job) },
        { type: 'separator' },
        { label: 'Quit Earmark', click: quit },
      ]),
    );
  }

  #newTray(): ReturnType<WorkSignDeps['makeTray']> {
    const tray = this.#deps.makeTray();
    tray.on('click', this.#deps.showWindow);
    return tray;
  }
}
