/** The desktop app put together: engine in this process, its children as utility processes, one window. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { dispatch } from '../dispatch.ts';
import { createEngine, type EngineHandle } from '../../engine.ts';
import { version } from '../../install.ts';
import { startProcessesBy } from '../../process/start-process.ts';
import { AudioFiles } from '../audio-file.ts';
import { CatalogueReader } from '../catalogue-reader.ts';
import { readStaticFiles } from '../http/static-files.ts';
import { SCHEME } from './addresses.ts';
import { guardContents, guardSession } from './boundaries.ts';
import { CHANNELS } from './channels.ts';
import { MainWindow } from './main-window.ts';
import { menuTemplate } from './menu.ts';
import { connectWindows } from './messages.ts';
import { answer, PRIVILEGES } from './protocol.ts';
import { Quitting } from './quitting.ts';
import { utilityProcesses } from './utility-processes.ts';
import { WorkSign, WorkUnderWay } from './work-sign.ts';

/** As in electron-builder.yml. */
const APP_ID = 'io.earmark.app';

export type ElectronApi = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'nativeTheme'
  | 'powerMonitor'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
  | 'utilityProcess'
>;

/** Absolute paths. */
export interface DesktopPlaces {
  dataFolder: string;
  /** Where the window was built to. */
  windowFolder: string;
  preload: string;
  /** icon.png, tray.png, drag.png */
  iconFolder: string;
  /** To be listened to from the start. */
  folders?: string[];
}

/** What a test may want to look at. */
export interface DesktopHost {
  engine: EngineHandle;
  window: MainWindow;
}

/**
 * Has to be called before Electron is ready: schemes cannot be registered later.
 * @returns null when another Earmark has this catalogue open; it comes to the front instead
 */
export async function startDesktopHost(electron: ElectronApi, places: DesktopPlaces): Promise<DesktopHost | null> {
  const { app, protocol } = electron;
  // Chromium's own files beside the catalogue, so that the lock below is about the catalogue: one Earmark for each.
  const windowData = join(places.dataFolder, 'window');
  mkdirSync(windowData, { recursive: true });
  app.setPath('userData', windowData);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  protocol.registerSchemesAsPrivileged([PRIVILEGES]);
  app.enableSandbox();
  app.setAppUserModelId(APP_ID);
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  await app.whenReady();
  return open(electron, places, windowData);
}

function open(electron: ElectronApi, places: DesktopPlaces, windowData: string): DesktopHost {
  const { app, BrowserWindow, dialog, ipcMain, Menu, powerMonitor, session } = electron;
  const { dataFolder, iconFolder } = places;
  const mac = process.platform === 'darwin';
  startProcessesBy(utilityProcesses(electron.utilityProcess));
  const engine = createEngine({
    dataFolder,
    load: 'background',
    watchRoots: true,
    idle: () => Promise.resolve(powerMonitor.getSystemIdleTime()),
  });
  const reader = new CatalogueReader(dataFolder);
  const audio = new AudioFiles({ dataFolder, catalogue: () => reader.get() });
  const closing = new AbortController();

  const files = readStaticFiles(places.windowFolder);
  if (!files.has('/index.html')) {
    dialog.showErrorBox(
      'Earmark',
      'The window has not been built yet. Run: npm run build:renderer, then start Earmark again.',
    );
  }
  guardSession(session.defaultSession);
  session.defaultSession.protocol.handle(SCHEME, (request) =>
    answer(request, { files, audio, closing: closing.signal }),
  );

  const window: MainWindow = new MainWindow({
    app,
    makeWindow: (options) => new BrowserWindow(options),
    screen: electron.screen,
    dialog,
    dark: electron.nativeTheme.shouldUseDarkColors,
    preload: places.preload,
    icon: join(iconFolder, 'icon.png'),
    stateFile: join(windowData, 'window-state.json'),
    // On a Mac an app without a window goes on.
    onClose: () => mac || quitting.request(),
    onSessionEnd: () => void quitting.quitNow(),
  });
  const showWindow = () => {
    quitting.comeBack();
    window.show();
  };

  const work = new WorkUnderWay();
  const sign = new WorkSign({
    windows: () => BrowserWindow.getAllWindows(),
    powerSaveBlocker: electron.powerSaveBlocker,
    powerMonitor,
    makeTray: () => new electron.Tray(join(iconFolder, 'tray.png')),
    buildMenu: (template) => Menu.buildFromTemplate(template),
    showWindow,
    pauseOrResume: ({ id, state }) => void dispatch(engine.engine, state === 'paused' ? 'job.resume' : 'job.pause', id), // it may have just ended
    quit: () => app.quit(),
  });
  const quitting: Quitting = new Quitting({
    job: () => work.current,
    ask: async ({ message, detail, buttons }) => {
      const question = {
        type: 'question',
        message,
        detail,
        buttons,
        defaultId: 0,
        cancelId: buttons.length - 1,
      } as const;
      const parent = window.current;
      const { response } = await (parent ? dialog.showMessageBox(parent, question) : dialog.showMessageBox(question));
      return response;
    },
    ...(mac ? {} : { hide: () => window.hide() }),
    close: async () => {
      window.savePlace();
      stopPassing();
      closing.abort();
      sign.close();
      await audio.close();
      reader.close();
      await engine.close();
    },
    exit: () => app.exit(0),
  });

  const stopPassing = connectWindows({
    ipcMain,
    dialog,
    shell: electron.shell,
    handle: engine,
    windows: () => BrowserWindow.getAllWindows(),
    windowOf: (contents) => BrowserWindow.fromWebContents(contents),
    roots: () =>
      reader
        .get()
        ?.roots.list()
        .map(({ path }) => path) ?? [],
    dragIcon: join(iconFolder, 'drag.png'),
  });
  engine.on('job.progress', (progress) => {
    const ended = work.note(progress);
    if (!quitting.closing) sign.show(work.current);
    if (ended) quitting.workEnded();
  });
  for (const event of ['on-ac', 'on-battery'] as const) {
    // `as` because each event has an overload of its own.
    powerMonitor.on(event as 'on-ac', () => sign.show(work.current));
  }

  const listenTo = async (folders: string[]) => {
    const started = await dispatch(engine.engine, 'index.start', { folders });
    if (!started.ok) dialog.showErrorBox('Earmark', started.error.userMessage);
  };
  const run = (id: string) => {
    showWindow();
    window.current?.webContents.send(CHANNELS.action, id);
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({ mac, development: !app.isPackaged, run })));
  app.setAboutPanelOptions({ applicationName: 'Earmark', applicationVersion: version() });

  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.on('before-quit', (event) => {
    if (!quitting.request()) event.preventDefault();
  });
  // Without a listener Electron quits by itself; on Windows and Linux a window closes only once all has ended.
  app.on('window-all-closed', () => undefined);
  powerMonitor.on('shutdown', () => void quitting.quitNow());

  window.show();
  if (places.folders && places.folders.length > 0) void listenTo(places.folders);
  return { engine, window };
}
