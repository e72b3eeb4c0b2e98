/**
 * Fake models over a fake network: downloads and analyses advance when a test says so, and not by a clock.
 */
import type { DownloadProgress, KnownModel } from '../../src/shared/calls/models.ts';
import type { Settings } from '../../src/shared/calls/settings.ts';
import type { Engine, EventName, Events } from '../../src/shared/contract.ts';
import { UserError, type ErrorCode } from '../../src/shared/errors.ts';
import type { JobOutcome } from '../../src/shared/jobs.ts';
import {
  DOWNLOAD_RUNS,
  jobMissing,
  licenceNotAccepted,
  modelInUse,
  modelMissing,
  modelNotListed,
  packMissing,
} from '../../src/shared/refusals.ts';
import type { FakeJobs } from './fake-jobs.ts';
import type { JobId, JobState, LibraryJobProgress, ModelStatus } from '../../src/shared/types.ts';

type ModelEngine = Pick<
  Engine,
  | 'model.list'
  | 'model.check'
  | 'model.known'
  | 'model.download'
  | 'model.discardDownload'
  | 'model.remove'
  | 'model.move'
  | 'model.searchCost'
  | 'model.continueMove'
  | 'job.pause'
  | 'job.resume'
  | 'job.cancel'
>;

export interface FakeModelOptions {
  /** Bytes of MS CLAP that are there of an earlier try; `installed`: it is there. @default nothing is */
  msclap?: number | 'installed';
  /** Files that MS CLAP has analysed. @default none */
  analysedFiles?: number;
  /** Sounds that no job reaches. @default none */
  outOfReach?: number;
}

/** What a test does in place of the network and of the encoder. */
export interface FakeModels {
  /** The download that runs is so far. */
  fetched(progress: Partial<DownloadProgress>): void;
  /** How far the import is of what was fetched. */
  building(share: number): void;
  /** It ends: the model is installed, or fails. */
  fetchEnds(failure?: { code: ErrorCode; sentence: string }): void;
  /** The next model has analysed this many files; with all of them the move ends. */
  analysedFiles(sounds: number): void;
  /** The next removal is refused with this. */
  refusal: string | null;
}

interface FakeModelDeps {
  sounds: () => number;
  jobs: FakeJobs;
  settings: () => Settings;
  take: (changes: Partial<Settings>) => void;
  push: <E extends EventName>(event: E, payload: Events[E]) => void;
}

const MSCLAP = 'msclap-2023';
const JOB_ID = 900;
/** Jobs of one session alone have ids below zero. */
const FIRST_DOWNLOAD = -1;
const BYTES_A_SOUND = 4_200;

