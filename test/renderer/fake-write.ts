/** Writing tags into files that do not exist: plans, runs and names, in memory. */
import type {
  FieldChange,
  FilePlan,
  FilePlanState,
  RenameProposal,
  WriteProfile,
  WriteRun,
  WrittenFile,
} from '../../src/shared/calls/write.ts';
import { MARKERS_PROFILE } from '../../src/shared/calls/markers.ts';
import type { FileTag } from '../../src/shared/calls/tags.ts';
import type { Calls, Engine, EventName, Events } from '../../src/shared/contract.ts';
import { UserError } from '../../src/shared/errors.ts';
import {
  fileMissing,
  nothingNamedToUndo,
  nothingToUndo,
  planMissing,
  profileMissing,
  profileShipped,
  runMissing,
} from '../../src/shared/refusals.ts';
import { outcomeOf, type JobSummaries } from '../../src/shared/jobs.ts';
import type { JobId, JobStage, LibraryJobKind, LibraryJobProgress } from '../../src/shared/types.ts';
import type { FakeJobs } from './fake-jobs.ts';
import type { FakeSound } from './fake-library.ts';

type WriteEngine = Pick<
  Engine,
  | 'write.profiles'
  | 'write.saveProfile'
  | 'write.removeProfile'
  | 'write.plan'
  | 'markers.plan'
  | 'write.planFiles'
  | 'write.start'
  | 'write.runs'
  | 'write.runFiles'
  | 'write.undo'
  | 'write.sidecars'
  | 'output.grant'
  | 'export.files'
  | 'rename.propose'
  | 'rename.start'
>;

const WORK_MS = 150;
const ORDER: readonly FilePlanState[] = ['change', 'refused', 'same'];

