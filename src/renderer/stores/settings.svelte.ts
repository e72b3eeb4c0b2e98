/** What the user has set, applied to the page. Until the engine has answered the defaults below hold. */
import type { Client } from '../../shared/contract.ts';
import type { Settings } from '../../shared/calls/settings.ts';
import type { Notices } from './notices.svelte.ts';

const BEFORE_KNOWN: Settings = {
  backgroundCores: 1,
  lowPriority: true,
  onlyWhenIdle: false,
  dawBridge: false,
  appearance: 'system',
  rowHeight: 'comfortable',
  playOnSelect: true,
  volume: 0.8,
  levelMatch: false,
  levelTarget: -23,
  projectMatch: false,
  projectBpm: null,
  projectKey: null,
  model: '',
  nextModel: null,
  alsoModel: null,
  modelMirror: null,
};
/** A slider sends many values; the last one is enough. */
const SAVE_AFTER_MS = 250;

export class SettingsStore {
  readonly #client: Client;
  readonly #notices: Notices;
  #now = $state.raw<Settings>(BEFORE_KNOWN);
  #unsaved: Partial<Settings> = {};
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on('setting.changed', (settings) => this.#take(settings));
    window.matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get now(): Settings {
    return this.#now;
  }

  async load(): Promise<void> {
    const settings = await this.#notices.attempt(() => this.#client.call('setting.get', null));
    if (settings !== null) this.#take(settings);
  }

  /** Holds on the screen at once and is saved a moment later. */
  set(changes: Partial<Settings>): void {
    this.#unsaved = { ...this.#unsaved, ...changes };
    this.#take(this.#now);
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.#save(), SAVE_AFTER_MS);
  }

  async #save(): Promise<void> {
    const changes = this.#unsaved;
    this.#unsaved = {};
    const settings = await this.#notices.attempt(() => this.#client.call('setting.set', changes));
    if (settings !== null) this.#take(settings);
    else await this.load(); // what could not be saved does not hold
  }

  /** What has not been saved yet is newer than what the engine says. */
  #take(settings: Settings): void {
    this.#now = { ...settings, ...this.#unsaved };
    this.#apply();
  }

  #apply(): void {
    const { appearance, rowHeight } = this.#now;
    const light = window.matchMedia('(prefers-color-scheme: light)').matches;
    const page = document.documentElement;
    page.dataset['theme'] = appearance === 'system' ? (light ? 'light' : 'dark') : appearance;
    page.dataset['rows'] = rowHeight;
  }
}
