/** The window's questions, answered; the engine's events, passed on to every window. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { BrowserWindow, Dialog, IpcMain, IpcMainEvent, IpcMainInvokeEvent, Shell } from 'electron';
import type { CallName, EventName, Events } from '../../../shared/contract.ts';
import type { EngineHandle } from '../../engine.ts';
import { dispatch } from '../dispatch.ts';
import { isOwnFrame } from './boundaries.ts';
import { CHANNELS } from './channels.ts';
import { isInLibrary } from './library-paths.ts';

/** Every event there is: one that is missing here does not compile. */
const EVENTS: Record<EventName, true> = {
  'job.progress': true,
  'eval.progress': true,
  'model.progress': true,
  'model.download': true,
  'engine.notice': true,
  'catalogue.changed': true,
  'file.marked': true,
  'root.changed': true,
  'setting.changed': true,
  'tag.changed': true,
  'write.changed': true,
};

export interface MessagePieces {
  ipcMain: Pick<IpcMain, 'handle' | 'on'>;
  dialog: Pick<Dialog, 'showOpenDialog'>;
  shell: Pick<Shell, 'showItemInFolder'>;
  handle: Pick<EngineHandle, 'engine' | 'on'>;
  /** Windows that are open now. */
  windows: () => Pick<BrowserWindow, 'webContents' | 'isDestroyed'>[];
  /** Of a sender; null when it has none any more. */
  windowOf: (contents: IpcMainInvokeEvent['sender']) => Electron.BrowserWindow | null;
  /** Absolute paths of the folders in use. */
  roots: () => string[];
  /** Picture beside the pointer while files are dragged; an absolute path. */
  dragIcon: string;
}

/** @returns stops passing events on */
export function connectWindows(pieces: MessagePieces): () => void {
  const { ipcMain, dialog, shell, handle, roots } = pieces;
  const tell = <E extends EventName>(event: E, payload: Events[E]) => send(pieces.windows(), event, payload);
  const answering = (channel: string, work: (event: IpcMainInvokeEvent, ...input: unknown[]) => unknown) => {
    ipcMain.handle(channel, (event, ...input: unknown[]) => {
      if (!isOwnFrame(event.senderFrame)) throw new Error(`${channel}: the sender is not Earmark's own window`);
      return work(event, ...input);
    });
  };

  answering(CHANNELS.call, (_event, name, input) => dispatch(handle.engine, String(name) as CallName, input));

  answering(CHANNELS.reveal, (_event, path) => {
    if (typeof path !== 'string' || !isInLibrary(path, roots())) return null;
    // The system shows nothing at all for a file that is not there.
    if (existsSync(path)) shell.showItemInFolder(path);
    else tell('engine.notice', { message: `“${basename(path)}” is not there now. Its drive may not be connected.` });
    return null;
  });

  answering(CHANNELS.chooseFolders, async ({ sender }) => {
    const options = {
      title: 'Folders to listen to',
      buttonLabel: 'Listen',
      properties: ['openDirectory', 'multiSelections', 'dontAddToRecent'],
    } satisfies Electron.OpenDialogOptions;
    const window = pieces.windowOf(sender);
    const chosen = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return chosen.canceled ? [] : chosen.filePaths;
  });

  ipcMain.on(CHANNELS.dragOut, (event: IpcMainEvent, paths: unknown) => {
    if (!isOwnFrame(event.senderFrame) || !Array.isArray(paths)) return;
    const known = roots();
    const files = paths.filter((path): path is string => typeof path === 'string' && isInLibrary(path, known));
    const there = files.filter((path) => existsSync(path));
    if (there.length > 0) event.sender.startDrag({ file: there[0]!, files: there, icon: pieces.dragIcon });
    else if (files.length > 0) {
      tell('engine.notice', { message: 'These files are not there now. Their drive may not be connected.' });
    }
  });

  const stops = (Object.keys(EVENTS) as EventName[]).map((event) =>
    handle.on(event, (payload) => send(pieces.windows(), event, payload)),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

function send(windows: ReturnType<MessagePieces['windows']>, event: EventName, payload: Events[EventName]): void {
  for (const window of windows) {
    if (!window.isDestroyed()) window.webContents.send(CHANNELS.event, event, payload);
  }
}
