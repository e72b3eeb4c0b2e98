/** What can go wrong between here and the publisher, as errors for the screen. None shows more of an address than its host. */
import { UserError, type ErrorCode } from '../../../shared/errors.ts';
import type { ListedModel } from './known.ts';

/** Something that may pass by itself: whoever fetches tries again, and gives up with the sentence. */
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

const KEPT = 'What was downloaded so far is kept';

export class Sentences {
  readonly #name: string;
  readonly #byHand: string;

  constructor({ name, page }: Pick<ListedModel, 'name' | 'page'>) {
    this.#name = name;
    this.#byHand = `Or fetch it yourself from ${page} and use “earmark models import”.`;
  }

  offline(host: string, cause: unknown): UserError {
    return this.#say('offline', `“${host}” cannot be reached: this machine may be offline. Connect it and try again. ${KEPT}`, cause); // prettier-ignore
  }

  lost(host: string, cause: unknown): UserError {
    return this.#say('download-failed', `The connection to “${host}” was lost several times. ${KEPT}, and the next try goes on from there`, cause); // prettier-ignore
  }

  proxyUnreachable(proxy: string, cause: unknown): UserError {
    return this.#say('offline', `The proxy “${proxy}” cannot be reached. Check HTTPS_PROXY and HTTP_PROXY`, cause);
  }

  proxyRefuses(proxy: string, status: number, cause?: unknown): UserError {
    const why = status === 407 ? 'asks for a name and a password' : `refuses the connection (${status})`;
    const advice = status === 407 ? 'Put them into HTTPS_PROXY' : 'Ask whoever runs it, or name the host in NO_PROXY';
    return this.#say('offline', `The proxy “${proxy}” ${why}. ${advice}`, cause);
  }

  proxyUnusable(variable: string): UserError {
    return this.#say('offline', `The proxy in ${variable} cannot be used: only addresses that begin with http:// or https:// can`); // prettier-ignore
  }

  notTrusted(host: string, cause: unknown): UserError {
    return this.#say('download-failed', `“${host}” cannot prove that it is who it says it is. Check this machine's date, and whether a program or your network looks into its connections`, cause); // prettier-ignore
  }

  /** @param status of HTTP, 400 or more */
  refused(host: string, status: number): UserError {
    return this.#say('download-failed', `“${host}” does not give the file out (${status}). ${adviceOn(status)}`);
  }

  redirectedBadly(host: string, why: string): UserError {
    return this.#say('download-failed', `“${host}” sends the download elsewhere, ${why}. Nothing was fetched from there`); // prettier-ignore
  }

  webPage(host: string): UserError {
    return this.#say('download-failed', `“${host}” sent a web page in place of the file: perhaps the network wants you to log in. Open a page in a browser, then try again`); // prettier-ignore
  }

  /** @param why "it sends more bytes than there should be", … */
  notTheFile(host: string, why: string): UserError {
    return this.#say('download-failed', `“${host}” does not send the file that was asked for: ${why}. Try again later, or with another mirror`); // prettier-ignore
  }

  changing(host: string): UserError {
    return this.#say('download-failed', `The file on “${host}” keeps changing while it is downloaded. Try again later`);
  }

  wrongHash(path: string): UserError {
    return this.#say('download-failed', `“${path}” of ${this.#name} arrived damaged: it is not what its publisher put out. It was deleted; try again`); // prettier-ignore
  }

  #say(code: ErrorCode, what: string, cause?: unknown): UserError {
    return new UserError(code, `${what}. ${this.#byHand}`, cause === undefined ? undefined : withoutSecrets(cause));
  }
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) return 'It asks for a login, or blocks this network';
  if (status === 404 || status === 410) return 'It is not there any more, or the mirror does not have it';
  if (status === 429 || status >= 500) return `It has too much to do: try again later. ${KEPT}`;
  return 'Try again later, or with another mirror';
}

/** For the log. Addresses can hold passwords (of a proxy, of a mirror) and signatures that let anybody fetch. */
function withoutSecrets(cause: unknown): Error {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new Error(text.replace(/\/\/[^/@\s]*@/g, '//…@').replace(/\?\S+/g, '?…'));
}
