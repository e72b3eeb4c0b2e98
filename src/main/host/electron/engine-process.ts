/** The engine of the desktop app, in a process of its own: windows stay quick whatever SQLite is at. Why: docs/adr/0004. */
import type { CallName, EventName } from '../../../shared/contract.ts';
import { createEngine, type EngineHandle } from '../../engine/engine.ts';
import { serveParent } from '../../process/child.ts';
import { startProcessesBy } from '../../process/start-process.ts';
import { DawBridge } from '../daw/daw-bridge.ts';
import { dispatch } from '../dispatch.ts';
import { AudioRequests } from './audio-requests.ts';
import type { EngineMethods, EnginePushes } from './engine-protocol.ts';
import { relayedProcesses } from './process-relay.ts';

/** Every event there is: one that is missing here does not compile. */
const EVENTS: Record<EventName, true> = {
  'job.progress': true,
  'engine.notice': true,
  'catalogue.changed': true,
  'file.marked': true,
  'root.changed': true,
  'search.wanted': true,
  'setting.changed': true,
  'studio.changed': true,
  'tag.changed': true,
  'write.changed': true,
};

let opened: { handle: EngineHandle; audio: AudioRequests; daw: DawBridge } | null = null;
const idleWanted: ((seconds: number) => void)[] = [];
const processes = relayedProcesses((name, what) => push(name, what));

/** Main opens it before anything else. */
function engine(): NonNullable<typeof opened> {
  if (opened === null) throw new Error('the engine has not been opened');
  return opened;
}

function open(dataFolder: string): void {
  const handle = createEngine({
    dataFolder,
    load: 'background',
    watchRoots: true,
    followOthers: true,
    idle: () =>
      new Promise((resolve) => {
        idleWanted.push(resolve);
        push('idle', null);
      }),
  });
  const notice = (message: string) => push('event', { event: 'engine.notice', payload: { message } });
  opened = { handle, audio: new AudioRequests(handle.audio), daw: new DawBridge({ dataFolder, handle, notice }) };
  const tellRoots = () => push('roots', handle.rootPaths());
  for (const event of Object.keys(EVENTS) as EventName[]) {
    handle.on(event, (payload) => {
      if (event === 'root.changed') tellRoots();
      push('event', { event, payload } as EnginePushes['event']);
    });
  }
  tellRoots();
}

const push = serveParent<EngineMethods, EnginePushes>(
  {
    open: ({ dataFolder }) => {
      startProcessesBy(processes.startProcess);
      open(dataFolder);
      return null;
    },
    call: ({ name, input }) => dispatch(engine().handle.engine, name as CallName, input),
    close: async () => {
      const { handle, daw } = engine();
      await daw.close();
      await handle.close();
      return null;
    },
    idle: (seconds) => {
      for (const resolve of idleWanted.splice(0)) resolve(seconds);
      return null;
    },
    'audio.open': (input) => engine().audio.open(input),
    'audio.place': (input) => engine().audio.place(input),
    'audio.release': (input) => engine().audio.release(input),
    ...processes.handlers,
  },
  () => null,
  { onlyOwnFiles: false }, // it writes lists and sidecars for other programs
);
