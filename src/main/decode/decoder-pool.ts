/** The engine's side of decoding: a few decoder processes, one file at a time in each. */
import { systemTimers, type Timers } from '../async/timers.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import type { PcmWindow } from '../process/pcm-wire.ts';
import type { NativeTag } from '../../shared/types.ts';
import type {
  AnalyseRequest,
  Analysed,
  CutPiece,
  CutRequest,
  DecodeReport,
  DecodeRequest,
  DecoderBackend,
  DecoderMethods,
  DecoderPushes,
  FileRequest,
  Identity,
  Levels,
  LevelsRequest,
  NotAudio,
  PeakFileRequest,
  ReadRequest,
  RenderedWav,
  RenderRequest,
  Samples,
  SamplesRequest,
  Spectrum,
  SpectrumRequest,
} from './report.ts';
import { timedOut } from './file-errors.ts';
import type { PeakLayout } from './peak-layout.ts';

export interface DecoderPoolOptions {
  /** Processes at most; each is started when first needed. */
  size: number;
  /** Below normal priority: background work in the app. */
  lowPriority?: boolean;
  /** An item without a sign of life for this long is given up. */
  stallSeconds?: number;
  /** Added to the processes' environment. */
  env?: Record<string, string>;
  /** What measures `stallSeconds`. @default the system's clock */
  timers?: Timers;
}

type DecoderChild = Child<DecoderMethods, DecoderPushes>;
type MethodName = keyof DecoderMethods;

interface Job {
  start: (slot: Slot) => void;
  /** Given up before it began. */
  refuse: (reason: Error) => void;
}

interface Slot {
  child: DecoderChild | null;
  job: Job | null;
}

const DEFAULT_STALL_SECONDS = 60;
/** A process stuck in the kernel (a dead network drive) cannot be killed yet; it is not waited for longer than this. */
const KILL_PATIENCE_MS = 3000;
/** Old space of a decoder process; PCM lives outside it. */
const MAX_OLD_SPACE_MIB = 512;
/**
 * FFmpeg's frames count as memory of the heap, which made V8 collect all of the heap ten times a second, for a third of what
 * short files cost. From this much on they no longer do; resident memory stays the same (measured: 194 MB both ways).
 */
const INITIAL_OLD_SPACE_MIB = 64;

/**
 * Items are served in the order they came. All calls reject with
 * - `signal.reason` when aborted: at once while waiting; while running after its process has been killed,
 * - {@link ChildExitedError} when the process exited: the caller decides whether to try again,
 * - UserError `timed-out` when nothing moved for `stallSeconds` (waiting for the inference process is no stall),
 * - UserError with a FileErrorCode when the file cannot be used,
 * - Error when the inference process is gone.
 */
export class DecoderPool {
  readonly #options: DecoderPoolOptions;
  readonly #stallMs: number;
  readonly #timers: Timers;
  readonly #slots: Slot[];
  readonly #queue: Job[] = [];
  readonly #exiting = new Set<Promise<void>>();
  #closed = false;

  constructor(options: DecoderPoolOptions) {
    if (!Number.isInteger(options.size) || options.size < 1)
      throw new RangeError('a decoder pool needs at least one process');
    this.#options = options;
    this.#stallMs = (options.stallSeconds ?? DEFAULT_STALL_SECONDS) * 1000;
    this.#timers = options.timers ?? systemTimers;
    this.#slots = Array.from({ length: options.size }, () => ({ child: null, job: null }));
  }

  /** Processes at most. */
  get size(): number {
    return this.#slots.length;
  }

  /** Items being worked on. */
  get busy(): number {
    return this.#slots.filter((slot) => slot.job !== null).length;
  }

  /** Items waiting for a process. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Decodes a file and sends its windows to the inference process. Resolves when all are handed over. */
  decode(request: DecodeRequest, signal: AbortSignal): Promise<DecodeReport | NotAudio> {
    return this.#run('decode', request, request.path, signal);
  }

  /** Windows of a part of a file: few, as all of them are in memory at once. Decoding ends with the last one. */
  read(request: ReadRequest, signal: AbortSignal): Promise<PcmWindow[] | NotAudio> {
    return this.#run('read', request, request.path, signal);
  }

  /** Facts of some kinds alone, without windows. */
  analyse(request: AnalyseRequest, signal: AbortSignal): Promise<Analysed | NotAudio> {
    return this.#run('analyse', request, request.path, signal);
  }

  /** The content identity alone, without decoding. */
  identify(request: FileRequest, signal: AbortSignal): Promise<Identity> {
    return this.#run('identify', request, request.path, signal);
  }

  /** Decodes a file into a WAV for players. Bounded memory whatever its length. */
  render(request: RenderRequest, signal: AbortSignal): Promise<RenderedWav | NotAudio> {
    return this.#run('render', request, request.path, signal);
  }

  /** Samples of a part of a file: few, as all of them are in memory at once. */
  samples(request: SamplesRequest, signal: AbortSignal): Promise<Samples | NotAudio> {
    return this.#run('samples', request, request.path, signal);
  }

