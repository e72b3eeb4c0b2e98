/**
 * Stands in for the electron module, which needs its binary: remembers what it was told and lets a test make events.
 * Utility processes are real processes, with the port that Electron gives them (parent-port.mjs).
 */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ElectronApi } from '../../../src/main/host/electron/host.ts';
import { PAGE } from '../../../src/main/host/electron/addresses.ts';

const PARENT_PORT = fileURLToPath(new URL('./parent-port.mjs', import.meta.url));
const noWork = () => undefined;

export class StubWindow extends EventEmitter {
  static readonly all: StubWindow[] = [];
  readonly sent: unknown[][] = [];
  readonly dragged: unknown[] = [];
  readonly webContents = Object.assign(new EventEmitter(), {
    send: (...message: unknown[]) => void this.sent.push(message),
    isDestroyed: () => this.destroyed,
    startDrag: (item: unknown) => void this.dragged.push(item),
    setWindowOpenHandler: (handler: (details: { url: string }) => unknown) => (this.openHandler = handler),
    getURL: () => PAGE,
  });
  openHandler: ((details: { url: string }) => unknown) | null = null;
  visible = false;
  destroyed = false;
  reloads = 0;
  bar: unknown[] = [];
  readonly options: Electron.BrowserWindowConstructorOptions;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    StubWindow.all.push(this);
  }
  loadURL(): Promise<void> {
    queueMicrotask(() => this.emit('ready-to-show'));
    return Promise.resolve();
  }
  /** As a click on the cross. */
  close(): void {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    this.emit('close', event);
    if (event.prevented) return;
    this.destroyed = true;
    StubWindow.all.splice(StubWindow.all.indexOf(this), 1);
    this.emit('closed');
  }
  isDestroyed = () => this.destroyed;
  isMinimized = () => false;
  isMaximized = () => false;
  isFullScreen = () => false;
  getNormalBounds = () => ({ x: 40, y: 50, width: 1000, height: 700 });
  show = () => void (this.visible = true);
  hide = () => void (this.visible = false);
  focus = noWork;
  restore = noWork;
  maximize = noWork;
  reload = () => {
    this.reloads++;
  };
  setProgressBar = (...bar: unknown[]) => void (this.bar = bar);
}

export interface Stub {
  electron: ElectronApi;
  app: EventEmitter & { exits: number[]; quits: number };
  /** Of all windows; a test makes its events. */
  session: EventEmitter;
  /** As the page of a window asks. */
  invoke: (channel: string, ...input: unknown[]) => Promise<unknown>;
  /** The same from somewhere else. */
  invokeFrom: (
    frame: { url: string; parent: unknown } | null,
    channel: string,
    ...input: unknown[]
  ) => Promise<unknown>;
  tell: (channel: string, ...input: unknown[]) => void;
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Questions that were asked; the next answer is given by `answers`. */
  questions: Electron.MessageBoxOptions[];
  answers: number[];
  /** Dialogs for paths that were shown; answered by `chosen`, none: closed. */
  dialogs: (Electron.OpenDialogOptions | Electron.SaveDialogOptions)[];
  chosen: string[];
  revealed: string[];
  errors: string[];
  trays: (EventEmitter & { destroyed: boolean; tip: string; menu: Electron.MenuItemConstructorOptions[] })[];
  blockers: Set<number>;
  schemes: Electron.CustomScheme[];
  menu: Electron.MenuItemConstructorOptions[];
  forks: Electron.ForkOptions[];
  /** Process ids of all utility processes so far. */
  pids: number[];
  onBattery: boolean;
}

