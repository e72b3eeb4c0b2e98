/**
 * Models that do not exist, over a network that is not there: what is fetched and what is heard goes on when a test
 * says so, and not by a clock.
 */
import type { DownloadProgress, KnownModel } from '../../src/shared/calls/models.ts';
import type { Settings } from '../../src/shared/calls/settings.ts';
import type { Engine, EventName, Events } from '../../src/shared/contract.ts';
import { UserError, type ErrorCode } from '../../src/shared/errors.ts';
import type { JobProgress, JobState, ModelStatus } from '../../src/shared/types.ts';

type ModelEngine = Pick<
  Engine,
  | 'model.list'
  | 'model.check'
  | 'model.known'
  | 'model.download'
  | 'model.cancelDownload'
  | 'model.discardDownload'
  | 'model.remove'
  | 'model.move'
  | 'model.continueMove'
  | 'job.pause'
  | 'job.resume'
  | 'job.cancel'
>;

export interface FakeModelOptions {
  /** Bytes of MS CLAP that are there of an earlier try; `installed`: it is there. @default nothing is */
  msclap?: number | 'installed';
  /** Sounds that MS CLAP has heard. @default none */
  heard?: number;
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
  /** The next model has heard so many sounds; with all of them the move ends. */
  heard(sounds: number): void;
  /** The next removal is refused with this. */
  refusal: string | null;
}

interface FakeModelParts {
  sounds: () => number;
  settings: () => Settings;
  take: (changes: Partial<Settings>) => void;
  push: <E extends EventName>(event: E, payload: Events[E]) => void;
}

const MSCLAP = 'msclap-2023';
const JOB_ID = 900;
const BYTES_A_SOUND = 4_200;

