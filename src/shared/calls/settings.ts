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
   * Pack id in use. From the next search on; a job that runs is cancelled, and in the background one begins that
   * listens with the new model. What the old one heard stays.
   */
  model: string;
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
