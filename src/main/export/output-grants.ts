/** Where files may be written for other programs: paths that were granted, each to one call. */
import { randomBytes } from 'node:crypto';
import type { OutputToken } from '../../shared/calls/outputs.ts';
import { UserError } from '../../shared/errors.ts';

const TOKEN_BYTES = 32;
/** A dialog that was answered longer ago is not what the user has in mind any more. */
const GOOD_FOR_MS = 600_000;
/** More than anybody chooses at a time; the oldest goes. */
const MAX_GRANTS = 64;

export interface GrantedOutput {
  /** Absolute. */
  path: string;
  replace: boolean;
}

export class OutputGrants {
  readonly #now: () => number;
  readonly #granted = new Map<OutputToken, GrantedOutput & { untilMs: number }>();

  /** @param now ms, never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @returns 256 random bits, base64url */
  grant({ path, replace }: GrantedOutput): OutputToken {
    const [oldest] = this.#granted.keys();
    if (this.#granted.size >= MAX_GRANTS && oldest !== undefined) this.#granted.delete(oldest);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#granted.set(token, { path, replace, untilMs: this.#now() + GOOD_FOR_MS });
    return token;
  }

  /** Uses it up, whatever comes of the writing. @throws UserError bad-input for one that was used, has expired or never was */
  take(token: OutputToken): GrantedOutput {
    const granted = this.#granted.get(token);
    this.#granted.delete(token);
    if (granted === undefined || this.#now() > granted.untilMs) {
      throw new UserError('bad-input', 'The chosen location is no longer valid. Choose a location again.');
    }
    const { path, replace } = granted;
    return { path, replace };
  }
}