export function fakeModels(given: FakeModelOptions, { sounds, settings, take, push }: FakeModelParts) {
  const heard = new Map<string, number | null>([
    ['starter', null], // whatever the library has grown to
    [MSCLAP, given.heard ?? 0],
  ]);
  const installed = new Set(['starter', ...(given.msclap === 'installed' ? [MSCLAP] : [])]);
  const partial = new Map<string, number>([[MSCLAP, typeof given.msclap === 'number' ? given.msclap : 0]]);
  let job: JobProgress | null = null;
  let download: {
    progress: DownloadProgress;
    end: (error: UserError | null, model: ModelStatus | null) => void;
  } | null = null;

  const heardBy = (id: string): number => Math.min(sounds(), heard.get(id) ?? sounds());
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
      heard: heardBy(id),
      heardBytes: heardBy(id) * BYTES_A_SOUND,
      problem: null,
      bytes: shipped ? 24_100_000 : known!.bytes,
    };
  };
  const jobIs = (state: JobState, done: number): void => {
    const { nextModel } = settings();
    const total = heardBy(settings().model) - (given.outOfReach ?? 0);
    job = {
      ...{ id: JOB_ID, kind: 'index', stage: 'listening', state, done, total, failed: 0 },
      ...(nextModel === null ? {} : { nextModel }),
      ...{ audioSeconds: done * 20, elapsedSeconds: 60, realTimeFactor: 88, etaSeconds: 2280, currentPath: null },
    };
    push('job.progress', job);
    if (state !== 'running' && state !== 'paused') job = null;
  };
  const endJob = (state: JobState): void => {
    if (job !== null) jobIs(state, job.done);
  };
  const mine = (id: number): JobProgress => {
    if (job?.id !== id) throw new UserError('not-found', 'This job does not run any more.');
    return job;
  };
  /** What holds after somebody has set something, and what begins by it. */
  const set = (changes: Partial<Settings>): void => {
    const { model, nextModel } = changes;
    for (const id of [model, nextModel]) {
      if (typeof id === 'string' && !installed.has(id))
        throw new UserError('model-missing', `There is no model called “${id}”.`);
    }
    if (model !== undefined || nextModel !== undefined) endJob('cancelled');
    if (model !== undefined) take({ ...changes, nextModel: null });
    else if (typeof nextModel === 'string' && heardBy(nextModel) >= heardBy(settings().model)) {
      take({ ...changes, model: nextModel, nextModel: null });
    } else take(changes);
    if (typeof settings().nextModel === 'string' && nextModel !== undefined)
      jobIs('running', heardBy(settings().nextModel!));
  };

  const controls: FakeModels = {
    refusal: null,
    fetched(changes) {
      const progress = { ...download!.progress, ...changes };
      download!.progress = progress;
      partial.set(progress.id, progress.bytes);
      push('model.download', progress);
    },
    building: (share) => push('model.progress', { path: '/data/models/fetched', stage: 'building', share }),
    fetchEnds(failure) {
      const { progress, end } = download!;
      if (failure !== undefined) {
        end(new UserError(failure.code, failure.sentence), null);
        return;
      }
      installed.add(progress.id);
      partial.set(progress.id, 0);
      end(null, statusOf(progress.id));
    },
    heard(number) {
      const { nextModel } = settings();
      heard.set(nextModel!, number);
      if (number < heardBy(settings().model)) {
        jobIs('running', number);
        return;
      }
      jobIs('done', number);
      push('engine.notice', {
        message: `“${statusOf(nextModel!).name}” has listened to everything and is in use now.`,
      });
      take({ model: nextModel!, nextModel: null });
    },
  };

  const calls: ModelEngine = {
    'model.list': () => Promise.resolve([...installed].map(statusOf)),
    'model.check': ({ id }) =>
      Promise.resolve({
        ...{ id, provider: 'CPU, 4 threads', providerReason: 'no graphics processor was found', problem: null },
        ...{ realTimeFactor: id === 'starter' ? 1640 : 88, textMs: id === 'starter' ? 1.8 : 12.4 },
      }),
    'model.known': () =>
      Promise.resolve(
        KNOWN.map((known) => ({
          ...known,
          installed: installed.has(known.id),
          partialBytes: partial.get(known.id) ?? 0,
        })),
      ),
    'model.download': ({ id, acceptLicense }) => {
      if (!acceptLicense) throw new UserError('bad-input', 'Its licence has to be accepted first.');
      if (download !== null)
        throw new UserError('catalogue-busy', 'Another model is being fetched. Wait for it, or cancel it.');
      const total = KNOWN.find((known) => known.id === id)!.bytes;
      const progress: DownloadProgress = {
        id,
        stage: 'connecting',
        bytes: partial.get(id) ?? 0,
        total,
        bytesPerSecond: null,
      };
      push('model.download', progress);
      return new Promise((resolve, reject) => {
        const end = (error: UserError | null, model: ModelStatus | null) => {
          download = null;
          if (error === null) resolve(model);
          else reject(error);
        };
        download = { progress, end };
      });
    },
    'model.cancelDownload': () => {
      download?.end(null, null);
      return Promise.resolve(null);
    },
    'model.discardDownload': ({ id }) => {
      partial.set(id, 0);
      return Promise.resolve(null);
    },
    'model.remove': ({ id, forget }) => {
      if (controls.refusal !== null) throw new UserError('catalogue-busy', controls.refusal);
      if (id !== 'starter') installed.delete(id);
      if (forget) heard.set(id, 0);
      return Promise.resolve(null);
    },
    'model.move': () => {
      const { model: from, nextModel: to } = settings();
      if (to === null) return Promise.resolve(null);
      const all = heardBy(from);
      const remaining = Math.max(0, all - heardBy(to));
      const outOfReach = Math.min(remaining, given.outOfReach ?? 0);
      return Promise.resolve({ from, to, sounds: all, remaining, outOfReach, working: job !== null });
    },
    'model.continueMove': () => {
      const { nextModel } = settings();
      if (nextModel === null) return Promise.resolve(null);
      if (job === null) jobIs('running', heardBy(nextModel));
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
      jobIs('cancelled', mine(id).done);
      return Promise.resolve(null);
    },
  };
  return { calls, controls, set, heardInUse: () => heardBy(settings().model) };
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
