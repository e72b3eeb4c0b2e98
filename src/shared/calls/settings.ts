/** What the user can set, with what holds when nothing was set. Kept in the catalogue. */

/** What only the window looks at (appearance, rows, playing, volume) holds as soon as `setting.changed` arrives. */
export interface Settings {
  /** Cores for listening in the background, 1 to what the machine has; half of them at first. From the next job on. */
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
  /**
   * Pack id in use. When it is set it holds from the next search on, whatever it has heard; a job that runs is
   * cancelled, and in the background one begins that listens with this model. What others heard stays. A move to
   * another model (`nextModel`) ends by that.
   */
  model: string;
  /**
   * Pack id that the library moves to; null when it does not. `model` answers until this one has heard every sound that
   * `model` has, then takes its place and this becomes null: at once where there is nothing left to hear. In the
   * background an index job begins that listens with it; to set it again has it begin again. null ends the move; what
   * was heard stays.
   */
  nextModel: string | null;
  /** Address, https or http, that known models are fetched from in place of their publishers' hosts; null: from those. */
  modelMirror: string | null;
}

export interface SettingCalls {
  'setting.get': { input: null; output: Settings };
  /**
   * Only what is named changes. @returns all of them, as they now hold.
   * @throws UserError bad-input; model-missing, model-damaged: then nothing is changed
   */
  'setting.set': { input: Partial<Settings>; output: Settings };
}

export interface SettingEvents {
  'setting.changed': Settings;
}
