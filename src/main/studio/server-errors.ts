/**
 * Errors of the server and of the way to it as sentences, by what the user can do. States:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
import { UserError } from '../../shared/errors.ts';
import { describeAddress, type StudioAddress } from './address.ts';

const KEPT = 'Nothing is lost on this machine.';

type Sentence = (server: string, address: StudioAddress) => UserError;

/** @param cause for a log */
export function unreachable(address: StudioAddress, cause?: unknown): UserError {
  return new UserError('studio-unreachable', `The studio server ${describeAddress(address)} cannot be reached. ${KEPT} Check the network, or sync again later.`, cause); // prettier-ignore
}
const notReached: Sentence = (_, address) => unreachable(address);
const incomplete: Sentence = (_, { database }) => incompleteStudio(database);

/** Tables cannot be made again without what was in them and in others because of them: only a backup has that. */
export function incompleteStudio(database: string): UserError {
  return new UserError('studio-damaged', `The studio in the database “${database}” is not complete. ${KEPT} Its administrator must restore it from a backup.`); // prettier-ignore
}

/** By SQLSTATE, or its class of two characters; longer keys win. */
const BY_STATE: Record<string, Sentence> = {
  '08': notReached,
  '57P': notReached,
  '28': (server, { user }) =>
    new UserError('studio-refused', `The studio server ${server} refuses the login “${user}”. Check user name and password, then join again.`), // prettier-ignore
  '3D000': (server, { database }) =>
    new UserError('studio-refused', `There is no database “${database}” on ${server}. Check the address, or create it with “createdb”.`), // prettier-ignore
  '3F000': incomplete,
  '42P01': incomplete,
  '42703': incomplete,
  '42883': incomplete,
  '42P07': incomplete, // a part of it is there already
  '42501': (_, { user }) =>
    new UserError('studio-refused', `The role of “${user}” in the studio does not allow this. ${KEPT} Ask an admin for the role editor.`), // prettier-ignore
  '25006': (server) =>
    new UserError('studio-refused', `The studio server ${server} is read-only. Ask its administrator for the address of the primary server.`), // prettier-ignore
  '53100': (server) =>
    new UserError('studio-full', `The disk of the studio server ${server} is full. ${KEPT} Ask its administrator to free some space, then sync again.`), // prettier-ignore
  '53': (server) =>
    new UserError('studio-unreachable', `The studio server ${server} has no free connections. ${KEPT} Sync again later.`), // prettier-ignore
};

const BY_SYSTEM_CODE: Record<string, Sentence> = {
  ENOTFOUND: (server) =>
    new UserError('studio-unreachable', `The name of the studio server ${server} cannot be resolved. Check the address and the network.`), // prettier-ignore
  ENOENT: (server) =>
    new UserError('studio-unreachable', `No socket at ${server}. Check the address, or start the server.`),
};

/** Of TLS, by Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/;
const SYSTEM = /^E[A-Z]+$/;

/** @returns what is to be thrown: a sentence where the error is about the server, the error itself where it is a bug */
export function sentenceFor(error: unknown, address: StudioAddress): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const server = describeAddress(address);
  const withCause = ({ code, userMessage }: UserError) => new UserError(code, userMessage, error.message);
  if (/does not support SSL/.test(error.message)) {
    return withCause(new UserError('studio-refused', `The studio server ${server} does not support encryption. Enable TLS on it, or add “?sslmode=disable” to the address if you trust the network.`)); // prettier-ignore
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CERTIFICATE.test(code)) {
    return withCause(new UserError('studio-refused', `The certificate of the studio server ${server} could not be verified. Specify the certificate of its authority with “?sslrootcert=”, or use “?sslmode=require” if you trust the network.`)); // prettier-ignore
  }
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const state = [code, code.slice(0, 3), code.slice(0, 2)].find((key) => Object.hasOwn(BY_STATE, key));
    if (state !== undefined) return withCause(BY_STATE[state]!(server, address));
  }
  if (Object.hasOwn(BY_SYSTEM_CODE, code)) return withCause(BY_SYSTEM_CODE[code]!(server, address));
  const cut = /^(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed|Query read timeout)/; // prettier-ignore
  if (SYSTEM.test(code) || cut.test(error.message)) return unreachable(address, error.message);
  return error;
}

/** Another transaction was in the way: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
export function isWorthRetrying(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === '40001' || code === '40P01';
}
