/** The window: opened where it was, kept to its own page, reloaded when its process crashes. */
import type { App, BrowserWindow, BrowserWindowConstructorOptions, Dialog, Screen } from 'electron';
import { PAGE } from './addresses.ts';
import {
  MIN_HEIGHT,
  MIN_WIDTH,
  placeWindow,
  readWindowState,
  writeWindowState,
  type Rectangle,
  type WindowPlace,
} from './window-state.ts';

/** A page that crashes more often than this within {@link CRASHES_WITHIN_MS} is not loaded again. */
const MAX_CRASHES = 3;
const CRASHES_WITHIN_MS = 60_000;

export interface MainWindowDeps {
  app: Pick<App, 'focus'>;
  makeWindow: (options: BrowserWindowConstructorOptions) => BrowserWindow;
  screen: Pick<Screen, 'getAllDisplays' | 'getPrimaryDisplay'>;
  dialog: Pick<Dialog, 'showErrorBox'>;
  dark: boolean;
  /** Absolute path of the built preload. */
  preload: string;
  /** Absolute. */
  icon: string;
  /** Where its place is kept. */
  stateFile: string;
  /** Told that the user closes it. @returns whether it may close now */
  onClose: () => boolean;
  /** The machine is being shut down (Windows). */
  onSessionEnd: () => void;
}

export class MainWindow {
  readonly #deps: MainWindowDeps;
  #window: BrowserWindow | null = null;
  readonly #crashesMs: number[] = [];

  constructor(deps: MainWindowDeps) {
    this.#deps = deps;
  }

  get current(): BrowserWindow | null {
    return this.#window;
  }

  /** Opens it, or brings it to the front. */
  show(): void {
    const window = this.#window;
    if (!window) {
      this.#open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    this.#deps.app.focus({ steal: true });
  }

  hide(): void {
    this.savePlace();
    this.#window?.hide();
  }

  /** Remembers where it is; not being able to is no reason to keep anybody from leaving. */
  savePlace(): void {
    const window = this.#window;
    if (!window || window.isDestroyed()) return;
    const state = {
      bounds: window.getNormalBounds(),
      maximised: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    };
    try {
      writeWindowState(this.#deps.stateFile, state);
    } catch (error) {
      process.stderr.write(`earmark: the window position was not saved: ${String(error)}\n`);
    }
  }

  #open(): void {
    const { makeWindow, screen, stateFile, onClose, onSessionEnd } = this.#deps;
    const main = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
    const areas: Rectangle[] = [main, ...others].map(({ workArea }) => workArea);
    const place = placeWindow(readWindowState(stateFile), areas);
    const window = makeWindow(this.#options(place));
    this.#window = window;
    window.once('ready-to-show', () => {
      if (place.maximised) window.maximize();
      window.show();
    });
    window.on('close', (event) => {
      this.savePlace();
      if (!onClose()) event.preventDefault();
    });
    window.on('closed', () => (this.#window = null));
    window.on('session-end', onSessionEnd);
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') this.#revive(window, reason);
    });
    // A page that cannot be loaded says so by itself; a window that is closed meanwhile is no error.
    window.loadURL(PAGE).catch(() => undefined);
  }

  #options({ maximised: _, fullScreen, ...place }: WindowPlace): BrowserWindowConstructorOptions {
    const { dark, preload, icon } = this.#deps;
    return {
      ...place,
      minWidth: MIN_WIDTH,
      minHeight: MIN_HEIGHT,
      fullscreen: fullScreen,
      show: false,
      title: 'Earmark',
      icon,
      backgroundColor: dark ? '#15181b' : '#f6f7f7',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        autoplayPolicy: 'no-user-gesture-required',
      },
    };
  }

  #revive(window: BrowserWindow, reason: string): void {
    const nowMs = Date.now();
    this.#crashesMs.push(nowMs);
    const lately = this.#crashesMs.filter((ms) => nowMs - ms < CRASHES_WITHIN_MS);
    if (lately.length <= MAX_CRASHES) window.reload();
    else {
      const sentence = `The window keeps crashing (${reason}). Quit and restart Earmark. Your files and the catalogue are not affected.`;
      this.#deps.dialog.showErrorBox('Earmark', sentence);
    }
  }
}
