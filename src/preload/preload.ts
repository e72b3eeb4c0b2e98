/** The only bridge between the window and the host: the contract, and a few things that need the system. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { EventName } from '../shared/contract.ts';
import type { Bridge } from '../renderer/client/host.ts';
import { audioUrl } from '../main/host/electron/addresses.ts';
import { CHANNELS } from '../main/host/electron/channels.ts';

const listeners = new Map<EventName, Set<(payload: never) => void>>();

// One listener for the whole bridge, however many the window has; Electron's own event never reaches the page.
ipcRenderer.on(CHANNELS.event, (_event, name: EventName, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload as never);
});

const bridge: Bridge = {
  invoke: (name, input) => ipcRenderer.invoke(CHANNELS.call, name, input),
  on: (event, listener) => {
    const set = listeners.get(event) ?? new Set();
    listeners.set(event, set);
    set.add(listener);
    return () => void set.delete(listener);
  },
  onState: (listener) => {
    const own = (_event: unknown, state: 'lost' | 'connected') => listener(state);
    ipcRenderer.on(CHANNELS.state, own);
    void ipcRenderer.invoke(CHANNELS.state).then((state: 'lost' | 'connected') => listener(state));
    return () => void ipcRenderer.off(CHANNELS.state, own);
  },
  onAction: (listener) => {
    const own = (_event: unknown, id: string) => listener(id);
    ipcRenderer.on(CHANNELS.action, own);
    return () => void ipcRenderer.off(CHANNELS.action, own);
  },
  host: {
    audioUrl: (fileId, asWav) => audioUrl(fileId, asWav),
    revealFile: async (path) => {
      await ipcRenderer.invoke(CHANNELS.reveal, path);
    },
    chooseFolders: () => ipcRenderer.invoke(CHANNELS.chooseFolders),
    chooseFile: (extensions) => ipcRenderer.invoke(CHANNELS.chooseFile, extensions),
    chooseOutput: (wanted) => ipcRenderer.invoke(CHANNELS.chooseOutput, wanted),
    chooseOutputFolder: () => ipcRenderer.invoke(CHANNELS.chooseOutputFolder),
    pathOfDroppedFile: (file) => webUtils.getPathForFile(file),
    dragPiece: (piece) => ipcRenderer.send(CHANNELS.dragPiece, piece),
    dragOut: (paths) => ipcRenderer.send(CHANNELS.dragOut, paths),
  },
};

contextBridge.exposeInMainWorld('earmark', bridge);
