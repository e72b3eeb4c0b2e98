/** What differs between the desktop app and the page in a browser, beside the contract. */
import type { CallName, Calls, Client, EventName, Events, Reply } from '../../shared/contract.ts';
import { fromWire } from '../../shared/errors.ts';

/** Platform features; null where the host cannot do it, so that the screen says so instead of failing. */
export interface Host {
  /**
   * Where the sound of a catalogued file is played from; answers range requests.
   * @param asWav a copy that every player plays, for one that could not play the file itself
   */
  audioUrl: (fileId: number, asWav?: boolean) => string;
  /** Whether an address from `audioUrl` no longer works, so that a new one has to be asked for. Absent: they always do. */
  hasExpired?: (audioUrl: string) => boolean;
  /** Shows a file in its folder. */
  revealFile: ((path: string) => Promise<void>) | null;
  /** Asks for folders by the system's dialog. @returns absolute paths; empty when it was closed */
  chooseFolders: (() => Promise<string[]>) | null;
  /** Absolute path of something dropped on the window; '' when it has none (an image dragged out of a page). */
  pathOfDroppedFile: ((file: File) => string) | null;
  /** Hands files over to the system's drag and drop; to be called in `dragstart`. */
  dragOut: ((paths: string[]) => void) | null;
}

/** `signed-out`: another run of Earmark answers there, which never takes the key of this window. */
export type ConnectionState = 'connected' | 'lost' | 'signed-out';

/** An engine to talk to, wherever it runs. */
export interface Connection {
  client: Client;
  host: Host;
  /** Tells at once how it stands, and whenever that changes. @returns to stop being told */
  onState: (listener: (state: ConnectionState) => void) => () => void;
}

/**
 * What the desktop app's preload exposes as `window.earmark`. Replies cross as data and become errors here, since a
 * thrown error keeps little but its message on the way.
 */
export interface Bridge {
  invoke<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Reply<N>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Told the id of an action that was chosen in the menu. @returns to stop being told */
  onAction?(listener: (id: string) => void): () => void;
  host: Host;
}

declare global {
  interface Window {
    earmark?: Bridge;
  }
}

/** The engine lives in the same app: there is no connection to lose. */
export function bridgeConnection(bridge: Bridge): Connection {
  return {
    client: {
      call: async (name, input) => {
        const reply = await bridge.invoke(name, input);
        if (!reply.ok) throw fromWire(reply.error);
        return reply.value;
      },
      on: (event, listener) => bridge.on(event, listener),
    },
    host: bridge.host,
    onState: (listener) => {
      listener('connected');
      return () => undefined;
    },
  };
}
