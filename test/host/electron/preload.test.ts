/** The bridge: what the page gets, and that both ends use the same messages. */
import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { CHANNELS } from '../../../src/main/host/electron/channels.ts';
import type { Bridge } from '../../../src/renderer/client/host.ts';

const ipc = Object.assign(new EventEmitter(), {
  asked: [] as unknown[][],
  told: [] as unknown[][],
  invoke: (...message: unknown[]) => {
    ipc.asked.push(message);
    return Promise.resolve(`answer to ${String(message[0])}`);
  },
  send: (...message: unknown[]) => void ipc.told.push(message),
});
const exposed = new Map<string, unknown>();

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) },
  ipcRenderer: ipc,
  webUtils: { getPathForFile: (file: { name: string }) => `/dropped/${file.name}` },
}));

let bridge: Bridge;
beforeEach(async () => {
  await import('../../../src/preload/preload.ts');
  bridge = exposed.get('earmark') as Bridge;
  ipc.asked.length = 0;
  ipc.told.length = 0;
});

test('the page gets one thing, and Electron is not in it', () => {
  expect([...exposed.keys()]).toEqual(['earmark']);
  expect(Object.keys(bridge).sort()).toEqual(['host', 'invoke', 'on', 'onAction']);
  expect(Object.values(bridge.host).every((member) => typeof member === 'function')).toBe(true);
});

test('calls and questions', async () => {
  await bridge.invoke('status.get', null);
  await bridge.host.revealFile!('/a.wav');
  expect(await bridge.host.chooseFolders!()).toBe(`answer to ${CHANNELS.chooseFolders}`);
  bridge.host.dragOut!(['/a.wav']);
  expect(ipc.asked).toEqual([
    [CHANNELS.call, 'status.get', null],
    [CHANNELS.reveal, '/a.wav'],
    [CHANNELS.chooseFolders],
  ]);
  expect(ipc.told).toEqual([[CHANNELS.dragOut, ['/a.wav']]]);
  expect(bridge.host.audioUrl(5, true)).toBe('earmark://app/audio/5?as=wav');
  expect(bridge.host.pathOfDroppedFile!(new File([], 'b.wav'))).toBe('/dropped/b.wav');
});

test('events reach who listens, without the message they came in', () => {
  const heard: unknown[][] = [];
  const stop = bridge.on('engine.notice', (...given: unknown[]) => heard.push(given));
  bridge.on('job.progress', (...given: unknown[]) => heard.push(given));
  ipc.emit(CHANNELS.event, { sender: 'secret' }, 'engine.notice', { message: 'one' });
  stop();
  ipc.emit(CHANNELS.event, { sender: 'secret' }, 'engine.notice', { message: 'two' });
  expect(heard).toEqual([[{ message: 'one' }]]);
});

test('actions of the menu, until one stops listening', () => {
  const ids: string[] = [];
  const stop = bridge.onAction!((id) => ids.push(id));
  ipc.emit(CHANNELS.action, {}, 'find.focus');
  stop();
  ipc.emit(CHANNELS.action, {}, 'find.save');
  expect(ids).toEqual(['find.focus']);
});
