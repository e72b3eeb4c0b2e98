/** What the user can set, with what holds when nothing was set. Kept in the catalogue. */

/** What only the window looks at (appearance, rows, playing, volume) holds as soon as `setting.changed` arrives. */
export interface Settings {
  /** Cores for the analysis in the background, 1 to what the machine has; half of them at first. From the next job on. */
  backgroundCores: number;
  /** Background work yields to everything else. On at first. From the next job on. */
  lowPriority: boolean;
  /**
   * Background jobs wait while somebody has used the machine within the last minute, where the host can tell. Off at
   * first. Within seconds, also for a job that runs.
   */
  onlyWhenIdle: boolean;
  appearance: 'system' | 'light' | 'dark';
  rowHeight: 'comfortable' | 'compact';
  /** Moving the selection plays at once. */
  playOnSelect: boolean;
  /** 0..1 */
  volume: number;
  /** Files play at the same loudness. Off at first. */
  levelMatch: boolean;
  /** That loudness, LUFS, −40..−10. */
  levelTarget: number;
  /** Scripts of DAWs may ask what is selected (docs/daw.md). Off at first. At once. */
  dawBridge: boolean;
  /** Files with a known tempo or key play in those of the project. Off at first. */
  projectMatch: boolean;
  /** Tempo of the project, BPM, 20..400; null: files keep theirs. */
  projectBpm: number | null;
  /** Key of the project, 0..23 as in shared/music.ts; null: files keep theirs. */
  projectKey: number | null;
  /**
   * Pack id in use. Setting it takes effect on the next search, however little it has analysed; a running job is
   * cancelled, and one that analyses with this model begins in the background. The analysis of other models stays. A
   * move to another model (`nextModel`) is ended.
   */
  model: string;
  /**
   * Pack id that the library moves to; null when it does not. `model` answers until this one has analysed every file
   * that `model` has, then takes its place and this becomes null: immediately if nothing is left to analyse. An index
   * job that analyses with it begins in the background; setting it again starts that job again. null ends the move;
   * its analysis stays.
   */
  nextModel: string | null;
  /**
   * Pack id of a second model that answers each search beside `model` (`SearchQuery.alsoModel`); null: one model. From
   * the next search on. Where it cannot answer any more, or is the model in use by now, searches go on with one model.
   * `model.searchCost` says what it costs.
   */
  alsoModel: string | null;
  /** Address, https or http, that known models are fetched from in place of their publishers' hosts; null: from those. */
  modelMirror: string | null;
}

export interface SettingCalls {
  'setting.get': { input: null; output: Settings };
  /**
   * Only what is named changes. @returns all of them, as they now hold.
   * @throws UserError bad-input; model-missing, model-damaged; nothing-indexed for an `alsoModel` that has analysed no file:
   *   then nothing is changed
   */
  'setting.set': { input: Partial<Settings>; output: Settings };
}

export interface SettingEvents {
  'setting.changed': Settings;
}
