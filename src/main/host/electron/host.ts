/** The desktop app put together: the engine and its children as utility processes, one window. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { version } from '../../files/install.ts';
import { startProcessesBy } from '../../process/start-process.ts';
import { readStaticFiles } from '../http/static-files.ts';
import { SCHEME } from './addresses.ts';
import { guardContents, guardSession } from './boundaries.ts';
import { CHANNELS } from './channels.ts';
import { pathDialogs } from './dialogs.ts';
import { EngineLink } from './engine-link.ts';
import { MainWindow } from './main-window.ts';
import { menuTemplate } from './menu.ts';
import { connectWindows } from './messages.ts';
import { OpenedPaths } from './opened-paths.ts';
import { answer, PRIVILEGES } from './protocol.ts';
import { isLibraryJob, type JobProgress } from '../../../shared/jobs.ts';
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
export interface DesktopPaths {
  dataFolder: string;
  /** Where the window was built to. */
  windowFolder: string;
  preload: string;
  /** icon.png, tray.png, drag.png */
  iconFolder: string;
  /** Named at the start, absolute: folders are analysed, files searched by. */
  opened?: string[];
}

/** What a test may want to look at. */
export interface DesktopHost {
  engine: EngineLink;
  window: MainWindow;
}

/**
 * Has to be called before Electron is ready: schemes cannot be registered later.
 * @returns null when another Earmark has this catalogue open; it comes to the front instead
 */
export async function startDesktopHost(electron: ElectronApi, paths: DesktopPaths): Promise<DesktopHost | null> {
  const { app, protocol } = electron;
  // Chromium's own files beside the catalogue, so that the lock below is about the catalogue: one Earmark for each.
  const windowData = join(paths.dataFolder, 'window');
  mkdirSync(windowData, { recursive: true });
  app.setPath('userData', windowData);
  const { opened = [] } = paths;
  // Chromium sorts the arguments that it passes on to the first one; this it leaves as it is.
  if (!app.requestSingleInstanceLock({ opened })) {
    app.quit();
    return null;
  }
  protocol.registerSchemesAsPrivileged([PRIVILEGES]);
  app.enableSandbox();
  app.setAppUserModelId(APP_ID);
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  // A Mac tells what to open instead of naming it, even before the app is ready.
  const early = [...opened];
  const keep = (event: Electron.Event, path: string) => {
    event.preventDefault();
    early.push(path);
  };
  app.on('open-file', keep);
  await app.whenReady();
  app.off('open-file', keep);
  return open(electron, { ...paths, opened: early }, windowData);
}

async function open(electron: ElectronApi, paths: DesktopPaths, windowData: string): Promise<DesktopHost> {
  const { app, BrowserWindow, dialog, ipcMain, Menu, powerMonitor, session } = electron;
  const { dataFolder, iconFolder } = paths;
  const mac = process.platform === 'darwin';
  startProcessesBy(utilityProcesses(electron.utilityProcess));
  const engine: EngineLink = new EngineLink({
    utilityProcess: electron.utilityProcess,
    dataFolder,
    idleSeconds: () => powerMonitor.getSystemIdleTime(),
    event: (event, payload) => {
      if (!quitting.closing) messages.tell(event, payload);
      if (event === 'job.progress') followed(payload as JobProgress);
    },
    state: (state) => {
      messages.tellState(state);
      if (state === 'lost') noted(work.clear());
    },
  });
  const closing = new AbortController();

  const files = readStaticFiles(paths.windowFolder);
  if (!files.has('/index.html')) {
    dialog.showErrorBox(
      'Earmark',
      'The window has not been built yet. Run: npm run build:renderer, then start Earmark again.',
    );
  }
  guardSession(session.defaultSession);
  session.defaultSession.protocol.handle(SCHEME, (request) =>
    answer(request, { files, audio: engine.audio, closing: closing.signal }),
  );

  const window: MainWindow = new MainWindow({
    app,
    makeWindow: (options) => new BrowserWindow(options),
    screen: electron.screen,
    dialog,
    dark: electron.nativeTheme.shouldUseDarkColors,
    preload: paths.preload,
    icon: join(iconFolder, 'icon.png'),
    stateFile: join(windowData, 'window-state.json'),
    // On a Mac an app keeps running without a window.
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
    pauseOrResume: ({ id, state }) => void engine.call(state === 'paused' ? 'job.resume' : 'job.pause', id), // it may have just ended
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
      closing.abort();
      sign.close();
      await engine.close();
    },
    exit: () => app.exit(0),
  });

  const messages = connectWindows({
    ipcMain,
    dialogs: pathDialogs(dialog),
    shell: electron.shell,
    engine,
    windows: () => BrowserWindow.getAllWindows(),
    windowOf: (contents) => BrowserWindow.fromWebContents(contents),
    roots: () => engine.roots,
    windowListens: () => handed.windowListens(),
    dragIcon: join(iconFolder, 'drag.png'),
  });
  const followed = (progress: JobProgress) => {
    // Nobody is asked to wait for a model: the next start continues.
    if (isLibraryJob(progress)) noted(work.note(progress));
  };
  /** @param ended the last job has */
  const noted = (ended: boolean) => {
    if (!quitting.closing) sign.show(work.current);
    if (ended) quitting.workEnded();
  };
  for (const event of ['on-ac', 'on-battery'] as const) {
    // `as` because each event has an overload of its own.
    powerMonitor.on(event as 'on-ac', () => sign.show(work.current));
  }

  const indexFolders = async (folders: string[]) => {
    const started = await engine.call('index.start', { folders });
    if (!started.ok) dialog.showErrorBox('Earmark', started.error.userMessage);
  };
  const handed = new OpenedPaths({
    analyse: (folders) => void indexFolders(folders),
    search: (like) => messages.tellOne(window.current, 'search.wanted', { like }),
    notice: (message) => {
      if (!messages.tellOne(window.current, 'engine.notice', { message })) dialog.showErrorBox('Earmark', message);
    },
  });
  const openPaths = (given: readonly string[]) => {
    showWindow();
    handed.open(given);
  };
  const run = (id: string) => {
    showWindow();
    window.current?.webContents.send(CHANNELS.action, id);
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({ mac, development: !app.isPackaged, run })));
  app.setAboutPanelOptions({ applicationName: 'Earmark', applicationVersion: version() });

  app.on('second-instance', (_event, _args, _folder, data) => {
    // Nothing from one of another version.
    const { opened = [] } = (data ?? {}) as { opened?: string[] };
    openPaths(opened);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openPaths([path]);
  });
  app.on('activate', showWindow);
  app.on('before-quit', (event) => {
    if (!quitting.request()) event.preventDefault();
  });
  // Without a listener Electron quits by itself; on Windows and Linux a window closes only once all has ended.
  app.on('window-all-closed', () => undefined);
  powerMonitor.on('shutdown', () => void quitting.quitNow());

  window.show();
  handed.open(paths.opened ?? []);
  await engine.opened;
  return { engine, window };
}
