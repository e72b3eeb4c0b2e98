/** One pass over one file: sniff → open → decode → mono → resample → windows, and the facts gathered on the way. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { SAMPLE_KINDS, type SampleFacts, type SampleKind } from '../../shared/analysis.ts';
import type { DecodeWarning, NativeTag } from '../../shared/types.ts';
import { UserError } from '../../shared/errors.ts';
import { Analysing } from './analysers/analysing.ts';
import type { AudioLibrary, AudioSource, Resampler } from './audio-source.ts';
import type { PcmWindow } from '../process/pcm-wire.ts';
import { byteReader, type ByteReader } from '../files/byte-reader.ts';
import { isCutOff } from './cut-off.ts';
import type {
  AnalyseRequest,
  Analysed,
  DecodeReport,
  FileRequest,
  Identity,
  NotAudio,
  ReadRequest,
  WindowPlan,
} from './report.ts';
import { claimsAudio } from './extensions.ts';
import {
  changedWhileReading,
  emptyFile,
  fromFileSystem,
  notAudio,
  undecodableAudio,
  unsupportedFormat,
  vanished,
} from './file-errors.ts';
import { LevelMeter } from './levels.ts';
import { Mixdown } from './mixdown.ts';
import { MemorySink, type PcmSink } from './pcm-sink.ts';
import { contentKind, isFreeFormatMpeg, sniff, type Sniffed } from './sniff.ts';
import { readTags } from './tags.ts';
import { describeWarnings } from './warnings.ts';
import { Tiler, type Tile } from './windows.ts';

export interface DecodeDeps {
  library: AudioLibrary;
  /** Called at least about ten times a second of work. */
  beat: () => Promise<void>;
}

/**
 * Decodes a file into windows of mono PCM.
 * @param item goes into every window
 * @returns the facts, or that the file neither is audio nor says so
 * @throws UserError with a FileErrorCode when the file cannot be used; what the sink throws
 */
export async function decodeFile(
  request: FileRequest,
  item: number,
  plan: WindowPlan,
  sink: PcmSink,
  deps: DecodeDeps,
): Promise<DecodeReport | NotAudio> {
  return withFile(request, async (file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      const decoded = await decodeWindows(source, item, plan, sink, deps, SAMPLE_KINDS);
      if (decoded.capped) await source.skipToEnd();
      return await report(request, file, sniffed, source, decoded, plan);
    } finally {
      await source.close();
    }
  });
}

/**
 * Only the facts of some kinds, without windows. As much of a long file is decoded as for its windows.
 * @throws as {@link decodeFile}
 */
export async function analyseFile(
  { kinds, plan, ...request }: AnalyseRequest,
  deps: DecodeDeps,
): Promise<Analysed | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      const { sampleRate } = source.facts; // so that nothing is resampled
      const decoded = await decodeWindows(source, 0, { ...plan, sampleRate }, NOWHERE, deps, kinds);
      if (decoded.capped) await source.skipToEnd();
      const { durationSeconds } = lengthOf(request, source, decoded);
      return {
        contentId: source.contentId(),
        facts: decoded.analysing.finish(Math.round(durationSeconds * sampleRate)),
      };
    } finally {
      await source.close();
    }
  });
}

/** Windows of a part of a file. What lies before it is decoded, too: few formats tell where a moment begins. @throws as {@link decodeFile} */
export async function readWindows(
  { plan, fromSeconds, ...request }: ReadRequest,
  deps: DecodeDeps,
): Promise<PcmWindow[] | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      const skipped = hopsBefore(fromSeconds, plan);
      const skippedSeconds = skipped * plan.hopSeconds;
      if (skipped > 0) await source.skipTo(Math.round(skippedSeconds * source.facts.sampleRate));
      const sink = new MemorySink(fromSeconds - skippedSeconds);
      await decodeWindows(source, 0, { ...plan, maxWindows: plan.maxWindows - skipped }, sink, deps, []);
      return sink.windows.map((window) => ({ ...window, startSeconds: window.startSeconds + skippedSeconds }));
    } finally {
      await source.close();
    }
  });
}

/** Windows that need not be decoded: a whole one, and a hop for the resampler, come before the first that is wanted. */
function hopsBefore(fromSeconds: number, { windowSeconds, hopSeconds, maxWindows }: WindowPlan): number {
  const hops = Math.floor((fromSeconds - windowSeconds) / hopSeconds) - 1;
  return Math.max(0, Math.min(hops, maxWindows - 1));
}

