/** The secrets of one run of the server: nothing of them is kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { signAudioAddress, type AudioAddress } from '../../../shared/audio-address.ts';

const SECRET_BYTES = 32;
/** A browser that has not come by then is not coming. */
const ONE_TIME_MS = 120_000;

export class Keys {
  /** For `Authorization: Bearer`; in the fragment of the address. 256 bits, base64url. */
  readonly token = newSecret();
  #oneTime: { key: string; untilMs: number } | null = null;

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

  /** Whether the address was signed with the token; it may have expired. */
  hasSigned(address: AudioAddress, signature: string): boolean {
    return equal(signature, signAudioAddress(this.token, address));
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
