/** What the user can set, with what holds when nothing was set. Kept in the catalogue. */

export interface Settings {
  /** Cores for listening in the background; at most what the machine has. */
  backgroundCores: number;
  /** Background work yields to everything else. */
  lowPriority: boolean;
  /** Listen only when nobody has used the machine for a while. */
  onlyWhenIdle: boolean;
  appearance: 'system' | 'light' | 'dark';
  rowHeight: 'comfortable' | 'compact';
  /** Moving the selection plays at once. */
  playOnSelect: boolean;
  /** 0..1 */
  volume: number;
  /** Pack id in use. */
  model: string;
}

export interface SettingCalls {
  'setting.get': { input: null; output: Settings };
  /** Only what is named changes. @returns all of them, as they now hold. */
  'setting.set': { input: Partial<Settings>; output: Settings };
}

export interface SettingEvents {
  'setting.changed': Settings;
}
