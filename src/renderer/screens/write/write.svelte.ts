/** Writing accepted tags into files: what to write where, the plan with its changes, leaving files out, the writing. */
import {
  isFactField,
  type FilePlan,
  type FilePlanState,
  type PlanSummary,
  type WriteCalls,
  type WriteProfile,
  type WriteRun,
} from '../../../shared/calls/write.ts';
import type { MarkerRequest } from '../../../shared/calls/markers.ts';
import type { JobId, LibraryJobProgress } from '../../../shared/types.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import { PagedList } from '../../list/paged-list.svelte.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { title } from '../../words/paths.ts';
import { counted } from '../../words/units.ts';
import { historyOf } from './history.svelte.ts';
import { Walk } from './walk.svelte.ts';
import { confirmWrite, runEnding, writtenWhat, type Question } from './write-words.ts';

export type WriteTab = 'tags' | 'history' | 'lists' | 'names';
/** Which files: every one with accepted tags, those below folders, or those selected in the search. */
export type WriteScope = 'all' | 'folders' | 'selection';
export type WritePhase = 'choosing' | 'planning' | 'planned' | 'writing' | 'written';

type PlanRequest = { tags: WriteCalls['write.plan']['input'] } | { markers: MarkerRequest };

const PROFILE_KEY = 'earmark.write.profile';
const FACTS_KEY = 'earmark.write.tempo-and-key';
const WORKING_KINDS: readonly LibraryJobProgress['kind'][] = ['plan', 'write', 'undo', 'rename'];

export const writeOf = perApp((app) => new Write(app));

export class Write {
  readonly planWalk = new Walk();
  readonly #app: App;
  #tab = $state<WriteTab>('tags');
  #profiles = $state.raw<readonly WriteProfile[] | null>(null);
  #profileId = $state(localStorage.getItem(PROFILE_KEY) ?? 'sfx');
  #tempoAndKey = $state(localStorage.getItem(FACTS_KEY) === 'yes');
  #editing = $state.raw<WriteProfile | null>(null);
  #scope = $state<WriteScope>('all');
  #folders = $state.raw<readonly string[]>([]);
  #phase = $state<WritePhase>('choosing');
  #jobId = $state<JobId | null>(null);
  #plan = $state.raw<PlanSummary | null>(null);
  #shown = $state<FilePlanState>('change');
  #files = $state.raw<PagedList<FilePlan> | null>(null);
  #leftOut = $state.raw<ReadonlySet<number>>(new Set());
  #run = $state.raw<WriteRun | null>(null);
  #problem = $state<string | null>(null);
  /** What the plan was made for. */
  #planned: PlanRequest | null = null;
  #outdated = $state(false);
  #question = $state.raw<Question | null>(null);

