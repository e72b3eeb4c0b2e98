/** The window's questions, answered; the engine's events, passed on to every window. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { BrowserWindow, IpcMain, IpcMainEvent, IpcMainInvokeEvent, Shell } from 'electron';
import type { ChosenOutput } from '../../../shared/calls/outputs.ts';
import type { CallName, EventName, Events } from '../../../shared/contract.ts';
import { toWire, UserError } from '../../../shared/errors.ts';
import { isOwnFrame } from './boundaries.ts';
import { CHANNELS } from './channels.ts';
import type { PathDialogs } from './dialogs.ts';
import type { EngineLink } from './engine-link.ts';
import { isInLibrary } from './library-paths.ts';

export type EngineState = 'lost' | 'connected';

/**
 * For windows without the system's dialogs: a page that was taken over must not look around on this machine, nor say
 * where something is written.
 */
const NOT_FROM_A_WINDOW: ReadonlySet<string> = new Set<CallName>([
  'place.list',
  'folder.list',
  'output.grant',
  'piece.make',
]);

export interface WindowMessages {
  /** Passes an event on to every window. */
  tell: <E extends EventName>(event: E, payload: Events[E]) => void;
  /** Passes an event on to one window. @returns false when its page does not listen yet */
  tellOne: <E extends EventName>(window: Electron.BrowserWindow | null, event: E, payload: Events[E]) => boolean;
  /** Says to every window whether the engine answers. */
  tellState: (state: EngineState) => void;
}

export interface MessageDeps {
  ipcMain: Pick<IpcMain, 'handle' | 'on'>;
  dialogs: PathDialogs;
  shell: Pick<Shell, 'showItemInFolder'>;
  engine: Pick<EngineLink, 'call' | 'granted'>;
  /** Windows that are open now. */
  windows: () => Pick<BrowserWindow, 'webContents' | 'isDestroyed'>[];
  /** Of a sender; null when it has none any more. */
  windowOf: (contents: IpcMainInvokeEvent['sender']) => Electron.BrowserWindow | null;
  /** Absolute paths of the folders in use. */
  roots: () => readonly string[];
  /** Called when the page of a window has begun to listen. */
  windowListens: () => void;
  /** Picture beside the pointer while files are dragged; an absolute path. */
  dragIcon: string;
}

/** Answers every window. */
export function connectWindows(deps: MessageDeps): WindowMessages {
  const { ipcMain, dialogs, shell, engine, roots } = deps;
  const send = (channel: string, ...message: unknown[]) => {
    for (const window of deps.windows()) {
      if (!window.isDestroyed()) window.webContents.send(channel, ...message);
    }
  };
  const tell = <E extends EventName>(event: E, payload: Events[E]) => send(CHANNELS.event, event, payload);
  let state: EngineState = 'connected';
  const answering = (channel: string, work: (event: IpcMainInvokeEvent, ...input: unknown[]) => unknown) => {
    ipcMain.handle(channel, (event, ...input: unknown[]) => {
      if (!isOwnFrame(event.senderFrame)) throw new Error(`${channel}: the sender is not Earmark's own window`);
      return work(event, ...input);
    });
  };

  answering(CHANNELS.call, (_event, given, input) => {
    const name = String(given);
    if (!NOT_FROM_A_WINDOW.has(name)) return engine.call(name as CallName, input);
    return { ok: false, error: toWire(new UserError('bad-input', `${name} is not available in the desktop app.`)) };
  });

  answering(CHANNELS.reveal, (_event, path) => {
    if (typeof path !== 'string' || !isInLibrary(path, roots())) return null;
    // The system shows nothing at all for a file that is not there.
    if (existsSync(path)) shell.showItemInFolder(path);
    else tell('engine.notice', { message: `“${basename(path)}” was not found. Its drive may not be connected.` });
    return null;
  });

  answering(CHANNELS.chooseFolders, ({ sender }) => dialogs.folders(deps.windowOf(sender)));

  answering(CHANNELS.chooseFile, ({ sender }, wanted) => dialogs.file(deps.windowOf(sender), wanted));

  answering(CHANNELS.chooseOutput, async ({ sender }, wanted): Promise<ChosenOutput | null> => {
    const path = await dialogs.output(deps.windowOf(sender), wanted);
    return path === null ? null : { path, output: await engine.granted(path) };
  });

  answering(CHANNELS.chooseOutputFolder, async ({ sender }): Promise<ChosenOutput | null> => {
    const path = await dialogs.outputFolder(deps.windowOf(sender));
    return path === null ? null : { path, output: await engine.granted(path) };
  });

  ipcMain.on(CHANNELS.dragOut, (event: IpcMainEvent, paths: unknown) => {
    if (!isOwnFrame(event.senderFrame) || !Array.isArray(paths)) return;
    try {
      const known = roots();
      const files = paths.filter((path): path is string => typeof path === 'string' && isInLibrary(path, known));
      const there = files.filter((path) => existsSync(path));
      if (there.length > 0) event.sender.startDrag({ file: there[0]!, files: there, icon: deps.dragIcon });
      else if (files.length > 0) {
        tell('engine.notice', { message: 'These files were not found. Their drive may not be connected.' });
      }
    } catch (error) {
      tell('engine.notice', { message: toWire(error).userMessage }); // nobody waits for an answer
    }
  });

  // The button is held while the piece is cut: a moment for a few seconds of sound.
  ipcMain.on(CHANNELS.dragPiece, (event: IpcMainEvent, piece: unknown) => {
    if (!isOwnFrame(event.senderFrame)) return;
    void dragPiece(event.sender, piece).catch((error: unknown) => {
      tell('engine.notice', { message: toWire(error).userMessage }); // nobody waits for an answer
    });
  });
  async function dragPiece(sender: IpcMainEvent['sender'], piece: unknown): Promise<void> {
    const { path } = (piece ?? {}) as { path?: unknown };
    if (typeof path !== 'string' || !isInLibrary(path, roots())) return;
    const reply = await engine.call('piece.make', piece); // which checks it
    if (!reply.ok) tell('engine.notice', { message: reply.error.userMessage });
    else if (!sender.isDestroyed()) sender.startDrag({ file: reply.value.path, icon: deps.dragIcon });
  }

  // A window that was opened meanwhile, which asks when it hears everything else already.
  const listening = new WeakSet<IpcMainInvokeEvent['sender']>();
  answering(CHANNELS.state, ({ sender }) => {
    listening.add(sender);
    sender.once('render-process-gone', () => listening.delete(sender));
    deps.windowListens();
    return state;
  });

  return {
    tell,
    tellOne: (window, event, payload) => {
      if (!window || window.isDestroyed() || !listening.has(window.webContents)) return false;
      window.webContents.send(CHANNELS.event, event, payload);
      return true;
    },
    tellState: (now) => {
      state = now;
      send(CHANNELS.state, now);
    },
  };
}
