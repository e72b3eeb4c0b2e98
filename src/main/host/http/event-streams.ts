/** The engine's events as server-sent events, for any number of windows. Spec: WHATWG HTML, "Server-sent events". */
import type { ServerResponse } from 'node:http';
import type { EventName, Events } from '../../../shared/contract.ts';
import type { EngineHandle } from '../../engine/engine.ts';

const HEARTBEAT_MS = 15_000;
/** Waiting for one client at most; it is cut off beyond it, comes again, and asks for everything anew. */
const WAITING_LIMIT_BYTES = 1 << 20;

type LatestOf<E extends EventName> = ((payload: Events[E]) => string | number) | null;

/**
 * Every event there is. null: each one counts. Else: what it is about; for a client that does not keep up, the latest
 * about the same thing replaces the one before.
 */
const LATEST_IS_ENOUGH: { [E in EventName]: LatestOf<E> } = {
  'job.progress': ({ id }) => id,
  'engine.notice': null,
  'catalogue.changed': null,
  'file.marked': null,
  'root.changed': null,
  'search.wanted': null,
  'setting.changed': () => '',
  'studio.changed': () => '',
  'tag.changed': null,
  'write.changed': ({ runId }) => runId,
};

/** One message: `data: {"event", "payload"}`. */
function frame(event: EventName, payload: unknown): string {
  return `data: ${JSON.stringify({ event, payload })}\n\n`;
}

export class EventStreams {
  readonly #clients = new Set<EventStream>();
  readonly #unsubscribers: (() => void)[];
  readonly #heartbeat: NodeJS.Timeout;

  constructor(on: EngineHandle['on'], heartbeatMs = HEARTBEAT_MS) {
    this.#unsubscribers = (Object.keys(LATEST_IS_ENOUGH) as EventName[]).map((event) => this.#subscribe(on, event));
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients) client.beat();
    }, heartbeatMs);
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** @param response without a head so far; ends with {@link close} or when the client goes */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
    const client = new EventStream(response);
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
  }

  /** Ends the streams of all clients. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const stop of this.#unsubscribers) stop();
    for (const client of this.#clients) client.end();
  }

  #subscribe(on: EngineHandle['on'], event: EventName): () => void {
    // The table is exact; here, where any event may come, only that name and payload belong together is known.
    const latestOf = LATEST_IS_ENOUGH[event] as LatestOf<EventName>;
    return on(event, (payload) => {
      if (this.#clients.size === 0) return;
      const text = frame(event, payload);
      const replaces = latestOf === null ? null : `${event} ${latestOf(payload)}`;
      for (const client of this.#clients) client.send(text, replaces);
    });
  }
}

/** One client. What the socket does not take waits here, in order, and not in the socket's unbounded buffer. */
class EventStream {
  readonly #response: ServerResponse;
  /** By what a later one replaces; a unique key where nothing does. */
  readonly #waiting = new Map<string, string>();
  #waitingBytes = 0;
  #unique = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('drain', () => this.#flush());
    response.write(': connected\n\n');
  }

  send(text: string, replaces: string | null): void {
    if (this.#waiting.size === 0 && !this.#response.writableNeedDrain) {
      this.#response.write(text);
      return;
    }
    const key = replaces ?? `#${this.#unique++}`;
    // Taken out and put in again: at its place in time, behind everything that came before.
    this.#waitingBytes += text.length - (this.#waiting.get(key)?.length ?? 0);
    this.#waiting.delete(key);
    this.#waiting.set(key, text);
    if (this.#waitingBytes > WAITING_LIMIT_BYTES) this.#response.destroy();
  }

  /** A comment, so that both ends notice when the other is gone. */
  beat(): void {
    if (!this.#response.writableNeedDrain) this.#response.write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #flush(): void {
    for (const [key, text] of this.#waiting) {
      this.#waiting.delete(key);
      this.#waitingBytes -= text.length;
      if (!this.#response.write(text)) return;
    }
  }
}
