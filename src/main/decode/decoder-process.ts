/** The decoder process: FFmpeg lives here, so that a file that breaks it costs only this process. */
import { serveParent } from '../process/child.ts';
import type { AudioLibrary } from './audio-source.ts';
import { decodeFile, identifyFile, tagsOfFile, type Pass } from './decode-file.ts';
import { chooseLibrary, decoderBackend } from './decoder-backend.ts';
import type { DecoderMethods, DecoderPushes } from './report.ts';
import { listenerLost } from './file-errors.ts';
import { renderWav } from './render-wav.ts';
import { MemorySink, SocketSink, type PcmSink } from './pcm-sink.ts';

/** The engine need not hear more often than this that we are alive. */
const PROGRESS_MS = 500;
/** The event loop turns at least this often, so that a parent that is gone is noticed and sockets move. */
const BREATH_MS = 50;

let lastProgress = 0;
let lastBreath = 0;
let library: Promise<AudioLibrary> | null = null;
const sinks = new Map<string, SocketSink>();

const push = serveParent<DecoderMethods, DecoderPushes>({
  async decode({ item, target, ...file }) {
    const { socketPath, ...plan } = target;
    // One connection for all windows of an item: were it renewed in between, the earlier ones would be missing.
    let connection: SocketSink | null = null;
    const sink: PcmSink = {
      async write(window) {
        try {
          connection ??= await connectionTo(socketPath);
          await connection.write(window);
        } catch (error) {
          throw listenerLost(file.path, error);
        }
      },
    };
    return decodeFile(file, item, plan, sink, await pass());
  },
  async read({ plan, ...file }) {
    const sink = new MemorySink();
    const report = await decodeFile(file, 0, plan, sink, await pass());
    return report.notAudio ? report : { report, windows: sink.windows };
  },
  identify: async (file) => identifyFile(file, await pass()),
  render: async (request) => renderWav(request, await pass()),
  tags: (file) => tagsOfFile(file),
  backend: () => decoderBackend(),
});

async function pass(): Promise<Pass> {
  library ??= chooseLibrary();
  return { library: await library, beat };
}

async function beat(): Promise<void> {
  progress();
  const now = performance.now();
  if (now - lastBreath < BREATH_MS) return;
  await new Promise<void>((resolve) => setImmediate(resolve));
  lastBreath = performance.now();
}

function progress(): void {
  const now = performance.now();
  if (now - lastProgress < PROGRESS_MS) return;
  lastProgress = now;
  push('progress', null);
}

/** One connection an address, opened at the first window and kept; opened anew when it broke. */
async function connectionTo(socketPath: string): Promise<SocketSink> {
  const existing = sinks.get(socketPath);
  if (existing?.usable) return existing;
  existing?.close();
  // Another address means another inference process: the old ones are gone.
  for (const [path, sink] of sinks) {
    sink.close();
    sinks.delete(path);
  }
  const sink = await SocketSink.connect(socketPath, progress);
  sinks.set(socketPath, sink);
  return sink;
}
