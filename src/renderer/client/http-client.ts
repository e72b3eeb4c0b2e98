/** The contract's client over HTTP, for the window in a browser and for tests: fetch for calls, a stream for events. */
import type { CallName, Calls, Client, EventName, Events, Reply } from '../../shared/contract.ts';
import { audioPath } from '../../shared/audio-address.ts';
import { fromWire, UserError } from '../../shared/errors.ts';
import { readEvents } from './event-stream.ts';
import type { ConnectionState } from './host.ts';

/** The server gives a sign of life every 15 s. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;

export interface HttpClientOptions {
  /** `http://127.0.0.1:PORT` */
  origin: string;
  /** The token, or a one-time key: what the fragment of the address holds. */
  key: string;
  /** Longest quiet of the event stream, ms. */
  silenceMs?: number;
}

export interface HttpClient {
  client: Client;
  /** For the next window of the same tab: a one-time key has been used up. */
  token: string;
  /** Works for a quarter of an hour at least. @param asWav a copy that every browser plays, for a player that could not play the file itself */
  audioUrl: (fileId: number, asWav?: boolean) => string;
  /** Whether an address from `audioUrl` no longer works. */
  hasExpired: (audioUrl: string) => boolean;
  /**
   * Tells at once how it stands, and whenever that changes. After `lost` events may have been missed: ask anew at
   * `connected`. `signed-out` stays. @returns to unsubscribe
   */
  onState: (listener: (state: ConnectionState) => void) => () => void;
  /** Ends the event stream; calls in progress continue. */
  close: () => void;
}

/**
 * Exchanges the key for the token and subscribes to events.
 * @throws UserError when the server is not there or does not take the key
 */
export async function connectHttp({ origin, key, silenceMs = SILENCE_MS }: HttpClientOptions): Promise<HttpClient> {
  const { token } = await ask<{ token: string }>(`${origin}/session`, key, null);
  const events = new EventSubscription(`${origin}/events`, token, silenceMs);
  // A change between the first question and the first event would be lost, so the subscription comes first.
  await events.begun;
  return {
    client: {
      call: <N extends CallName>(name: N, input: Calls[N]['input']) =>
        ask<Calls[N]['output']>(`${origin}/call/${name}`, token, input),
      on: (event, listener) => events.on(event, listener),
    },
    token,
    audioUrl: (fileId, asWav = false) => `${origin}${audioPath(token, fileId, asWav, Date.now())}`,
    hasExpired: (url) => Number(new URL(url).searchParams.get('until')) <= Date.now(),
    onState: (listener) => events.onState(listener),
    close: () => events.close(),
  };
}

/** @throws what the server says, as on its own side; UserError engine-broken when there is no server */
async function ask<T>(url: string, key: string, input: unknown): Promise<T> {
  let reply: Reply<never>;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(input),
      credentials: 'omit', // cookies of this host belong to other servers on it
      cache: 'no-store',
    });
    reply = (await response.json()) as Reply<never>;
  } catch (error) {
    const message = 'Earmark has stopped responding. Restart it, then open the address it prints.';
    throw new UserError('engine-broken', message, error);
  }
  if (!reply.ok) throw fromWire(reply.error);
  return reply.value as T;
}

/** One event stream for all listeners, opened again whenever it breaks. */
class EventSubscription {
  readonly #url: string;
  readonly #token: string;
  readonly #silenceMs: number;
  readonly #closed = new AbortController();
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  readonly #begun = Promise.withResolvers<undefined>();
  /** null until the first attempt has come to something. */
  #state: ConnectionState | null = null;
  #waitMs = FIRST_WAIT_MS;

  constructor(url: string, token: string, silenceMs: number) {
    this.#url = url;
    this.#token = token;
    this.#silenceMs = silenceMs;
    void this.#run();
  }

  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Resolves when the first attempt is decided: events arrive from then on, or the connection is lost. */
  get begun(): Promise<unknown> {
    return this.#begun.promise;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    if (this.#state !== null) listener(this.#state);
    return () => void this.#stateListeners.delete(listener);
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const goesOn = await this.#listenOnce().catch(() => true); // whatever broke it: it is lost, and tried again
      if (this.#isClosed()) return;
      // Another Earmark listens on that port now; it will never accept this token.
      this.#setState(goesOn ? 'lost' : 'signed-out');
      if (!goesOn) return;
      await this.#wait();
    }
  }

  /** @returns false when there is no use in trying again */
  async #listenOnce(): Promise<boolean> {
    // Its own, so that a stream that fell silent is ended on this side as well.
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, this.#closed.signal]);
    try {
      const response = await fetch(this.#url, {
        headers: { Authorization: `Bearer ${this.#token}` },
        credentials: 'omit',
        cache: 'no-store',
        signal,
      });
      if (response.status === 401) return false;
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      this.#waitMs = FIRST_WAIT_MS;
      this.#setState('connected');
      for await (const data of readEvents(response.body, this.#silenceMs)) this.#deliver(data);
      return true;
    } finally {
      ended.abort();
    }
  }

  #deliver(data: string): void {
    const { event, payload } = JSON.parse(data) as { event: EventName; payload: unknown };
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        listener(payload as never);
      } catch (error) {
        // An error in a listener is reported as any uncaught error, and the others are called all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#begun.resolve(undefined);
    for (const listener of this.#stateListeners) listener(state);
  }

  /** A little longer each time, and never for all windows at the same moment. */
  #wait(): Promise<void> {
    const waitMs = this.#waitMs * (0.75 + Math.random() / 2);
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#closed.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }
}
