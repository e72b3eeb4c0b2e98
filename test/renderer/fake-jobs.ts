/** How the jobs of an engine that is not there end. */
import type { JobOutcome } from '../../src/shared/jobs.ts';
import { jobMissing } from '../../src/shared/refusals.ts';
import type { JobId } from '../../src/shared/types.ts';

export class FakeJobs {
  readonly #ends = new Map<JobId, () => Promise<JobOutcome>>();

  /** @param end asked whenever somebody waits for the job */
  begin(id: JobId, end: () => Promise<JobOutcome>): JobId {
    this.#ends.set(id, end);
    return id;
  }

  async wait(id: JobId): Promise<JobOutcome> {
    const end = this.#ends.get(id);
    if (end === undefined) throw jobMissing(id);
    return end();
  }
}
