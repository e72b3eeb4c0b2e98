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
  expect(Object.keys(bridge).sort()).toEqual(['host', 'invoke', 'on', 'onAction', 'onState']);
  expect(Object.values(bridge.host).every((member) => typeof member === 'function')).toBe(true);
});

test('calls and questions', async () => {
  await bridge.invoke('status.get', null);
  await bridge.host.revealFile!('/a.wav');
  expect(await bridge.host.chooseFolders!()).toBe(`answer to ${CHANNELS.chooseFolders}`);
  await bridge.host.chooseFile!(['.csv']);
  const wanted = { name: 'sounds.csv', endings: ['.csv'] };
  await bridge.host.chooseOutput!(wanted);
  await bridge.host.chooseOutputFolder!();
  bridge.host.dragOut!(['/a.wav']);
  const piece = { path: '/a.wav', startSeconds: 1, endSeconds: 2 };
  bridge.host.dragPiece!(piece);
  expect(ipc.asked).toEqual([
    [CHANNELS.call, 'status.get', null],
    [CHANNELS.reveal, '/a.wav'],
    [CHANNELS.chooseFolders],
    [CHANNELS.chooseFile, ['.csv']],
    [CHANNELS.chooseOutput, wanted],
    [CHANNELS.chooseOutputFolder],
  ]);
  expect(ipc.told).toEqual([
    [CHANNELS.dragOut, ['/a.wav']],
    [CHANNELS.dragPiece, piece],
  ]);
  expect(bridge.host.audioUrl(5, true)).toBe('earmark://app/audio/5?as=wav');
  expect(bridge.host.pathOfDroppedFile!(new File([], 'b.wav'))).toBe('/dropped/b.wav');
});

test('events reach their subscribers, without the message they came in', () => {
  const received: unknown[][] = [];
  const stop = bridge.on('engine.notice', (...given: unknown[]) => received.push(given));
  bridge.on('job.progress', (...given: unknown[]) => received.push(given));
  ipc.emit(CHANNELS.event, { sender: 'secret' }, 'engine.notice', { message: 'one' });
  stop();
  ipc.emit(CHANNELS.event, { sender: 'secret' }, 'engine.notice', { message: 'two' });
  expect(received).toEqual([[{ message: 'one' }]]);
});

test('whether the engine answers: at once, and when that changes, until it unsubscribes', async () => {
  const states: string[] = [];
  const stop = bridge.onState!((state) => states.push(state));
  await expect.poll(() => states).toEqual([`answer to ${CHANNELS.state}`]);
  ipc.emit(CHANNELS.state, {}, 'lost');
  stop();
  ipc.emit(CHANNELS.state, {}, 'connected');
  expect(states.slice(1)).toEqual(['lost']);
});

test('actions of the menu, until it unsubscribes', () => {
  const ids: string[] = [];
  const stop = bridge.onAction!((id) => ids.push(id));
  ipc.emit(CHANNELS.action, {}, 'find.focus');
  stop();
  ipc.emit(CHANNELS.action, {}, 'find.save');
  expect(ids).toEqual(['find.focus']);
});