const NOWHERE: PcmSink = { write: () => Promise.resolve() };

/** The content identity without decoding: for files that moved or got other tags. @throws as {@link decodeFile} */
export async function identifyFile(request: FileRequest, deps: DecodeDeps): Promise<Identity> {
  const identity = await withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, false, deps);
    if (source === null) return { notAudio: true };
    try {
      await source.skipToEnd();
      return { contentId: source.contentId(), format: sniffed.format };
    } finally {
      await source.close();
    }
  });
  return identity.notAudio ? { notAudio: true, contentId: null, format: null } : identity;
}

/** @throws UserError only when the file cannot be read at all */
export async function tagsOfFile({ path }: FileRequest): Promise<NativeTag[]> {
  const { handle, before } = await openHandle(path);
  try {
    return await readTags(path, byteReader(handle, before.size));
  } finally {
    await handle.close();
  }
}

/** Opens, sniffs, works, and makes sure that it was one and the same file all the time. */
export async function withFile<T>(
  request: FileRequest,
  work: (file: ByteReader, sniffed: Sniffed) => Promise<T | NotAudio>,
): Promise<T | NotAudio> {
  const { path, extensionHint } = request;
  const { handle, before } = await openHandle(path);
  try {
    if (before.size === 0) {
      if (claimsAudio(path, extensionHint)) throw emptyFile(path);
      return { notAudio: true };
    }
    const file = byteReader(handle, before.size);
    let result: T | NotAudio;
    try {
      const sniffed = await sniff(file);
      if (sniffed) result = await work(file, sniffed);
      else if (claimsAudio(path, extensionHint)) throw await whyNotAudio(path, file);
      else result = { notAudio: true };
    } catch (error) {
      // A file that is being written fails in all sorts of ways; that it changed is what its owner should know.
      if (isAboutTheFile(error)) await checkUnchanged(path, before);
      throw fromFileSystem(path, error);
    }
    await checkUnchanged(path, before);
    return result;
  } finally {
    await handle.close();
  }
}

async function whyNotAudio(path: string, file: ByteReader): Promise<UserError> {
  if (await isFreeFormatMpeg(file)) return unsupportedFormat(path, 'MPEG audio in free format (frames without a bit rate)'); // prettier-ignore
  return notAudio(path, await contentKind(file));
}

async function openHandle(path: string): Promise<{ handle: FileHandle; before: Stats }> {
  let handle: FileHandle | null = null;
  try {
    // Asked before opening: opening a pipe or a device may wait for ever, or do something.
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (!found.isFile()) throw Object.assign(new Error('is a pipe, socket or device'), { code: 'ENOTSUP' });
    handle = await open(path, 'r');
    return { handle, before: await handle.stat() };
  } catch (error) {
    await handle?.close();
    throw fromFileSystem(path, error);
  }
}

function isAboutTheFile(error: unknown): boolean {
  return error instanceof UserError;
}

async function checkUnchanged(path: string, before: Stats): Promise<void> {
  let after: Stats;
  try {
    after = await stat(path);
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? vanished(path, error)
      : fromFileSystem(path, error);
  }
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs || after.ino !== before.ino)
    throw changedWhileReading(path);
}

/** @returns null when there is no audio and the name does not promise any (a film, a picture container) */
export function openSource(
  request: FileRequest,
  sniffed: Sniffed,
  decode: boolean,
  { library, beat }: DecodeDeps,
): Promise<AudioSource | null> {
  return unlessFilm(request, () => library.open({ path: request.path, sniffed, decode, beat }));
}

/** As {@link openSource}, with every bit of the samples. */
export function openExactSource(
  request: FileRequest,
  sniffed: Sniffed,
  { library, beat }: DecodeDeps,
): Promise<AudioSource<Float64Array> | null> {
  return unlessFilm(request, () => library.openExact({ path: request.path, sniffed, beat }));
}

