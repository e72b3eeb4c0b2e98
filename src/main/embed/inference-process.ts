/** Begin of the inference process: owns every ONNX session of one model pack. Its parent is encoder.ts. */
import { serveParent } from '../process/child.ts';
import type { PcmWindow } from '../process/pcm-wire.ts';
import { UserError } from '../../shared/errors.ts';
import { AudioEncoders, type Row } from './audio-encoders.ts';
import type { AudioOutput } from './graph-check.ts';
import type { EmbeddedWindow, FailedWindow, InferenceMethods, InferencePushes } from './inference-types.ts';
import { TextEncoder } from './text-encoder.ts';
import { WindowIntake } from './window-intake.ts';

type WindowTag = Omit<PcmWindow, 'samples'>;

let opened: { audio: AudioEncoders; text: TextEncoder; intake: WindowIntake } | null = null;

const push = serveParent<InferenceMethods, InferencePushes>({
  async open({ pack, socketPath, plan }) {
    if (opened) throw new Error('the inference process serves one model pack');
    const audio = new AudioEncoders({
      pack,
      plan,
      onRoom: () => intake.resume(),
      onNotice: (message) => push('notice', { message }),
      onGaveUp: (message) => push('gaveUp', { message }),
    });
    const intake = new WindowIntake({
      socketPath,
      onWindow: ({ samples, ...tag }) => audio.add({ samples, output: 'embedding', tag, sender: pushResults }, false),
      isFull: () => audio.full,
    });
    opened = { audio, intake, text: new TextEncoder(pack, plan.encoders * plan.threadsPerEncoder) };
    await intake.listen(); // last: should the engine go meanwhile, the socket is removed all the same
    return null;
  },
  loadAudio: (plan) => running().audio.load(plan ?? undefined),
  loadText: () => running().text.load(),
  embedTexts: ({ texts }) => running().text.embed(texts),
  embedWindows: ({ windows }) => embedWindows(windows, 'embedding'),
  embedFrames: ({ windows }) => embedWindows(windows, 'frames'),
  memory: () => ({ residentBytes: process.memoryUsage.rss() }),
  stats({ reset }) {
    const { audio, intake } = running();
    const { queued, counts } = audio;
    const { connections, brokenConnections } = intake;
    const stats = { ...counts, queued, connections, brokenConnections };
    if (reset) audio.resetCounts();
    return stats;
  },
});

// The engine is gone, or a defect ended this process. An orderly exit would terminate threads inside native code, which
// aborts with a core dump; there is nothing to keep, so the end is short. (The engine cleans up after a kill from outside.)
process.on('exit', () => {
  opened?.intake.removeSocket();
  process.kill(process.pid, 'SIGKILL');
});

function running(): NonNullable<typeof opened> {
  if (!opened) throw new Error('the first call must be open');
  return opened;
}

function pushResults(results: { tag: WindowTag; row: Row }[]): void {
  const embedded: EmbeddedWindow[] = [];
  const failed: FailedWindow[] = [];
  for (const { tag, row } of results) {
    if (row instanceof Float32Array) embedded.push({ ...tag, embedding: row });
    else failed.push({ ...tag, message: row.message });
  }
  if (embedded.length > 0) push('embedded', { windows: embedded });
  if (failed.length > 0) push('failed', { windows: failed });
}

async function embedWindows(windows: Float32Array[], output: AudioOutput): Promise<Float32Array[]> {
  const { audio } = running();
  await audio.load(); // so that a pack that cannot be loaded says so in its own words
  const embeddings = new Array<Float32Array>(windows.length);
  let missing = windows.length;
  if (missing === 0) return embeddings;
  return new Promise((resolve, reject) => {
    const sender = (results: { tag: number; row: Row }[]) => {
      for (const { tag, row } of results) {
        if (row instanceof Float32Array) embeddings[tag] = row;
        else reject(new UserError('undecodable-audio', `The model could not process this audio: ${row.message}.`));
        missing -= 1;
      }
      if (missing === 0) resolve(embeddings);
    };
    for (const [tag, samples] of windows.entries()) audio.add({ samples, output, tag, sender }, true);
  });
}
