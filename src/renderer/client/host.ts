/** What differs between the desktop app and the page in a browser, beside the contract. */
import type { ChosenOutput } from '../../shared/calls/outputs.ts';
import type { CallName, Calls, Client, EventName, Events, Reply } from '../../shared/contract.ts';
import { fromWire } from '../../shared/errors.ts';

/** A part of a file that is dragged. */
export interface DraggedRegion {
  /** Absolute. */
  path: string;
  startSeconds: number;
  endSeconds: number;
}

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
  /** Asks for a file to read. @param extensions of its kinds, `.csv` @returns absolute path; null when it was closed */
  chooseFile: ((extensions: string[]) => Promise<string | null>) | null;
  /** Asks where a file is to be written. @param wanted a name to begin with, and what it may end in @returns null when it was closed */
  chooseOutput: ((wanted: { name: string; endings: string[] }) => Promise<ChosenOutput | null>) | null;
  /** Asks for the folder that files are to be written into. @returns null when it was closed */
  chooseOutputFolder: (() => Promise<ChosenOutput | null>) | null;
  /** Absolute path of something dropped on the window; '' when it has none (an image dragged out of a page). */
  pathOfDroppedFile: ((file: File) => string) | null;
  /** Hands a part of a file over to the system's drag and drop, as a file of its own; to be called in `dragstart`. */
  dragPiece: ((piece: DraggedRegion) => void) | null;
  /** Hands files over to the system's drag and drop; to be called in `dragstart`. */
  dragOut: ((paths: string[]) => void) | null;
}

/** `signed-out`: another run of Earmark answers there, which never takes the key of this window. */
export type ConnectionState = 'connected' | 'lost' | 'signed-out';

/** An engine to talk to, wherever it runs. */
export interface Connection {
  client: Client;
  host: Host;
  /** Called at once with the state, and whenever it changes. @returns to unsubscribe */
  onState: (listener: (state: ConnectionState) => void) => () => void;
}

/**
 * What the desktop app's preload exposes as `window.earmark`. Replies cross as data and become errors here, since a
 * thrown error keeps little but its message on the way.
 */
export interface Bridge {
  invoke<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Reply<N>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Called with whether the engine answers: at once, and when that changes. @returns to unsubscribe */
  onState?(listener: (state: 'lost' | 'connected') => void): () => void;
  /** Called with the id of an action chosen in the menu. @returns to unsubscribe */
  onAction?(listener: (id: string) => void): () => void;
  host: Host;
}

declare global {
  interface Window {
    earmark?: Bridge;
  }
}

/** The engine lives in the same app, in a process that may crash; it is started again. */
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
      if (bridge.onState) return bridge.onState(listener);
      listener('connected');
      return () => undefined;
    },
  };
}