async function unlessFilm<S extends Pick<AudioSource, 'hasVideo' | 'close'>>(
  { path, extensionHint }: FileRequest,
  open: () => Promise<S>,
): Promise<S | null> {
  const promised = claimsAudio(path, extensionHint);
  let source: S;
  try {
    source = await open();
  } catch (error) {
    if (!promised && error instanceof UserError && error.code === 'no-audio-stream') return null;
    throw error;
  }
  if (!source.hasVideo || promised) return source;
  await source.close();
  return null;
}

interface Decoded {
  /** Per channel, in the file's own rate. */
  numberOfSamples: number;
  capped: boolean;
  analysedSeconds: number;
  windowCount: number;
  levels: LevelMeter;
  analysing: Analysing;
}

async function decodeWindows(
  source: AudioSource,
  item: number,
  plan: WindowPlan,
  sink: PcmSink,
  { library, beat }: DecodeDeps,
  kinds: readonly SampleKind[],
): Promise<Decoded> {
  const { sampleRate, channels } = source.facts;
  const levels = new LevelMeter(channels);
  const analysing = new Analysing(kinds, source.facts, levels, (from, to) => library.resampler(from, to));
  const mixdown = new Mixdown(sampleRate);
  const tiler = new Tiler(plan);
  let resampler: Resampler | null = null;
  let numberOfSamples = 0;
  let windowIndex = 0;
  const emit = async (tiles: Tile[]) => {
    for (const tile of tiles) await sink.write({ item, windowIndex: windowIndex++, ...tile });
  };
  try {
    resampler = sampleRate === plan.sampleRate ? null : library.resampler(sampleRate, plan.sampleRate);
    while (!tiler.full) {
      const block = await source.read();
      if (!block) break;
      levels.push(block.channels, block.numberOfSamples);
      const mono = mixdown.push(block.channels, block.numberOfSamples, levels.energies);
      await analysing.push(block.channels, block.numberOfSamples, mono);
      numberOfSamples += block.numberOfSamples;
      await emit(tiler.push(resampler ? await resampler.push(mono) : mono));
      await beat();
    }
    if (!tiler.full) {
      if (resampler) await emit(tiler.push(await resampler.finish()));
      await emit(tiler.finish());
    }
    await analysing.end();
  } finally {
    await analysing.close();
    await resampler?.close();
  }
  return {
    numberOfSamples,
    capped: tiler.full,
    analysedSeconds: tiler.coveredSeconds,
    windowCount: windowIndex,
    levels,
    analysing,
  };
}

/** @throws UserError undecodable-audio when no sample came out */
function lengthOf({ path }: FileRequest, source: AudioSource, { numberOfSamples, capped }: Decoded) {
  if (numberOfSamples === 0) throw undecodableAudio(path, 'the decoder returned no samples');
  const decodedSeconds = numberOfSamples / source.facts.sampleRate;
  return {
    decodedSeconds,
    durationSeconds: capped ? Math.max(decodedSeconds, source.declaredSeconds ?? 0) : decodedSeconds,
  };
}

async function report(
  request: FileRequest,
  file: ByteReader,
  sniffed: Sniffed,
  source: AudioSource,
  decoded: Decoded,
  plan: WindowPlan,
): Promise<DecodeReport> {
  const { codec, sampleRate, channels, bitDepth } = source.facts;
  const { path, extensionHint } = request;
  const { decodedSeconds, durationSeconds } = lengthOf(request, source, decoded);
  const declaredSeconds = source.declaredSeconds;
  const warnings: DecodeWarning[] = describeWarnings({
    path,
    extensionHint,
    format: sniffed.format,
    codec,
    decodedSeconds,
    declaredSeconds: sniffed.declaresLength ? declaredSeconds : null,
    cutOff: await isCutOff(file, sniffed),
    failedPackets: source.failedPackets,
    invalidSamples: decoded.levels.invalidSamples,
    peakDb: decoded.levels.peakDb,
    windowCount: decoded.windowCount,
    capped: decoded.capped ? { analysedSeconds: decoded.analysedSeconds, durationSeconds } : null,
    windowRate: plan.sampleRate,
  });
  return {
    format: sniffed.format,
    codec,
    durationSeconds,
    sampleRate,
    channels,
    bitDepth,
    contentId: source.contentId(),
    tags: await readTags(path, file),
    // All kinds were asked for.
    ...(decoded.analysing.finish(Math.round(durationSeconds * sampleRate)) as SampleFacts),
    windowCount: decoded.windowCount,
    warnings,
  };
}