export function stubElectron(options: { firstInstance?: boolean } = {}): Stub {
  StubWindow.all.length = 0;
  const handlers = new Map<string, (event: unknown, ...input: unknown[]) => unknown>();
  const listeners = new EventEmitter();
  let protocolHandler: ((request: Request) => Promise<Response>) | null = null;
  const ownFrame = { url: PAGE, parent: null };
  const event = (senderFrame: unknown) => ({ senderFrame, sender: StubWindow.all[0]?.webContents });
  const app = Object.assign(new EventEmitter(), {
    exits: [] as number[],
    quits: 0,
    isPackaged: true,
    paths: new Map<string, string>(),
    setPath: (name: string, path: string) => void app.paths.set(name, path),
    requestSingleInstanceLock: () => options.firstInstance ?? true,
    enableSandbox: noWork,
    setAppUserModelId: noWork,
    setAboutPanelOptions: noWork,
    focus: noWork,
    whenReady: () => Promise.resolve(),
    exit: (code: number) => void app.exits.push(code),
    quit: () => {
      app.quits++;
      app.emit('before-quit', { preventDefault: noWork });
    },
  });
  const stub: Omit<Stub, 'electron'> = {
    app,
    session: new EventEmitter(),
    invoke: (channel, ...input) => stub.invokeFrom(ownFrame, channel, ...input),
    // What a handler throws, Electron rejects with.
    invokeFrom: (frame, channel, ...input) =>
      new Promise((resolve) => resolve(handlers.get(channel)!(event(frame), ...input))),
    tell: (channel, ...input) => void listeners.emit(channel, event(ownFrame), ...input),
    fetch: (url, init) => protocolHandler!(new Request(url, init)),
    questions: [],
    answers: [],
    dialogs: [],
    chosen: [],
    revealed: [],
    errors: [],
    trays: [],
    blockers: new Set(),
    schemes: [],
    menu: [],
    forks: [],
    pids: [],
    onBattery: false,
  };
  const display = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };
  let nextBlocker = 1;
  const electron = {
    app,
    BrowserWindow: Object.assign(
      class extends StubWindow {
        constructor(windowOptions: Electron.BrowserWindowConstructorOptions) {
          super(windowOptions);
          app.emit('web-contents-created', {}, this.webContents);
        }
      },
      { getAllWindows: () => [...StubWindow.all], fromWebContents: () => StubWindow.all[0] ?? null },
    ),
    dialog: {
      showOpenDialog: (...given: unknown[]) => {
        stub.dialogs.push(given.at(-1) as Electron.OpenDialogOptions);
        return Promise.resolve({ canceled: stub.chosen.length === 0, filePaths: stub.chosen });
      },
      showSaveDialog: (...given: unknown[]) => {
        stub.dialogs.push(given.at(-1) as Electron.SaveDialogOptions);
        return Promise.resolve({ canceled: stub.chosen.length === 0, filePath: stub.chosen[0] ?? '' });
      },
      showMessageBox: (...given: unknown[]) => {
        stub.questions.push(given.at(-1) as Electron.MessageBoxOptions);
        return Promise.resolve({ response: stub.answers.shift() ?? 0, checkboxChecked: false });
      },
      showErrorBox: (_title: string, text: string) => void stub.errors.push(text),
    },
    ipcMain: {
      handle: (channel: string, handler: (event: unknown, ...input: unknown[]) => unknown) =>
        void handlers.set(channel, handler),
      on: (channel: string, listener: (...input: unknown[]) => void) => void listeners.on(channel, listener),
    },
    Menu: {
      buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: Electron.MenuItemConstructorOptions[]) => void (stub.menu = template),
    },
    nativeTheme: { shouldUseDarkColors: true },
    powerMonitor: Object.assign(new EventEmitter(), {
      getSystemIdleTime: () => 0,
      isOnBatteryPower: () => stub.onBattery,
    }),
    powerSaveBlocker: {
      start: () => {
        stub.blockers.add(nextBlocker);
        return nextBlocker++;
      },
      stop: (id: number) => stub.blockers.delete(id),
    },
    protocol: { registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => void stub.schemes.push(...schemes) },
    screen: { getPrimaryDisplay: () => display, getAllDisplays: () => [display] },
    session: {
      defaultSession: Object.assign(stub.session, {
        setPermissionRequestHandler: noWork,
        setPermissionCheckHandler: noWork,
        setSpellCheckerEnabled: noWork,
        webRequest: { onBeforeRequest: noWork },
        protocol: {
          handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => (protocolHandler = handler),
        },
      }),
    },
    shell: { showItemInFolder: (path: string) => void stub.revealed.push(path) },
    Tray: class extends EventEmitter {
      destroyed = false;
      tip = '';
      menu: Electron.MenuItemConstructorOptions[] = [];
      constructor() {
        super();
        stub.trays.push(this);
      }
      setToolTip = (tip: string) => void (this.tip = tip);
      setContextMenu = (menu: Electron.MenuItemConstructorOptions[]) => void (this.menu = menu);
      destroy = () => void (this.destroyed = true);
    },
    utilityProcess: {
      fork: (path: string, args: string[], given: Electron.ForkOptions) => stubUtility(stub, path, args, given),
    },
  };
  return Object.assign(stub, { electron: electron as unknown as ElectronApi });
}

function stubUtility(stub: Pick<Stub, 'forks' | 'pids'>, path: string, args: string[], options: Electron.ForkOptions) {
  stub.forks.push(options);
  const child = fork(path, args, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: options.env as NodeJS.ProcessEnv,
    execArgv: [...(options.execArgv ?? []), '--import', PARENT_PORT],
  });
  let pid: number | undefined; // as Electron has it: not before 'spawn'
  const utility = Object.assign(new EventEmitter(), {
    postMessage: (message: unknown) => {
      // What goes to a process that is just ending is lost, as with Electron's.
      if (child.connected) child.send(message as object, () => {});
    },
    kill: () => child.kill(),
  });
  Object.defineProperty(utility, 'pid', { get: () => pid });
  child.on('spawn', () => {
    pid = child.pid;
    if (pid !== undefined) stub.pids.push(pid);
    utility.emit('spawn');
  });
  child.on('message', (message) => utility.emit('message', message));
  child.on('exit', (code, signal) => {
    pid = undefined;
    utility.emit('exit', signal === null ? code : 9);
  });
  return utility as unknown as Electron.UtilityProcess;
}
