/** The two halves of analysis, decoding and embedding: each alone on one core, then both together as a pipeline. */
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { DecoderPool } from '../src/main/decode/decoder-pool.ts';
import { Encoder } from '../src/main/embed/encoder.ts';
import { embedFiles, type EmbeddingTarget } from '../src/main/embed/embed-files.ts';
import { EncoderSupervisor } from '../src/main/embed/supervisor.ts';
import type { ModelPack } from '../src/main/packs/pack.ts';
import { encodeFrame, newSocketPath } from '../src/main/process/pcm-wire.ts';
import type { BenchContext } from './context.ts';
import type { Corpus } from './corpus.ts';
import { LONG_FORMATS, type LongFormat } from './corpus-methods.ts';
import { decodeWithFfmpeg, ffmpegVersion, type Speed } from './ffmpeg-peer.ts';
import { median, rounds, timed } from './measure.ts';
import { cpuSecondsOfOne, processTree } from './processes.ts';
import { atLeast, peer, rangeOf, type Range, type Row } from './table.ts';

const NEVER = new AbortController().signal;
const ONE_ENCODER = { encoders: 1, threadsPerEncoder: 1 };

interface PipelineFigures {
  /** Audio seconds per second, by the clock. */
  wall: number;
  /** Of the time between the first and the last batch, 0..1. */
  busy: number;
}

export async function measureAnalysis(context: BenchContext, corpus: Corpus): Promise<Row[]> {
  const { pack, quick, say } = context;
  const target = targetOf(pack);
  const count = quick ? 1 : 3;
  const rows: Row[] = [];

  const decoding = new Map<LongFormat, { ours: Speed[]; ffmpeg: Speed[] }>();
  const ffmpeg = ffmpegVersion();
  for (const format of LONG_FORMATS) {
    say(`decoding ${format}`);
    const { paths, seconds } = corpus.long[format];
    const speeds: { ours: Speed[]; ffmpeg: Speed[] } = { ours: [], ffmpeg: [] };
    await rounds(count, async () => {
      speeds.ours.push(await decodeAlone(paths, target));
      if (ffmpeg) speeds.ffmpeg.push(await decodeWithFfmpeg(paths, seconds, target.sampleRate));
    });
    decoding.set(format, speeds);
  }

  say('the encoder alone');
  const windows = await readWindows(corpus.long.wav.paths[0]!, target);
  const alone1 = await rounds(count, () => encodeAlone(pack, windows, 1, quick ? 8 : 180));
  const alone4: Speed[] = [];
  const pipelines: PipelineFigures[] = [];
  // By turns, so that the machine's load is the same for both sides of the ratio.
  await rounds(count, async (round) => {
    say(`encoder alone and pipeline by turns, round ${round + 1}`);
    alone4.push(await encodeAlone(pack, windows, 4, quick ? 8 : 180));
    pipelines.push(await pipeline(pack, corpus.long.mp3.paths, target));
  });

  const encoder = figure(alone4);
  for (const [format, speeds] of decoding) {
    const against = ffmpeg ? { against: peer(figure(speeds.ffmpeg).value, `ffmpeg ${ffmpeg} to mono`) } : {};
    rows.push({ what: `decode ${format} 48 kHz stereo, per core`, ...figure(speeds.ours), unit: 'x real time', ...against }); // prettier-ignore
  }
  rows.push({ what: 'encoder alone, batch 1, per core', ...figure(alone1), unit: 'x real time', against: peer(encoder.value, 'batch 4') }); // prettier-ignore
  rows.push({ what: 'encoder alone, batch 4, per core', ...encoder, unit: 'x real time', note: wallNote(alone4) });
  rows.push({
    what: 'encoders that one decoder of mp3 can feed',
    value: figure(decoding.get('mp3')!.ours).value / encoder.value,
    unit: '',
    note: 'below 1 the encoder waits when there are as many decoders as encoders',
  });
  const walls = pipelines.map(({ wall }) => wall);
  rows.push({
    what: 'analysing mp3: one decoder, one encoder',
    value: median(walls),
    unit: 'x real time',
    range: rangeOf(walls),
    against: peer(median(alone4.map(({ wall }) => wall)), 'encoder alone, by the clock'),
  });
  const busy = pipelines.map((figures) => 100 * figures.busy);
  rows.push({
    what: 'encoder busy while analysing mp3',
    value: median(busy),
    unit: '%',
    range: rangeOf(busy),
    ...(quick ? {} : { against: atLeast(90) }),
  });
  return rows;
}

function targetOf({ audio }: ModelPack): EmbeddingTarget {
  const { sampleRate, windowSeconds, hopSeconds } = audio;
  return { sampleRate, windowSeconds, hopSeconds, maxWindows: 100_000 };
}

function figure(speeds: readonly Speed[]): Pick<Row, 'value'> & { range: Range } {
  const values = speeds.map(({ cpu, wall }) => (Number.isFinite(cpu) ? cpu : wall));
  return { value: median(values), range: rangeOf(values) };
}

