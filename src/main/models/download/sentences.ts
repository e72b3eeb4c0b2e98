/** What can go wrong between here and the publisher, as errors for the screen. None shows more of an address than its host. */
import { UserError, type ErrorCode } from '../../../shared/errors.ts';
import type { ListedModel } from './known.ts';

/** A temporary failure: the download is retried, and ends with this message if that fails. */
export class Passing extends Error {
  readonly sentence: UserError;
  /** What the server asked for, ms; null: as it suits us. */
  readonly waitMs: number | null;
  /** Only worth another try when bytes have come before: else the machine is just offline. */
  readonly onceBegun: boolean;

  constructor(
    sentence: UserError,
    { waitMs = null, onceBegun = false }: { waitMs?: number | null; onceBegun?: boolean } = {},
  ) {
    // prettier-ignore
    super(sentence.message, { cause: sentence });
    this.sentence = sentence;
    this.waitMs = waitMs;
    this.onceBegun = onceBegun;
  }
}

/** No bytes, or next to none, for longer than there is patience. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
}

const KEPT = 'The partial download is kept';

export class Sentences {
  readonly #name: string;
  readonly #byHand: string;

  constructor({ name, page }: Pick<ListedModel, 'name' | 'page'>) {
    this.#name = name;
    this.#byHand = `Or download it from ${page} and import it with “earmark models import”.`;
  }

  offline(host: string, cause: unknown): UserError {
    return this.#say('offline', `“${host}” cannot be reached; this machine may be offline. Check the connection and try again. ${KEPT}`, cause); // prettier-ignore
  }

  lost(host: string, cause: unknown): UserError {
    return this.#say('download-failed', `The connection to “${host}” was lost several times. ${KEPT}, and the next attempt continues from there`, cause); // prettier-ignore
  }

  proxyUnreachable(proxy: string, cause: unknown): UserError {
    return this.#say('offline', `The proxy “${proxy}” cannot be reached. Check HTTPS_PROXY and HTTP_PROXY`, cause);
  }

  proxyRefuses(proxy: string, status: number, cause?: unknown): UserError {
    const why = status === 407 ? 'requires a user name and password' : `refuses the connection (${status})`;
    const advice = status === 407 ? 'Add them to HTTPS_PROXY' : 'Ask its administrator, or add the host to NO_PROXY';
    return this.#say('offline', `The proxy “${proxy}” ${why}. ${advice}`, cause);
  }

  proxyUnusable(variable: string): UserError {
    return this.#say('offline', `The proxy in ${variable} is not supported. Use an address that begins with http:// or https://`); // prettier-ignore
  }

  notTrusted(host: string, cause: unknown): UserError {
    return this.#say('download-failed', `The certificate of “${host}” could not be verified. Check the date of this machine, and whether a program or the network intercepts encrypted connections`, cause); // prettier-ignore
  }

  /** @param status of HTTP, 400 or more */
  refused(host: string, status: number): UserError {
    return this.#say('download-failed', `“${host}” refuses the download (${status}). ${adviceOn(status)}`);
  }

  redirectedBadly(host: string, why: string): UserError {
    return this.#say('download-failed', `“${host}” redirects the download ${why}. Nothing was downloaded from there`); // prettier-ignore
  }

  webPage(host: string): UserError {
    return this.#say('download-failed', `“${host}” returned a web page instead of the file; the network may require a login. Open a page in a browser, then try again`); // prettier-ignore
  }

  /** @param why "it sends more bytes than there should be", … */
  notTheFile(host: string, why: string): UserError {
    return this.#say('download-failed', `“${host}” does not provide the requested file: ${why}. Try again later, or use another mirror`); // prettier-ignore
  }

  changing(host: string): UserError {
    return this.#say('download-failed', `The file on “${host}” keeps changing while it is downloaded. Try again later`);
  }

  wrongHash(path: string): UserError {
    return this.#say('download-failed', `“${path}” of ${this.#name} does not match the published checksum and was deleted. Try again`); // prettier-ignore
  }

  #say(code: ErrorCode, what: string, cause?: unknown): UserError {
    return new UserError(code, `${what}. ${this.#byHand}`, cause === undefined ? undefined : withoutSecrets(cause));
  }
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) return 'It requires a login, or blocks this network';
  if (status === 404 || status === 410) return 'The file was removed, or the mirror does not have it';
  if (status === 429 || status >= 500) return `The server is overloaded. Try again later. ${KEPT}`;
  return 'Try again later, or use another mirror';
}

/** For the log. Addresses can hold passwords (of a proxy, of a mirror) and signatures that let anybody fetch. */
function withoutSecrets(cause: unknown): Error {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new Error(text.replace(/\/\/[^/@\s]*@/g, '//…@').replace(/\?\S+/g, '?…'));
}
