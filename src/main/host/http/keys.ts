/** The secrets of one run of the server: nothing of them is kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
/** A browser that has not come by then is not coming. */
const ONE_TIME_MS = 120_000;

export class Keys {
  /** For `Authorization: Bearer`; in the fragment of the address. 256 bits, base64url. */
  readonly token = newSecret();
  /** Value of the cookie, which lets a page read sounds and events and nothing else. */
  readonly #cookie = newSecret();
  readonly #cookieName: string;
  #oneTime: { key: string; untilMs: number } | null = null;

  /** @param port in the cookie's name: browsers show cookies to all ports of a host, and several servers may run */
  constructor(port: number) {
    this.#cookieName = `earmark-${port}`;
  }

  /**
   * A key that can be exchanged for the token once, within two minutes. It is for addresses that go through command
   * lines, which other users of the machine can see.
   */
  newOneTimeKey(): string {
    this.#oneTime = { key: newSecret(), untilMs: performance.now() + ONE_TIME_MS };
    return this.#oneTime.key;
  }

  /** @param authorization value of that header */
  isToken(authorization: string | undefined): boolean {
    return equal(bearer(authorization), this.token);
  }

  /** Takes the token, or a one-time key, which is used up by this. */
  opensSession(authorization: string | undefined): boolean {
    if (this.isToken(authorization)) return true;
    if (!this.#oneTime || !equal(bearer(authorization), this.#oneTime.key)) return false;
    const inTime = performance.now() < this.#oneTime.untilMs;
    this.#oneTime = null;
    return inTime;
  }

  /** @param cookies value of the `Cookie` header */
  hasCookie(cookies: string | undefined): boolean {
    const own = (cookies ?? '').split(';').map((one) => one.trim().split('='));
    return own.some(([name, value]) => name === this.#cookieName && equal(value ?? '', this.#cookie));
  }

  /** Value of `Set-Cookie`. Gone when the browser closes; no `Secure`, as there is no TLS on this machine's own loop. */
  setCookie(): string {
    return `${this.#cookieName}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function bearer(authorization: string | undefined): string {
  return /^Bearer ([\w-]+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** In a time that does not depend on where they differ; hashed first, as the comparison wants equal lengths. */
function equal(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
