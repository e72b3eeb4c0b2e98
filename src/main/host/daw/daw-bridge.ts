/** The server for scripts of DAWs, as long as the setting `dawBridge` is on. */
import type { Settings } from '../../../shared/calls/settings.ts';
import { toWire } from '../../../shared/errors.ts';
import type { EngineHandle } from '../../engine/engine.ts';
import { startDawServer, type DawServer } from './daw-server.ts';

export interface DawBridgeOptions {
  /** Absolute. */
  dataFolder: string;
  handle: Pick<EngineHandle, 'engine' | 'on' | 'daw'>;
  /** How many windows are open; absent where the desktop app keeps one. */
  windows?: () => number;
  /** A sentence for the user. */
  notice: (message: string) => void;
}

export class DawBridge {
  readonly #options: DawBridgeOptions;
  readonly #unfollow: () => void;
  #server: DawServer | null = null;
  /** One change after the other. */
  #turn: Promise<void>;
  #closed = false;

  /** Follows the setting from now on. */
  constructor(options: DawBridgeOptions) {
    this.#options = options;
    const { handle } = options;
    this.#unfollow = handle.on('setting.changed', (settings) => this.#follow(settings));
    this.#turn = handle.engine['setting.get'](null).then(
      (settings) => this.#set(settings.dawBridge),
      () => undefined, // windows report what is wrong with the catalogue; without one nothing was turned on
    );
  }

  /** Resolves when the last change has taken effect. @returns null while it is off */
  async port(): Promise<number | null> {
    await this.#turn;
    return this.#server?.port ?? null;
  }

  async close(): Promise<void> {
    this.#unfollow();
    this.#closed = true;
    await this.#turn;
    await this.#server?.close();
    this.#server = null;
  }

  #follow({ dawBridge }: Settings): void {
    this.#turn = this.#turn.then(() => this.#set(dawBridge));
  }

  async #set(on: boolean): Promise<void> {
    const { dataFolder, handle, notice, windows } = this.#options;
    try {
      if (on && this.#server === null && !this.#closed) {
        this.#server = await startDawServer({ dataFolder, desk: handle.daw, ...(windows && { windows }) });
      } else if (!on) {
        const server = this.#server;
        this.#server = null;
        await server?.close();
      }
    } catch (error) {
      notice(`The connection for DAW scripts could not be started: ${toWire(error).detail}. Turn it off and on again.`);
    }
  }
}
