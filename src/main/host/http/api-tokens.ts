/** Tokens of programs that use the local server: made on the command line, kept as hashes for their user alone. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../shared/errors.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { SCOPE_NAMES, type Scope } from './scopes.ts';

const FILE = 'api-tokens.json';
const SECRET_BYTES = 32;
const ID_BYTES = 4;

export interface ApiToken {
  /** Names it in lists; no secret. */
  id: string;
  name: string;
  scopes: Scope[];
  createdMs: number;
  expiresMs: number;
}

const kept = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPE_NAMES as [Scope, ...Scope[]])),
    createdMs: z.number(),
    expiresMs: z.number(),
    /** SHA-256 of the token, hex: 256 random bits need no slow hash. */
    hash: z.string(),
  }),
);
type Kept = z.output<typeof kept>;

export class ApiTokens {
  readonly #folder: string;
  readonly #now: () => number;

  /** @param now epoch ms */
  constructor(dataFolder: string, now: () => number = Date.now) {
    this.#folder = dataFolder;
    this.#now = now;
  }

  /** @returns the token itself, which is kept nowhere @throws UserError no-permission, disk-full, bad-input for a damaged list */
  async create(name: string, scopes: readonly Scope[], lifetimeMs: number): Promise<ApiToken & { token: string }> {
    const id = randomBytes(ID_BYTES).toString('hex');
    const token = `earmark_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const createdMs = this.#now();
    const made = { id, name, scopes: [...scopes], createdMs, expiresMs: createdMs + lifetimeMs };
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#write([...(await this.#read()), { ...made, hash: hashOf(token) }]);
    return { ...made, token };
  }

  /** Those that have expired, too. @throws UserError as {@link create} */
  async list(): Promise<ApiToken[]> {
    return (await this.#read()).map(({ id, name, scopes, createdMs, expiresMs }) => ({ id, name, scopes, createdMs, expiresMs })); // prettier-ignore
  }

  /** @throws UserError not-found, and as {@link create} */
  async revoke(id: string): Promise<void> {
    const before = await this.#read();
    const after = before.filter((one) => one.id !== id);
    if (after.length === before.length)
      throw new UserError('not-found', `There is no token “${id}”. List them: earmark token list`);
    await this.#write(after);
  }

  /**
   * Looked up anew each time, so that a token that is revoked is good for nothing from then on.
   * @param authorization value of that header
   * @returns null for one that was never made, is revoked or has expired
   */
  async find(authorization: string | undefined): Promise<ApiToken | null> {
    const token = /^Bearer (earmark_[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return null;
    const hash = hashOf(token);
    const found = (await this.#read()).find((one) => one.hash === hash);
    return found !== undefined && this.#now() < found.expiresMs ? found : null;
  }

  async #read(): Promise<Kept> {
    const path = join(this.#folder, FILE);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new UserError('no-permission', `“${path}” cannot be read. Change its permissions.`, error);
    }
    try {
      return kept.parse(JSON.parse(text));
    } catch (error) {
      throw new UserError('bad-input', `“${path}” is damaged. Delete it, then create new tokens.`, error);
    }
  }

  async #write(tokens: Kept): Promise<void> {
    await writeWhole(join(this.#folder, FILE), [`${JSON.stringify(tokens, null, 1)}\n`], true, 0o600);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
