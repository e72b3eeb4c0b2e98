/** The decoder process: FFmpeg lives here, so that a file that breaks it costs only this process. */
import { serveParent } from '../process/child.ts';
import type { AudioLibrary } from './audio-source.ts';
import { cutPiece } from './cut/cut-piece.ts';
import { analyseFile, decodeFile, identifyFile, readWindows, tagsOfFile, type DecodeDeps } from './decode-file.ts';
import { chooseLibrary, decoderBackend } from './decoder-backend.ts';
import type { DecoderMethods, DecoderPushes } from './report.ts';
import { listenerLost } from './file-errors.ts';
import { readLevels } from './read-levels.ts';
import { readSamples } from './read-samples.ts';
import { renderWav } from './render-wav.ts';
import { SocketSink, type PcmSink } from './pcm-sink.ts';
import { writePeaks } from './write-peaks.ts';

/** How often the engine is told that the process is alive. */
const PROGRESS_MS = 500;
/** The event loop turns at least this often, so that a parent that is gone is noticed and sockets move. */
const YIELD_MS = 50;

let lastProgress = 0;
let lastYield = 0;
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
    return decodeFile(file, item, plan, sink, await decodeDeps());
  },
  read: async (request) => readWindows(request, await decodeDeps()),
  analyse: async (request) => analyseFile(request, await decodeDeps()),
  identify: async (file) => identifyFile(file, await decodeDeps()),
  render: async (request) => renderWav(request, await decodeDeps()),
  samples: async (request) => readSamples(request, await decodeDeps()),
  // Loaded when it is first asked for: nothing else needs transforms.
  spectrum: async (request) => (await import('./spectrum.ts')).readSpectrum(request, await decodeDeps()),
  levels: async (request) => readLevels(request, await decodeDeps()),
  peaks: async (request) => writePeaks(request, await decodeDeps()),
  cut: async (request) => cutPiece(request, await decodeDeps()),
  tags: (file) => tagsOfFile(file),
  backend: () => decoderBackend(),
});

async function decodeDeps(): Promise<DecodeDeps> {
  library ??= chooseLibrary();
  return { library: await library, beat };
}

async function beat(): Promise<void> {
  progress();
  const now = performance.now();
  if (now - lastYield < YIELD_MS) return;
  await new Promise<void>((resolve) => setImmediate(resolve));
  lastYield = performance.now();
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