  /** Levels of frequency bands of a part of a file. */
  spectrum(request: SpectrumRequest, signal: AbortSignal): Promise<Spectrum | NotAudio> {
    return this.#run('spectrum', request, request.path, signal);
  }

  /** Loudness and peak of a part of a file. */
  levels(request: LevelsRequest, signal: AbortSignal): Promise<Levels | NotAudio> {
    return this.#run('levels', request, request.path, signal);
  }

  /** The peaks of a whole file at several resolutions, into a file. Bounded memory whatever its length. */
  peaks(request: PeakFileRequest, signal: AbortSignal): Promise<PeakLayout | NotAudio> {
    return this.#run('peaks', request, request.path, signal);
  }

  /** A part of a file as a file of its own. */
  cut(request: CutRequest, signal: AbortSignal): Promise<CutPiece> {
    return this.#run('cut', request, request.path, signal);
  }

  tags(request: FileRequest, signal: AbortSignal): Promise<NativeTag[]> {
    return this.#run('tags', request, request.path, signal);
  }

  /** Which decoder is in use, for the doctor. */
  backend(signal: AbortSignal): Promise<DecoderBackend> {
    return this.#run('backend', null, 'the decoder', signal);
  }

  /** Ends all processes and waits until they are gone. Items waiting or under way reject with ChildExitedError. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.refuse(new ChildExitedError('decoder', 'closed'));
    for (const slot of this.#slots) void this.#kill(slot);
    await Promise.all(this.#exiting);
  }

  #run<N extends MethodName>(
    name: N,
    input: DecoderMethods[N]['input'],
    path: string,
    signal: AbortSignal,
  ): Promise<DecoderMethods[N]['output']> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.#closed) return Promise.reject(new ChildExitedError('decoder', 'closed'));
    return new Promise((resolve, reject) => {
      const abandon = () => {
        this.#queue.splice(this.#queue.indexOf(job), 1);
        reject(signal.reason as Error);
      };
      const job: Job = {
        start: (slot) => {
          signal.removeEventListener('abort', abandon);
          this.#work(slot, name, input, path, signal).then(resolve, reject);
        },
        refuse: (reason: Error) => {
          signal.removeEventListener('abort', abandon);
          reject(reason);
        },
      };
      signal.addEventListener('abort', abandon, { once: true });
      this.#queue.push(job);
      this.#next();
    });
  }

  #next(): void {
    for (const slot of this.#slots) {
      if (slot.job !== null) continue;
      const job = this.#queue.shift();
      if (!job) return;
      slot.job = job;
      job.start(slot);
    }
  }

  async #work<N extends MethodName>(
    slot: Slot,
    name: N,
    input: DecoderMethods[N]['input'],
    path: string,
    signal: AbortSignal,
  ): Promise<DecoderMethods[N]['output']> {
    const child = this.#childOf(slot);
    const call = child.call(name, input);
    call.catch(() => {}); // when interrupted, its rejection is not news
    // An interruption settles this before it kills the process, so that the caller gets its reason.
    const interrupted = Promise.withResolvers<never>();
    let killing = Promise.resolve();
    const interrupt = (reason: Error) => {
      interrupted.reject(reason);
      killing = this.#kill(slot);
    };
    const onStall = () => interrupt(timedOut(path, Math.round(this.#stallMs / 1000)));
    const onAbort = () => interrupt(signal.reason as Error);
    let moves = this.#timers.after(this.#stallMs, onStall);
    const unsubscribe = child.on('progress', () => {
      moves();
      moves = this.#timers.after(this.#stallMs, onStall);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([call, interrupted.promise]);
    } finally {
      moves();
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
      await killing;
      slot.job = null;
      this.#next();
    }
  }

  #childOf(slot: Slot): DecoderChild {
    if (slot.child?.alive) return slot.child;
    const { lowPriority = false, env = {} } = this.#options;
    slot.child = new Child<DecoderMethods, DecoderPushes>({
      processName: 'decoder',
      entry: PROCESS_ENTRIES.decoder,
      env,
      lowPriority,
      maxOldSpaceMiB: MAX_OLD_SPACE_MIB,
      initialOldSpaceMiB: INITIAL_OLD_SPACE_MIB,
    });
    return slot.child;
  }

  /** Kills a slot's process; resolves when it is gone, or after a while when the kernel does not let it go. */
  #kill(slot: Slot): Promise<void> {
    const child = slot.child;
    slot.child = null;
    if (!child) return Promise.resolve();
    let patience: NodeJS.Timeout | undefined;
    const gone = Promise.race([
      child.kill(),
      new Promise<void>((resolve) => {
        patience = setTimeout(resolve, KILL_PATIENCE_MS);
        patience.unref();
      }),
    ]).finally(() => {
      clearTimeout(patience);
      this.#exiting.delete(gone);
    });
    this.#exiting.add(gone);
    return gone;
  }
}