export function fakeModels(given: FakeModelOptions, { sounds, jobs, settings, take, push }: FakeModelDeps) {
  const analysedFiles = new Map<string, number | null>([
    ['starter', null], // whatever the library has grown to
    [MSCLAP, given.analysedFiles ?? 0],
  ]);
  const installed = new Set(['starter', ...(given.msclap === 'installed' ? [MSCLAP] : [])]);
  const partial = new Map<string, number>([[MSCLAP, typeof given.msclap === 'number' ? given.msclap : 0]]);
  let job: LibraryJobProgress | null = null;
  let download: {
    id: JobId;
    progress: DownloadProgress;
    end: (state: JobState, error: UserError | null, model: ModelStatus | null) => void;
  } | null = null;

  let nextDownload = FIRST_DOWNLOAD;
  const tellDownload = (state: JobState): void => {
    const { id, progress } = download!;
    push('job.progress', { id, kind: 'download', state, elapsedSeconds: 1, ...progress });
  };

  const analysedBy = (id: string): number => Math.min(sounds(), analysedFiles.get(id) ?? sounds());
  const statusOf = (id: string): ModelStatus => {
    const shipped = id === 'starter';
    const known = KNOWN.find((one) => one.id === id);
    return {
      id,
      name: shipped ? 'Earmark Starter' : known!.name,
      folder: shipped ? '/opt/earmark/resources/models/starter' : `/data/models/${id}`,
      license: shipped ? 'MIT' : known!.license,
      dim: shipped ? 512 : 1024,
      inUse: settings().model === id,
      shipped,
      analysedFiles: analysedBy(id),
      analysisBytes: analysedBy(id) * BYTES_A_SOUND,
      problem: null,
      bytes: shipped ? 24_100_000 : known!.bytes,
    };
  };
  const jobIs = (state: JobState, done: number): void => {
    const { nextModel } = settings();
    const total = analysedBy(settings().model) - (given.outOfReach ?? 0);
    job = {
      ...{ id: JOB_ID, kind: 'index', stage: 'analysing', state, done, total, failed: 0 },
      ...(nextModel === null ? {} : { nextModel }),
      ...{ audioSeconds: done * 20, elapsedSeconds: 60, realTimeFactor: 88, etaSeconds: 2280, currentPath: null },
    };
    push('job.progress', job);
    if (state !== 'running' && state !== 'paused') job = null;
  };
  const endJob = (state: JobState): void => {
    if (job !== null) jobIs(state, job.done);
  };
  const mine = (id: number): LibraryJobProgress => {
    if (job?.id !== id) throw jobMissing(id);
    return job;
  };
  const mustBeInstalled = (id: string): void => {
    if (!installed.has(id)) throw packMissing(id, [...installed]);
  };
  const listed = (id: string): (typeof KNOWN)[number] => {
    const found = KNOWN.find((known) => known.id === id);
    if (found === undefined) throw modelNotListed(id, KNOWN.map((known) => known.id)); // prettier-ignore
    return found;
  };
  /** What holds after somebody has set something, and what begins by it. */
  const set = (changes: Partial<Settings>): void => {
    const { model, nextModel, alsoModel } = changes;
    for (const id of [model, nextModel, alsoModel]) {
      if (typeof id === 'string') mustBeInstalled(id);
    }
    if (model !== undefined || nextModel !== undefined) endJob('cancelled');
    if (model !== undefined) take({ ...changes, nextModel: null });
    else if (typeof nextModel === 'string' && analysedBy(nextModel) >= analysedBy(settings().model)) {
      take({ ...changes, model: nextModel, nextModel: null });
    } else take(changes);
    if (typeof settings().nextModel === 'string' && nextModel !== undefined)
      jobIs('running', analysedBy(settings().nextModel!));
  };

  const controls: FakeModels = {
    refusal: null,
    fetched(changes) {
      const progress = { ...download!.progress, ...changes };
      download!.progress = progress;
      partial.set(progress.modelId, progress.bytes);
      tellDownload('running');
    },
    building: (share) =>
      push('job.progress', {
        ...{ id: download!.id - 1, kind: 'import', state: 'running', elapsedSeconds: 5 },
        ...{ path: '/data/models/fetched', stage: 'building', share },
      }),
    fetchEnds(failure) {
      const { progress, end } = download!;
      if (failure !== undefined) {
        end('failed', new UserError(failure.code, failure.sentence), null);
        return;
      }
      installed.add(progress.modelId);
      partial.set(progress.modelId, 0);
      end('done', null, statusOf(progress.modelId));
    },
    analysedFiles(number) {
      const { nextModel } = settings();
      analysedFiles.set(nextModel!, number);
      if (number < analysedBy(settings().model)) {
        jobIs('running', number);
        return;
      }
      jobIs('done', number);
      push('engine.notice', {
        message: `“${statusOf(nextModel!).name}” has analysed all files and is now in use.`,
      });
      take({ model: nextModel!, nextModel: null });
    },
  };

  const calls: ModelEngine = {
    'model.list': () => Promise.resolve([...installed].map(statusOf)),
    'model.check': ({ id }) => {
      mustBeInstalled(id);
      return Promise.resolve({
        ...{ id, provider: 'CPU, 4 threads', providerReason: 'no GPU was found', problem: null },
        ...{ realTimeFactor: id === 'starter' ? 1640 : 88, textMs: id === 'starter' ? 1.8 : 12.4 },
      });
    },
    'model.known': () =>
      Promise.resolve(
        KNOWN.map((known) => ({
          ...known,
          installed: installed.has(known.id),
          partialBytes: partial.get(known.id) ?? 0,
        })),
      ),
    'model.download': ({ id, acceptLicense }) => {
      const known = listed(id);
      if (!acceptLicense) throw licenceNotAccepted(known);
      if (download !== null) throw new UserError('catalogue-busy', DOWNLOAD_RUNS);
      const progress: DownloadProgress = {
        modelId: id,
        stage: 'connecting',
        bytes: partial.get(id) ?? 0,
        total: known.bytes,
        bytesPerSecond: null,
      };
      const outcome = Promise.withResolvers<JobOutcome>();
      outcome.promise.catch(() => {}); // whoever waits sees it
      const end = (state: JobState, error: UserError | null, summary: ModelStatus | null) => {
        tellDownload(state);
        download = null;
        if (error === null) outcome.resolve({ kind: 'download', summary });
        else outcome.reject(error);
      };
      download = { id: nextDownload, progress, end };
      nextDownload -= 2; // its import has the one between
      tellDownload('running');
      return Promise.resolve(jobs.begin(download.id, () => outcome.promise));
    },
    'model.discardDownload': ({ id }) => {
      listed(id);
      partial.set(id, 0);
      return Promise.resolve(null);
    },
    'model.remove': ({ id, forget }) => {
      if (controls.refusal !== null) throw new UserError('catalogue-busy', controls.refusal);
      if (!installed.has(id)) throw modelMissing(id);
      const { inUse, name } = statusOf(id);
      if (inUse) throw modelInUse(name);
      if (id !== 'starter') installed.delete(id);
      if (forget) analysedFiles.set(id, 0);
      return Promise.resolve(null);
    },
    'model.searchCost': ({ id }) => {
      mustBeInstalled(id);
      return Promise.resolve({
        ...{ id, loadSeconds: 2.13, memoryBytes: 812_000_000, aloneMs: 8.4, bothMs: 31.6 },
        ...{ diskBytes: analysedBy(id) * BYTES_A_SOUND, analysedFiles: analysedBy(id), files: sounds() },
      });
    },
    'model.move': () => {
      const { model: from, nextModel: to } = settings();
      if (to === null) return Promise.resolve(null);
      const all = analysedBy(from);
      const remaining = Math.max(0, all - analysedBy(to));
      const outOfReach = Math.min(remaining, given.outOfReach ?? 0);
      return Promise.resolve({ from, to, sounds: all, remaining, outOfReach, working: job !== null });
    },
    'model.continueMove': () => {
      const { nextModel } = settings();
      if (nextModel === null) return Promise.resolve(null);
      if (job === null) jobIs('running', analysedBy(nextModel));
      return Promise.resolve(JOB_ID);
    },
    'job.pause': (id) => {
      jobIs('paused', mine(id).done);
      return Promise.resolve(null);
    },
    'job.resume': (id) => {
      jobIs('running', mine(id).done);
      return Promise.resolve(null);
    },
    'job.cancel': (id) => {
      if (id < 0) download?.end('cancelled', null, null);
      else jobIs('cancelled', mine(id).done);
      return Promise.resolve(null);
    },
  };
  return { calls, controls, set, analysedInUse: () => analysedBy(settings().model) };
}

const KNOWN: readonly Omit<KnownModel, 'installed' | 'partialBytes'>[] = [
  {
    id: MSCLAP,
    name: 'MS CLAP 2023',
    goodFor:
      'Everyday sounds, effects and music described in whole sentences. Finds more than the starter model, and works more slowly.',
    license: 'MIT',
    licenseUrl: 'https://models.example.org/msclap/LICENSE',
    page: 'https://models.example.org/msclap',
    bytes: 690_000_000,
  },
  {
    id: 'laion-clap',
    name: 'LAION CLAP, general',
    goodFor: 'Short sounds and music, described in a few words. Smaller and quicker than MS CLAP.',
    license: 'Apache-2.0',
    licenseUrl: 'https://models.example.org/laion/LICENSE',
    page: 'https://models.example.org/laion',
    bytes: 615_400_000,
  },
];