export function fakeWrite(
  sounds: () => ReadonlyMap<number, FakeSound>,
  accepted: () => ReadonlyMap<number, readonly FileTag[]>,
  jobs: FakeJobs,
  push: <E extends EventName>(event: E, payload: Events[E]) => void,
): WriteEngine {
  const profiles = new Map<string, WriteProfile>(SHIPPED.map((profile) => [profile.id, profile]));
  const plans = new Map<number, { profileId: string; files: FilePlan[] }>();
  const runs = new Map<number, { run: WriteRun; files: WrittenFile[] }>();
  let nextId = 700;

  const known = (id: number): FakeSound => {
    const sound = sounds().get(id);
    if (sound === undefined) throw fileMissing(id);
    return sound;
  };
  const begin = <K extends LibraryJobKind>(
    kind: K,
    stage: JobStage,
    total: number,
    end: () => JobSummaries[K],
  ): JobId => {
    const id = ++nextId;
    push('job.progress', jobOf(id, kind, stage, 'running', Math.floor(total / 2), total));
    setTimeout(() => push('job.progress', jobOf(id, kind, stage, 'done', total, total)), WORK_MS);
    return jobs.begin(id, async () => {
      await new Promise((resolve) => setTimeout(resolve, WORK_MS));
      return outcomeOf(kind, end());
    });
  };
  const profileOf = (id: string): WriteProfile => {
    const found = profiles.get(id);
    if (found === undefined) throw profileMissing(id, [...profiles.keys()]);
    return found;
  };
  const mustBeOwn = (id: string): void => {
    if (profiles.get(id)?.shipped) throw profileShipped(id);
  };
  const filesOf = (planId: number): FilePlan[] => {
    const found = plans.get(planId);
    if (found === undefined) throw planMissing();
    return found.files;
  };
  const planOf = (fileIds: readonly number[]): FilePlan[] => {
    const tags = accepted();
    const ids = fileIds.length > 0 ? fileIds : [...tags.keys()];
    const all = ids.map((id) => filePlan(known(id), tags.get(id) ?? []));
    return all.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  };
  const plan = (profileId: string, files: FilePlan[]): JobId => {
    const planId = ++nextId;
    plans.set(planId, { profileId, files });
    const many = (state: FilePlanState) => files.filter((file) => file.state === state).length;
    const fields = files.reduce((sum, { changes }) => sum + changes.length, 0);
    const summary = { planId, profileId, files: files.length, fields };
    const counts = { change: many('change'), same: many('same'), untagged: 0, refused: many('refused') };
    return begin('plan', 'planning', files.length, () => ({ ...summary, ...counts }));
  };
  const record = (kind: WriteRun['kind'], profileId: string, files: WrittenFile[]): WriteRun => {
    const runId = ++nextId;
    const run: WriteRun = {
      ...{
        runId,
        kind,
        profileId,
        startedMs: Date.UTC(2026, 10, 22, 20, 15),
        finishedMs: Date.UTC(2026, 10, 22, 20, 16),
      },
      ...tally(files),
    };
    runs.set(runId, { run, files });
    push('write.changed', { runId });
    return run;
  };
  const runToUndo = (runId: number | null, fileIds: readonly number[]): number => {
    if (runId === null && fileIds.length === 0) throw nothingNamedToUndo();
    if (runId !== null && !runs.has(runId)) throw runMissing(runId);
    const found = [...runs].findLast(
      ([number, one]) =>
        number === runId || (runId === null && one.files.some(({ fileId }) => fileIds.includes(fileId))),
    );
    if (found === undefined) throw nothingToUndo();
    return found[0];
  };
  const undo = (id: number, runId: number | null, fileIds: readonly number[]): WriteRun => {
    const { files } = runs.get(id)!;
    const now = files.map((file): WrittenFile => {
      if (file.outcome !== 'written' || (runId === null && !fileIds.includes(file.fileId))) return file;
      if (file.fileId % 13 === 0)
        return {
          ...file,
          outcome: 'not-restored',
          reason: 'The file has been changed by another program since and was skipped.',
        };
      return { ...file, outcome: 'undone', reason: '' };
    });
    const run = { ...runs.get(id)!.run, ...tally(now) };
    runs.set(id, { run, files: now });
    push('write.changed', { runId: id });
    return run;
  };
  const propose = (fileIds: readonly number[]): RenameProposal[] =>
    fileIds.map((fileId) => {
      const { path } = known(fileId);
      const [folder, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
      const catId = accepted().get(fileId)?.[0] === undefined ? null : 'DOORWood';
      if (catId === null)
        return { fileId, path, proposed: path, reason: 'It has no accepted tag with a UCS category.' };
      if (name.startsWith(catId)) return { fileId, path, proposed: path, reason: '' };
      return { fileId, path, proposed: `${folder}/${catId}_${name.replace(/[_,]+/g, ' ')}`, reason: '' };
    });

  return {
    'write.profiles': () => Promise.resolve([...profiles.values()]),
    'write.saveProfile': (profile) => {
      mustBeOwn(profile.id);
      profiles.set(profile.id, { ...profile, shipped: false });
      return Promise.resolve(profiles.get(profile.id)!);
    },
    'write.removeProfile': (id) => {
      mustBeOwn(id);
      profileOf(id);
      profiles.delete(id);
      return Promise.resolve(null);
    },
    'write.plan': ({ profileId, fileIds }) => {
      profileOf(profileId);
      return Promise.resolve(plan(profileId, planOf(fileIds)));
    },
    'markers.plan': ({ from, label = 'query' in from ? (from.query.text ?? '') : '' }) => {
      const fileIds = 'query' in from ? from.fileIds : from.ranges.map(({ fileId }) => fileId);
      return Promise.resolve(plan(MARKERS_PROFILE, fileIds.map((id) => markersOf(known(id), label)))); // prettier-ignore
    },
    'write.planFiles': ({ planId, state, offset, limit }) => {
      const files = filesOf(planId).filter((file) => state === null || file.state === state);
      return Promise.resolve(files.slice(offset, offset + limit));
    },
    'write.start': ({ planId, leaveOut }) => {
      const files = filesOf(planId).filter(({ state, fileId }) => state === 'change' && !leaveOut.includes(fileId));
      const { profileId } = plans.get(planId)!;
      const end = () => record('write', profileId, files.map(written)); // prettier-ignore
      return Promise.resolve(begin('write', 'writing', files.length, end));
    },
    'write.runs': () => Promise.resolve([...runs.values()].map(({ run }) => run).reverse()),
    'write.runFiles': ({ runId, outcome, offset, limit }) => {
      const files = (runs.get(runId)?.files ?? []).filter((file) => outcome === null || file.outcome === outcome);
      return Promise.resolve(files.slice(offset, offset + limit));
    },
    'write.undo': ({ runId, fileIds }) => {
      const id = runToUndo(runId, fileIds);
      return Promise.resolve(begin('undo', 'undoing', 10, () => undo(id, runId, fileIds)));
    },
    'write.sidecars': ({ fileIds }) =>
      Promise.resolve({
        written: fileIds.slice(1).map((id) => `${known(id).path}.xmp`),
        leftOut: fileIds.slice(0, 1).map((id) => ({ path: known(id).path, reason: 'It has no accepted tags.' })),
      }),
    // The token tells what was granted; the engine's tells nothing.
    'output.grant': (granted) => Promise.resolve(JSON.stringify(granted)),
    'export.files': ({ fileIds, output }) => {
      const { path, replace } = JSON.parse(output) as Calls['output.grant']['input'];
      if (path.includes('there-already') && !replace)
        throw new UserError(
          'name-taken',
          '“there-already.csv” already exists. Choose another name, or allow it to be replaced.',
        );
      return Promise.resolve({ files: fileIds.length, leftOut: [] });
    },
    'rename.propose': ({ fileIds }) => Promise.resolve(propose(fileIds)),
    'rename.start': ({ fileIds }) =>
      Promise.resolve(
        begin('rename', 'renaming', fileIds.length, () =>
          record(
            'rename',
            '',
            propose(fileIds)
              .filter(({ path, proposed }) => path !== proposed)
              .map(({ fileId, path }) => ({ fileId, path, outcome: 'written', reason: '', changes: [] })),
          ),
        ),
      ),
  };
}

function markersOf({ fileId, path, format }: FakeSound, label: string): FilePlan {
  const plan = { fileId, path, format, changes: [] };
  if (format !== 'wav') return { ...plan, state: 'refused', reason: 'Earmark writes markers into WAV and RF64 files.' };
  const change = { field: 'marker', nativeId: 'cue ', before: null, mode: 'append', note: '' } as const;
  const changes = ['0:00.250–0:00.500', '0:01.000–0:01.750'].map((place) => ({
    ...change,
    after: `${place} ${label}`,
  }));
  return { ...plan, state: 'change', reason: '', changes };
}

function filePlan(sound: FakeSound, tags: readonly FileTag[]): FilePlan {
  const { fileId, path, format } = sound;
  const plan = { fileId, path, format, state: 'change' as const, reason: '', changes: [] as FieldChange[] };
  if (sound.offline)
    return {
      ...plan,
      state: 'refused',
      reason: 'Its drive or folder is missing. Connect it, then work out the changes again.',
    };
  if (fileId % 17 === 0)
    return {
      ...plan,
      state: 'refused',
      reason: 'The file is read-only. Write a sidecar instead.',
    };
  if (fileId % 11 === 0) return { ...plan, state: 'same' };
  const names = tags.map(({ name }) => name).join('; ');
  const [first] = tags;
  const category = (first?.name.split(' ').at(-1) ?? 'misc').toUpperCase();
  const ixml = format === 'wav';
  plan.changes.push(
    change('category', ixml ? 'iXML:USER/CATEGORY' : 'TXXX:CATEGORY', fileId % 3 === 0 ? 'DOOR' : null, category),
    change(
      'keywords',
      ixml ? 'iXML:USER/KEYWORDS' : 'TXXX:KEYWORDS',
      fileId % 2 === 0 ? 'heavy; close' : null,
      fileId % 2 === 0 ? `heavy; close; ${names}` : names,
      'append',
    ),
    {
      ...change('description', ixml ? 'bext:Description' : 'COMM', null, `${first?.name ?? 'sound'}, cafe interior`),
      note: ixml ? 'Turned into ASCII: “café” became “cafe”.' : '',
    },
    change('provenance', ixml ? 'iXML:EARMARK' : 'TXXX:EARMARK', null, 'starter; sfx 1; 2026-11-22'),
  );
  return plan;
}

function change(
  field: FieldChange['field'],
  nativeId: string,
  before: string | null,
  after: string,
  mode: FieldChange['mode'] = 'fill',
): FieldChange {
  return { field, nativeId, before, after, mode, note: '' };
}

function written({ fileId, path, changes }: FilePlan): WrittenFile {
  if (fileId % 19 === 0)
    return {
      fileId,
      path,
      changes,
      outcome: 'skipped',
      reason: 'The file has changed since the preview and was skipped.',
    };
  return { fileId, path, changes, outcome: 'written', reason: '' };
}

function tally(files: readonly WrittenFile[]) {
  const many = (outcome: WrittenFile['outcome']) => files.filter((file) => file.outcome === outcome).length;
  return {
    ...{ written: many('written'), skipped: many('skipped'), failed: many('failed') },
    ...{ undone: many('undone'), notRestored: many('not-restored') },
  };
}

function jobOf(
  id: number,
  kind: LibraryJobKind,
  stage: JobStage,
  state: LibraryJobProgress['state'],
  done: number,
  total: number,
): LibraryJobProgress {
  return {
    ...{ id, kind, stage, state, done, total, failed: 0, audioSeconds: 0, elapsedSeconds: 0 },
    ...{ realTimeFactor: null, etaSeconds: null, currentPath: null },
  };
}

const SHIPPED: readonly WriteProfile[] = [
  {
    ...{ id: 'sfx', name: 'Sound effects (UCS, iXML, bext)', shipped: true, keepTime: false },
    rules: [
      { field: 'catId', mode: 'replace', vocabularyIds: [] },
      { field: 'category', mode: 'fill', vocabularyIds: [] },
      { field: 'subcategory', mode: 'fill', vocabularyIds: [] },
      { field: 'keywords', mode: 'append', vocabularyIds: [] },
      { field: 'description', mode: 'fill', vocabularyIds: [] },
    ],
  },
  {
    ...{ id: 'music', name: 'Music (genre and mood)', shipped: true, keepTime: false },
    rules: [
      { field: 'genre', mode: 'fill', vocabularyIds: ['music-genre'] },
      { field: 'mood', mode: 'append', vocabularyIds: ['music-mood'] },
    ],
  },
  {
    ...{ id: 'dj', name: 'DJ (comment block)', shipped: true, keepTime: true },
    rules: [{ field: 'comment', mode: 'append', vocabularyIds: [] }],
  },
];