function wallNote(speeds: readonly Speed[]): string {
  const wall = median(speeds.map((speed) => speed.wall)).toFixed(0);
  return `per core: audio per second of CPU time; ${wall} x by the clock`;
}

/** One decoder whose windows nobody embeds: they are read and dropped. */
async function decodeAlone(paths: readonly string[], target: EmbeddingTarget): Promise<Speed> {
  const socketPath = newSocketPath();
  const server = createServer((socket: Socket) => socket.resume());
  server.listen(socketPath);
  await once(server, 'listening');
  const pool = new DecoderPool({ size: 1 });
  const decode = async (path: string, item: number) => {
    const report = await pool.decode({ path, item, target: { ...target, socketPath } }, NEVER);
    if (report.notAudio) throw new Error(`not audio: ${path}`);
    return report.durationSeconds;
  };
  try {
    // Starting FFmpeg is no part of decoding a library.
    await pool.identify({ path: paths[0]! }, NEVER);
    const pid = processTree(process.pid).find(({ name }) => name === 'decoder')?.pid ?? -1;
    const cpuBefore = cpuSecondsOfOne(pid);
    const { value: audioSeconds, ms } = await timed(async () => {
      let seconds = 0;
      for (const [item, path] of paths.entries()) seconds += await decode(path, item);
      return seconds;
    });
    return { wall: (1000 * audioSeconds) / ms, cpu: audioSeconds / (cpuSecondsOfOne(pid) - cpuBefore) };
  } finally {
    await pool.close();
    server.close();
  }
}

async function readWindows(path: string, target: EmbeddingTarget): Promise<Float32Array[]> {
  const pool = new DecoderPool({ size: 1 });
  try {
    const read = await pool.read({ path, plan: { ...target, maxWindows: 32 }, fromSeconds: 0 }, NEVER);
    if ('notAudio' in read) throw new Error(`not audio: ${path}`);
    return read.map(({ samples }) => samples);
  } finally {
    await pool.close();
  }
}

/** The inference process with one thread, fed over its socket as decoders do, from windows that are in memory. */
async function encodeAlone(
  pack: ModelPack,
  windows: readonly Float32Array[],
  batchSize: number,
  count: number,
): Promise<Speed> {
  const encoder = await Encoder.start(pack, { ...ONE_ENCODER, batchSize });
  try {
    await encoder.loadAudio();
    await encoder.embedWindows(windows.slice(0, 4));
    const done = Promise.withResolvers<null>();
    let embedded = 0;
    encoder.onEmbedded(() => {
      if (++embedded === count) done.resolve(null);
    });
    encoder.onFailed(({ message }) => done.reject(new Error(message)));
    void encoder.exited.then((how) => done.reject(new Error(`the inference process ended (${how})`)));
    const socket = connect(encoder.socketPath);
    await once(socket, 'connect');
    const cpuBefore = cpuSecondsOfOne(encoder.pid);
    const { ms } = await timed(async () => {
      for (let at = 0; at < count; at++) {
        const samples = windows[at % windows.length]!;
        const frame = encodeFrame({ item: 1, windowIndex: at, startSeconds: at, seconds: 1, samples });
        if (!socket.write(frame)) await once(socket, 'drain');
      }
      await done.promise;
    });
    const audioSeconds = count * pack.audio.windowSeconds;
    const cpuSeconds = cpuSecondsOfOne(encoder.pid) - cpuBefore;
    socket.destroy();
    return { wall: (1000 * audioSeconds) / ms, cpu: audioSeconds / cpuSeconds };
  } finally {
    await encoder.close();
  }
}

/** The analysing stage as the engine runs it, without the catalogue: one decoder process, one encoder thread. */
async function pipeline(pack: ModelPack, paths: readonly string[], target: EmbeddingTarget): Promise<PipelineFigures> {
  const pool = new DecoderPool({ size: 1 });
  const supervisor = new EncoderSupervisor(pack, ONE_ENCODER, (message) => {
    throw new Error(message);
  });
  try {
    const { encoder } = await supervisor.running();
    await encoder.loadAudio();
    await pool.identify({ path: paths[0]! }, NEVER);
    await encoder.stats({ reset: true });
    const { value: audioSeconds, ms } = await timed(async () => {
      let seconds = 0;
      const files = paths.map((path, fileId) => ({ fileId, path }));
      for await (const outcome of embedFiles(files, target, pool, supervisor, NEVER)) {
        if (outcome.status !== 'done') throw new Error(`could not be analysed: ${outcome.file.path}`);
        seconds += outcome.report.durationSeconds;
      }
      return seconds;
    });
    const { busySeconds, idleSeconds } = await encoder.stats();
    return { wall: (1000 * audioSeconds) / ms, busy: busySeconds / (busySeconds + idleSeconds) };
  } finally {
    await pool.close();
    await supervisor.close();
  }
}