  constructor(app: App) {
    this.#app = app;
    app.client.on('write.changed', () => (this.#outdated = true));
    app.client.on('tag.changed', ({ decided }) => {
      if (decided) this.#outdated = true;
    });
  }

  get tab(): WriteTab {
    return this.#tab;
  }
  /** null before the first answer. */
  get profiles(): readonly WriteProfile[] | null {
    return this.#profiles;
  }
  get profile(): WriteProfile | null {
    return this.#profiles?.find(({ id }) => id === this.#profileId) ?? this.#profiles?.[0] ?? null;
  }
  /** Tempo and key are written beside the fields of the profile. */
  get tempoAndKey(): boolean {
    return this.#tempoAndKey;
  }
  /** Files without accepted tags may change, too. */
  get writesFacts(): boolean {
    return this.#tempoAndKey || this.profile?.rules.some(({ field }) => isFactField(field)) === true;
  }
  /** A profile of the user's as it is being changed; null when none is. */
  get editing(): WriteProfile | null {
    return this.#editing;
  }
  get scope(): WriteScope {
    return this.#scope;
  }
  get folders(): readonly string[] {
    return this.#folders;
  }
  get phase(): WritePhase {
    return this.#phase;
  }
  /** null until something has been planned. */
  get plan(): PlanSummary | null {
    return this.#plan;
  }
  /** Files were written, renamed or restored, or tags decided, by whomever, since the plan was begun. */
  get outdated(): boolean {
    return this.#outdated;
  }
  /** Which files of the plan are listed. */
  get shown(): FilePlanState {
    return this.#shown;
  }
  get files(): PagedList<FilePlan> | null {
    return this.#files;
  }
  get current(): FilePlan | null {
    return this.#files?.at(this.planWalk.current) ?? null;
  }
  get leftOut(): ReadonlySet<number> {
    return this.#leftOut;
  }
  /** Files that a write would change now: none by a plan that is outdated. */
  get toWrite(): number {
    return this.#plan === null || this.#outdated ? 0 : this.#plan.change - this.#leftOut.size;
  }
  /** What the last write did. */
  get run(): WriteRun | null {
    return this.#run;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** To be answered before anything happens to files; null when nothing is asked. */
  get question(): Question | null {
    return this.#question;
  }
  /** What is at work on files, whoever started it; null when nothing is. */
  get job(): LibraryJobProgress | null {
    const { working } = this.#app.jobs;
    return working !== null && WORKING_KINDS.includes(working.kind) ? working : null;
  }
  get busy(): boolean {
    // Planning and writing begin with the key, not when the engine has answered.
    return this.job !== null || this.#jobId !== null || this.#phase === 'planning' || this.#phase === 'writing';
  }
  /** The list that the arrow keys walk on this screen; null when there is none. */
  get walked(): Walk | null {
    if (this.#tab === 'tags') return this.#phase === 'planned' ? this.planWalk : null;
    return this.#tab === 'history' ? historyOf(this.#app).walk : null;
  }

  openTab(tab: WriteTab): void {
    this.#tab = tab;
  }

  async refresh(): Promise<void> {
    try {
      this.#profiles = await this.#app.client.call('write.profiles', null);
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error);
    }
  }

  pickProfile(id: string): void {
    this.#profileId = id;
    localStorage.setItem(PROFILE_KEY, id);
  }
  writeTempoAndKey(on: boolean): void {
    this.#tempoAndKey = on;
    localStorage.setItem(FACTS_KEY, on ? 'yes' : 'no');
  }
  pickScope(scope: WriteScope): void {
    this.#scope = scope;
  }
  addFolders(folders: readonly string[]): void {
    this.#folders = [...new Set([...this.#folders, ...folders])];
  }
  removeFolder(folder: string): void {
    this.#folders = this.#folders.filter((one) => one !== folder);
  }

  /** Opens one of the user's profiles, or a copy of a shipped one, for changing. */
  edit(profile: WriteProfile): void {
    if (!profile.shipped) {
      this.#editing = profile;
      return;
    }
    const taken = new Set(this.#profiles?.map(({ id }) => id));
    let number = 1;
    while (taken.has(`my-${profile.id}${number === 1 ? '' : `-${number}`}`)) number++;
    const id = `my-${profile.id}${number === 1 ? '' : `-${number}`}`;
    this.#editing = { ...structuredClone(profile), id, name: `${profile.name} (copy)`, shipped: false };
  }
  stopEditing(): void {
    this.#editing = null;
  }
  /** @returns why not, a sentence; null when it is saved */
  async saveProfile(profile: WriteProfile): Promise<string | null> {
    try {
      const saved = await this.#app.client.call('write.saveProfile', profile);
      this.#editing = null;
      await this.refresh();
      this.pickProfile(saved.id);
      return null;
    } catch (error) {
      return sentenceOf(error);
    }
  }
  async removeProfile(profile: WriteProfile): Promise<void> {
    const { client, notices, undo } = this.#app;
    const removed = notices.attempt(async () => (await client.call('write.removeProfile', profile.id), true));
    const back = async () => (await client.call('write.saveProfile', profile), this.refresh());
    undo.did(removed.then((done) => (done === null ? null : { name: `remove “${profile.name}”`, undo: back })));
    if ((await removed) === null) return;
    this.#editing = null;
    await this.refresh();
  }

  /** Reads the files and works out what would change. Nothing is written. */
  async makePlan(): Promise<void> {
    const { profile } = this;
    if (profile === null) return;
    const fileIds = this.#scope === 'selection' ? this.#app.selection.fileIds : [];
    const folders = this.#scope === 'folders' ? [...this.#folders] : [];
    const facts = this.#tempoAndKey && { tempoAndKey: true };
    await this.#makePlan({ tags: { profileId: profile.id, fileIds, folders, ...facts } });
  }

  /** As {@link makePlan}, of markers. */
  async planMarkers(request: MarkerRequest): Promise<void> {
    await this.#makePlan({ markers: request });
  }

  /** For the same files, whatever has been selected since. */
  async planAgain(): Promise<void> {
    if (this.#planned !== null) await this.#makePlan(this.#planned);
  }

  async #makePlan(request: PlanRequest): Promise<void> {
    if (this.busy) return;
    this.#planned = request;
    this.#phase = 'planning';
    this.#outdated = false;
    const { client, notices } = this.#app;
    const plan = await notices.attempt(
      async () => {
        this.#jobId = await ('tags' in request
          ? client.call('write.plan', request.tags)
          : client.call('markers.plan', request.markers));
        return waitForJob(client, this.#jobId, 'plan');
      },
      () => void this.#makePlan(request),
    );
    this.#jobId = null;
    if (plan === null) {
      this.#phase = 'choosing';
      return;
    }
    this.#plan = plan;
    this.#leftOut = new Set();
    this.#phase = 'planned';
    this.list(plan.change > 0 || plan.refused === 0 ? 'change' : 'refused');
  }

  /** Lists the files of the plan that are in a state. */
  list(state: FilePlanState): void {
    const plan = this.#plan;
    if (plan === null) return;
    const { client, notices } = this.#app;
    const { planId } = plan;
    this.#shown = state;
    this.#files = new PagedList(plan[state], notices, (offset, limit) =>
      client.call('write.planFiles', { planId, state, offset, limit }),
    );
    this.planWalk.begin(plan[state]);
  }

  /** Leaves a file out of the write, or takes it in again. */
  toggleLeftOut(fileId: number): void {
    const next = new Set(this.#leftOut);
    if (!next.delete(fileId)) next.add(fileId);
    this.#leftOut = next;
  }
  toggleCurrent(): void {
    const { current } = this;
    if (current === null || this.#shown !== 'change') return;
    this.toggleLeftOut(current.fileId);
    this.planWalk.move(1);
  }

  startOver(): void {
    this.#phase = 'choosing';
    this.#plan = null;
    this.#files = null;
    this.#run = null;
    this.planWalk.begin(0);
  }

  ask(question: Question): void {
    this.#question = question;
    this.#app.show('write-files');
  }
  askToWrite(): void {
    if (this.toWrite === 0 || this.#plan === null) return;
    this.ask({ ...confirmWrite(this.toWrite, this.#plan.profileId), run: () => void this.#write() });
  }

  async stop(): Promise<void> {
    const id = this.job?.id ?? this.#jobId;
    if (id !== null) await this.#app.notices.attempt(() => this.#app.client.call('job.cancel', id));
  }

  async #write(): Promise<void> {
    const plan = this.#plan;
    if (plan === null || this.toWrite === 0 || this.busy) return;
    const { client, notices, undo } = this.#app;
    this.#phase = 'writing';
    const run = await notices.attempt(async () => {
      this.#jobId = await client.call('write.start', { planId: plan.planId, leaveOut: [...this.#leftOut] });
      return waitForJob(client, this.#jobId, 'write');
    });
    this.#jobId = null;
    const history = historyOf(this.#app);
    void history.refresh();
    if (run === null) {
      this.#phase = 'planned';
      return;
    }
    this.#run = run;
    this.#phase = 'written';
    if (this.#app.screen !== 'write') notices.say(runEnding(run));
    if (run.written > 0) {
      const name = `write ${writtenWhat(run.profileId)} into ${counted(run.written, 'file')}`;
      undo.did({ name, undo: () => history.undoRun(run.runId) });
    }
  }

  /** The current file can be heard while its changes are looked at. */
  load(): void {
    const file = this.current;
    if (file === null) return;
    const { fileId, path } = file;
    const durationSeconds = this.#app.files.row(fileId)?.durationSeconds ?? 0;
    this.#app.player.load({ fileId, title: title(path), durationSeconds }, null);
  }
}
