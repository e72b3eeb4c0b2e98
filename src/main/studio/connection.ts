/** One connection to a studio's server. The client is loaded when it is first needed: without a studio nobody pays for it. */
import type { Client, ClientConfig, QueryResultRow } from 'pg';
import { randomUUID } from 'node:crypto';
import { UserError } from '../../shared/errors.ts';
import { readRegularFile, UnfitFileError } from '../files/regular-file.ts';
import { isSocket, type StudioAddress } from './address.ts';
import { isWorthRetrying, sentenceFor, unreachable } from './server-errors.ts';

/** Bytes: a bundle of all authorities that browsers trust has a quarter of it. */
const LARGEST_CERTIFICATE = 2 ** 20;
const CONNECT_TIMEOUT_MS = 10_000;
/** A statement of ours moves some hundred rows; one that takes longer waits for something that will not come. */
const STATEMENT_TIMEOUT_MS = 5 * 60_000;
/** The server would have given up by then: an answer that is later does not come. A network may lose a connection without a word. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 30_000;
/** So long without traffic, and the system asks whether the server is still there. */
const KEEP_ALIVE_AFTER_MS = 60_000;
/** Two that write the same rows may stand in each other's way: the one that gave way tries again. */
const TRIES = 4;

export interface StudioConnection {
  readonly address: StudioAddress;
  /**
   * Outside of a transaction it is tried again when another one stood in its way.
   * @throws UserError studio-unreachable, studio-refused, studio-damaged, studio-full
   */
  readonly rows: <T extends QueryResultRow>(sql: string, parameters?: unknown[]) => Promise<T[]>;
  /** All or nothing; tried again when another one stood in its way, so `work` may run more than once. */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called with each notice that others send by `NOTIFY earmark`, from `LISTEN earmark` on; tells what is new, never what it is. */
  readonly onNotice: (listener: (payload: string) => void) => void;
  /**
   * The protocol numbers neither statements nor answers: after bytes that came twice, each answer is the one before's, and what
   * fails by it may be anything.
   * @param error of work on this connection
   * @throws UserError studio-unreachable when that is what has happened
   */
  readonly expectInStep: (error: unknown) => Promise<void>;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * @param address as parsed
 * @param options.answerTimeoutMs the server has to answer a statement within this time, or counts as unreachable. @default 5.5 min
 * @throws UserError studio-unreachable, studio-refused; bad-input when the certificate's file cannot be read, is no regular file or is larger than 1 MiB
 */
export async function connect(
  address: StudioAddress,
  { answerTimeoutMs = ANSWER_TIMEOUT_MS } = {},
): Promise<StudioConnection> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ ...(await configuration(address)), query_timeout: answerTimeoutMs });
  client.on('error', () => {}); // a connection that is cut: the next statement says so
  try {
    await client.connect();
  } catch (error) {
    throw sentenceFor(error, address);
  }
  return connection(client, address);
}

/**
 * Connects, works, and always disconnects.
 * @throws UserError studio-unreachable, too, when `work` fails because answers were not to what it had asked
 */
export async function connected<T>(
  address: StudioAddress,
  work: (connection: StudioConnection) => Promise<T>,
): Promise<T> {
  const open = await connect(address);
  try {
    return await work(open);
  } catch (error) {
    await open.expectInStep(error);
    throw error;
  } finally {
    await open.close();
  }
}

function connection(client: Client, address: StudioAddress): StudioConnection {
  const query = async <T extends QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(sql, parameters)).rows;
  // As the server numbers it; not in the client's types.
  const { processID: ownProcess } = client as Client & { processID?: number };
  const ended = new Promise<void>((resolve) => void client.once('end', resolve));
  let isInTransaction = false;
  const retried = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried++) {
      try {
        return await work();
      } catch (error) {
        if (!isInTransaction && tried < TRIES && isWorthRetrying(error)) continue;
        throw sentenceFor(error, address);
      }
    }
  };
  let isAnsweredUnasked = false;
  client.on('error', (error) => (isAnsweredUnasked ||= error.message.startsWith('Received unexpected')));
  const isInStep = async () => {
    const asked = randomUUID();
    const [answer] = await query<{ asked?: string }>('SELECT $1::text AS asked', [asked]);
    return answer?.asked === asked;
  };
  const outOfStep = () => unreachable(address, 'answers are not to what was asked');
  const inOneGo = async <T>(work: () => Promise<T>): Promise<T> => {
    await query('BEGIN');
    isInTransaction = true;
    try {
      const result = await work();
      if (!(await isInStep())) throw outOfStep();
      await query('COMMIT');
      return result;
    } catch (error) {
      await query('ROLLBACK').catch(() => {}); // a connection that is gone has rolled back by itself
      throw error;
    } finally {
      isInTransaction = false;
    }
  };
  return {
    address,
    rows: (sql, parameters) => retried(() => query(sql, parameters)),
    transaction: (work) => retried(() => inOneGo(work)),
    onNotice: (listener) =>
      void client.on('notification', ({ processId, payload }) => {
        if (processId !== ownProcess) listener(payload ?? '');
      }),
    expectInStep: async (error) => {
      const isKnown =
        (error instanceof UserError && error.code === 'studio-unreachable') ||
        (error instanceof DOMException && error.name === 'AbortError');
      // A connection that is gone may have gone for the error's own reason.
      if (!isKnown && !(await isInStep().catch(() => !isAnsweredUnasked))) throw outOfStep();
    },
    ended,
    close: () => client.end().catch(() => {}), // a lost connection cannot be closed properly
  };
}

async function configuration(address: StudioAddress): Promise<ClientConfig> {
  const { host, port, database, user, password } = address;
  return {
    ...{ host, port, database, user, ssl: await tls(address) },
    // A function keeps the client from asking PGPASSWORD and ~/.pgpass, which may be meant for another server.
    password: () => password,
    application_name: 'earmark',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    // Nobody's tables and functions but those of PostgreSQL and of the studio are ever meant.
    options: '-c search_path=pg_catalog,earmark',
  };
}

async function tls({ host, sslMode, sslRootCertificate }: StudioAddress): Promise<ClientConfig['ssl']> {
  if (sslMode === 'disable' || isSocket(host)) return false;
  if (sslMode === 'require') return { rejectUnauthorized: false };
  if (sslRootCertificate === null) return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: await readRegularFile(sslRootCertificate, LARGEST_CERTIFICATE) };
  } catch (error) {
    // The path may be the rest of a password: neither it nor the error, which names it, is repeated.
    const why = error instanceof UnfitFileError ? `: ${error.message}` : '';
    throw new UserError('bad-input', `The certificate cannot be read${why}. Check the path after “sslrootcert=”.`);
  }
}
