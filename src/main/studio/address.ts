/**
 * Where a studio's server is and who logs in, as libpq's connection URIs say it
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS): the part of it that we use.
 */
import { UserError } from '../../shared/errors.ts';

/** disable: in the clear. require: encrypted, whoever answers. verify-full: encrypted, and the certificate is the host's. */
export const SSL_MODES = ['disable', 'require', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface StudioAddress {
  /** A name, an IP address, or the folder of a socket. */
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  sslMode: SslMode;
  /** PEM file of who signed the server's certificate; null: those that Node trusts. */
  sslRootCertificate: string | null;
}

const DEFAULT_PORT = 5432;
const OPTIONS = ['host', 'port', 'sslmode', 'sslrootcert'];
const EXAMPLE = 'postgres://ana@server.local/studio';
/** A password with one of these ends too early for whoever reads the URL: its rest becomes port, path or options. */
const ENCODE =
  'In a password write “%3F” for “?”, “%23” for “#”, “%2F” for “/” and “%40” for “@”, or put it in PGPASSWORD.';

/**
 * @param url `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…`; of a socket `postgres://user@/database?host=/run/postgresql`
 * @param environment PGPASSWORD in it counts where the URL has no password, so that it need not stand in a shell's history
 * @throws UserError bad-input; the sentence never repeats any part of the URL, since each may be the rest of a password
 */
export function parseAddress(url: string, environment: NodeJS.ProcessEnv = process.env): StudioAddress {
  const parsed = parsedUrl(url);
  const options = parsed.searchParams;
  if ([...options.keys()].some((name) => !OPTIONS.includes(name))) {
    throw badAddress(`An option is unknown. Supported options: ${OPTIONS.join(', ')}. ${ENCODE}`);
  }
  // Else the rest of a password would be taken for the database or left out, and shown as such in every later message.
  if (parsed.hash !== '' || parsed.pathname.includes('@'))
    throw badAddress(`It contains a “#” or “@” that is not encoded. ${ENCODE}`);
  const host = options.get('host') ?? unbracketed(decoded(parsed.hostname));
  const database = decoded(parsed.pathname.slice(1));
  const user = decoded(parsed.username);
  if (host === '') throw badAddress(`The server is missing. Example: “${EXAMPLE}”.`);
  if (database === '' || database.includes('/')) throw badAddress(`The database is missing. Example: “${EXAMPLE}”.`);
  if (user === '') throw badAddress(`The user is missing. Example: “${EXAMPLE}”.`);
  const port = Number(options.get('port') ?? (parsed.port === '' ? DEFAULT_PORT : parsed.port));
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw badAddress('The port must be a number from 1 to 65535.');
  const password = decoded(parsed.password) || (environment['PGPASSWORD'] ?? '');
  return { host, port, database, user, password, sslMode: sslModeOf(options.get('sslmode'), host), sslRootCertificate: options.get('sslrootcert') }; // prettier-ignore
}

/** For people and for JSON: `server.local:5432/studio`. Never the password. */
export function describeAddress({ host, port, database }: StudioAddress): string {
  return isSocket(host) ? `${host}/${database}` : `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

/** A folder with a socket in it, as opposed to a machine. */
export function isSocket(host: string): boolean {
  return host.startsWith('/');
}

/** What is said to this machine alone passes no network. */
function isLocal(host: string): boolean {
  return isSocket(host) || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** @throws UserError bad-input. A server on another machine is reached encrypted unless the URL says otherwise. */
function sslModeOf(given: string | null, host: string): SslMode {
  if (given === null) return isLocal(host) ? 'disable' : 'verify-full';
  const known = SSL_MODES.find((mode) => mode === given);
  if (known) return known;
  throw badAddress(`The value of sslmode is unknown. Use ${SSL_MODES.join(', ')}.`);
}

function parsedUrl(url: string): URL {
  // Without a host a URL of this kind has no user either: https://url.spec.whatwg.org/#url-parsing
  const complete = url.trim().replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)\//, '$1socket/');
  let parsed: URL;
  try {
    parsed = new URL(complete);
  } catch {
    throw badAddress(`It is not a URL. Example: “${EXAMPLE}”.`);
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') {
    throw badAddress(`It must begin with “postgres://”. Example: “${EXAMPLE}”.`);
  }
  return parsed;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badAddress('A “%” must be followed by two hexadecimal digits. Write “%25” for a percent sign.');
  }
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function badAddress(sentence: string): UserError {
  return new UserError('bad-input', `The address of the studio is not valid. ${sentence}`);
}
