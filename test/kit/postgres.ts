/**
 * A PostgreSQL server for tests, from the distribution's package: a cluster of its own in a temporary folder, reached by
 * a socket in that folder and on the loopback address. Started once a test file, always stopped.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const OWNER = 'owner';
const OWNER_PASSWORD = 'the owner’s secret';
/** Where Debian and others keep the programs of the server, which are not on everybody's PATH. */
const PLACES = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt/postgresql', '/usr/local/pgsql'];

const programs = findPrograms();
/** Why tests with a server cannot run here; null where they can. */
export const NO_POSTGRES = programs === null ? 'needs PostgreSQL (initdb and postgres)' : null;

interface Account {
  uid: number;
  gid: number;
}

export interface PostgresOptions {
  /** With a certificate of its own, and connections over TCP only with it. @default false */
  tls?: boolean;
}

export class Postgres {
  readonly #account = unprivileged();
  /** Run as root, the server is somebody else, who cannot enter a private TMPDIR. */
  readonly folder = mkdtempSync(join(this.#account.uid === undefined ? tmpdir() : '/tmp', 'pg-'));
  /** Whether it takes connections over TCP only encrypted. */
  tls = false;
  #port = 0;
  #process: ChildProcess | null = null;

  /** @throws Error with the server's words when it does not start */
  static async start({ tls = false }: PostgresOptions = {}): Promise<Postgres> {
    const server = new Postgres();
    try {
      server.tls = tls;
      server.#make(tls);
      await server.restart();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Of the certificate that the server shows. */
  get certificate(): string {
    return join(this.folder, 'server.crt');
  }

  /** Over TCP, with a password. @param query `sslmode=disable` */
  url(database: string, user = OWNER, password = OWNER_PASSWORD, query = ''): string {
    const who = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    return `postgres://${who}@127.0.0.1:${this.#port}/${database}${query === '' ? '' : `?${query}`}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Through the socket. */
  socketUrl(database: string, user = OWNER, password = OWNER_PASSWORD): string {
    const who = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    return `postgres://${who}@/${database}?host=${encodeURIComponent(this.folder)}&port=${this.#port}`;
  }

  /** As the superuser. @returns what it prints: rows as lines, columns by `|` */
  sql(database: string, text: string): string {
    return this.program('psql', ['--no-psqlrc', '-v', 'ON_ERROR_STOP=1', '-qAt', '-d', database, '-c', text]);
  }

  /** A program of PostgreSQL, connected as the superuser. @param input of its stdin @returns its stdout */
  program(name: string, args: string[], input = ''): string {
    const env = { ...process.env, PGHOST: this.folder, PGPORT: String(this.#port), PGUSER: OWNER, PGPASSWORD: OWNER_PASSWORD }; // prettier-ignore
    return execFileSync(join(programs!, name), args, { env, input, encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 28 }).trim(); // prettier-ignore
  }

  createDatabase(name: string): void {
    this.sql('postgres', `CREATE DATABASE "${name}"`);
  }

  /** A person who can log in. @param groups roles that it is in */
  createLogin(name: string, password: string, groups: string[] = []): void {
    const into = groups.length === 0 ? '' : ` IN ROLE ${groups.map((group) => `"${group}"`).join(', ')}`;
    this.sql('postgres', `CREATE ROLE "${name}" LOGIN PASSWORD '${password}'${into}`);
  }

  /** Starts the server (again). */
  async restart(): Promise<void> {
    this.#port ||= await freePort();
    const log: string[] = [];
    const args = ['-D', join(this.folder, 'data'), '-p', String(this.#port), '-k', this.folder];
    const child = spawn(join(programs!, 'postgres'), args, { ...this.#account, cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
    this.#process = child;
    const endIt = () => void child.kill('SIGQUIT');
    process.once('exit', endIt); // also of a test that fails midway
    child.once('exit', () => process.off('exit', endIt));
    const exited = new Promise<never>((_, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`PostgreSQL ended:\n${log.join('')}`)));
    });
    exited.catch(() => {}); // also when it is stopped
    child.stderr.setEncoding('utf8');
    const ready = new Promise<void>((resolve) => {
      child.stderr.on('data', (text: string) => {
        log.push(text);
        if (text.includes('ready to accept connections')) resolve();
      });
    });
    await Promise.race([ready, exited]);
  }

  /** As if its machine had lost power: nothing is written down any more. */
  async kill(): Promise<void> {
    const postmaster = this.#process;
    if (!postmaster || postmaster.exitCode !== null || postmaster.signalCode !== null) return;
    postmaster.kill('SIGQUIT'); // “immediate”: no checkpoint, sessions are cut
    await new Promise((resolve) => postmaster.once('exit', resolve));
  }

  async stop(): Promise<void> {
    await this.kill();
    for (let tried = 0; ; tried++) {
      try {
        rmSync(this.folder, { recursive: true, force: true });
        return;
      } catch (error) {
        if (tried === 20) throw error;
        await sleep(50); // a session that was cut is still leaving
      }
    }
  }

  #make(tls: boolean): void {
    const account = this.#account;
    if (account.uid !== undefined) chownSync(this.folder, account.uid, account.gid!);
    const passwordFile = join(this.folder, 'password');
    writeFileSync(passwordFile, OWNER_PASSWORD, { mode: 0o600 });
    if (account.uid !== undefined) chownSync(passwordFile, account.uid, account.gid!);
    const data = join(this.folder, 'data');
    const args = ['-D', data, '-U', OWNER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync']; // prettier-ignore
    execFileSync(join(programs!, 'initdb'), args, { ...account, cwd: this.folder, stdio: 'pipe' });
    const settings = ["listen_addresses = '127.0.0.1'", 'fsync = off', 'max_connections = 40', 'shared_buffers = 32MB'];
    if (tls) {
      this.#makeCertificate();
      settings.push(`ssl = on`, `ssl_cert_file = '${this.certificate}'`, `ssl_key_file = '${join(this.folder, 'server.key')}'`); // prettier-ignore
      writeFileSync(join(data, 'pg_hba.conf'), 'local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n'); // prettier-ignore
    }
    const configuration = join(data, 'postgresql.conf');
    writeFileSync(configuration, `${readFileSync(configuration, 'utf8')}\n${settings.join('\n')}\n`);
  }

  #makeCertificate(): void {
    const key = join(this.folder, 'server.key');
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', this.certificate]; // prettier-ignore
    execFileSync('openssl', args, { ...this.#account, stdio: 'pipe' });
  }
}

/** @returns the folder of the newest server there is; null without one */
function findPrograms(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(':');
  const versions = PLACES.flatMap((place) =>
    existsSync(place) ? readdirSync(place).map((name) => join(place, name, 'bin')) : [],
  ).sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
  const has = (folder: string) => ['initdb', 'postgres', 'psql'].every((name) => existsSync(join(folder, name)));
  return [...versions, ...PLACES.map((place) => join(place, 'bin')), ...onPath].find(has) ?? null;
}

/** The server refuses to run as root. @returns whom to run it as; nobody else where we are not root */
function unprivileged(): Partial<Account> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((one) => one.startsWith(`${name}:`)); // prettier-ignore
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65534, gid: 65534 };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
