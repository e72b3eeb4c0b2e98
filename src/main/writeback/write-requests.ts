/**
 * Plans of agents, as files in the data folder: the agent's process makes them, the app's shows and confirms them. Each
 * has all changes in it, so that what is confirmed is what is written.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_REQUEST_FILES, MAX_REQUESTS, type WriteRequest, type WriteRequestCalls } from '../../shared/calls/write-requests.ts'; // prettier-ignore
import type { FilePlan } from '../../shared/calls/write.ts';
import { UserError } from '../../shared/errors.ts';
import { writeRequestMissing, writeRequestUnconfirmed } from '../../shared/refusals.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Plans } from './plans.ts';

const FOLDER = 'write-requests';
const ID_BYTES = 8;
const FILE_NAME = /^([0-9a-f]{16})\.json$/;

interface Kept {
  request: WriteRequest;
  plans: FilePlan[];
}

export class WriteRequests {
  readonly #folder: string;
  readonly #plans: Pick<Plans, 'summary' | 'files'>;

  constructor(dataFolder: string, plans: Pick<Plans, 'summary' | 'files'>) {
    this.#folder = join(dataFolder, FOLDER);
    this.#plans = plans;
  }

  /** As `writeRequest.make`. */
  async make({ planId, from, tempoAndKey }: WriteRequestCalls['writeRequest.make']['input']): Promise<WriteRequest> {
    const { profileId, change: files } = this.#plans.summary(planId);
    if (files === 0) throw new UserError('bad-input', 'Nothing to write: the files have these tags already, or no accepted tags that the profile writes.'); // prettier-ignore
    if (files > MAX_REQUEST_FILES) throw new UserError('bad-input', `The plan changes ${files} files. Request ${MAX_REQUEST_FILES} at most at a time.`); // prettier-ignore
    const plans = this.#changes(planId);
    const fields = plans.reduce((sum, { changes }) => sum + changes.length, 0);
    const id = randomBytes(ID_BYTES).toString('hex');
    const request = { id, from, profileId, tempoAndKey, madeMs: Date.now(), files, fields, confirmed: false };
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const old of (await this.list()).slice(MAX_REQUESTS - 1)) await this.remove(old.id);
    await this.#write({ request, plans });
    return request;
  }

  async list(): Promise<WriteRequest[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ids = names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
    const kept = await Promise.all(ids.map((id) => this.#read(id)));
    return kept.flatMap((one) => one?.request ?? []).sort((a, b) => b.madeMs - a.madeMs);
  }

  /** @throws UserError not-found */
  async files(id: string, offset: number, limit: number): Promise<FilePlan[]> {
    return (await this.#get(id)).plans.slice(offset, offset + limit);
  }

  /** @throws UserError not-found */
  async confirm(id: string): Promise<WriteRequest> {
    const { request, plans } = await this.#get(id);
    const confirmed = { ...request, confirmed: true };
    await this.#write({ request: confirmed, plans });
    return confirmed;
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  /** As `writeRequest.check`. */
  async check({ id, planId, unattended }: WriteRequestCalls['writeRequest.check']['input']): Promise<void> {
    const { request, plans } = await this.#get(id);
    if (!request.confirmed && !unattended) throw writeRequestUnconfirmed(id);
    if (digest(this.#changes(planId)) !== digest(plans)) {
      throw new UserError('bad-input', `Files or decisions have changed since plan ${id} was made. Make a new plan.`);
    }
  }

  #changes(planId: number): FilePlan[] {
    return this.#plans.files(planId, 'change', 0, MAX_REQUEST_FILES + 1);
  }

  async #get(id: string): Promise<Kept> {
    const kept = await this.#read(id);
    if (kept === null) throw writeRequestMissing(id);
    return kept;
  }

  /** null for one that is gone or damaged: it can be made again. */
  async #read(id: string): Promise<Kept | null> {
    try {
      return JSON.parse(await readFile(this.#path(id), 'utf8')) as Kept;
    } catch {
      return null;
    }
  }

  async #write(kept: Kept): Promise<void> {
    await writeWhole(this.#path(kept.request.id), [JSON.stringify(kept)], true, 0o600);
  }

  /** @throws UserError not-found for what no id of ours looks like, which could lead elsewhere */
  #path(id: string): string {
    const name = `${id}.json`;
    if (!FILE_NAME.test(name)) throw writeRequestMissing(id);
    return join(this.#folder, name);
  }
}

/** Of what would be written, whatever its order. The record of a write has a date, and is no change that anybody looks at. */
function digest(plans: readonly FilePlan[]): string {
  const lines = plans.map(({ fileId, path, changes }) =>
    JSON.stringify([fileId, path, changes.filter(({ field }) => field !== 'provenance')]),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
