/** A library with accepted tags, and the steps of a write-back as hosts take them. */
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TaggedSounds } from '../export/tagged-sounds.ts';
import type { FieldEdit } from '../../src/main/writeback/container.ts';
import { openFile } from '../../src/main/writeback/open-file.ts';
import { containerFor } from '../../src/main/writeback/plan-file.ts';
import type { FilePlan, PlanSummary, WriteRun, WrittenFile } from '../../src/shared/calls/write.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { sha256 } from '../kit/sha256.ts';

export class WrittenSounds extends TaggedSounds {
  async plan(profileId = 'sfx', relativePaths: string[] = []): Promise<PlanSummary> {
    const fileIds = relativePaths.map((path) => this.idOf(path));
    return waitForJob(this, await this.call('write.plan', { profileId, fileIds, folders: [] }), 'plan');
  }

  planFiles(planId: number): Promise<FilePlan[]> {
    return this.call('write.planFiles', { planId, state: null, offset: 0, limit: 500 });
  }

  async write(profileId = 'sfx', relativePaths: string[] = []): Promise<WriteRun> {
    const { planId } = await this.plan(profileId, relativePaths);
    return waitForJob(this, await this.call('write.start', { planId, leaveOut: [] }), 'write');
  }

  async undo(runId: number | null, relativePaths: string[] = []): Promise<WriteRun> {
    const fileIds = relativePaths.map((path) => this.idOf(path));
    return waitForJob(this, await this.call('write.undo', { runId, fileIds }), 'undo');
  }

  runFiles(runId: number): Promise<WrittenFile[]> {
    return this.call('write.runFiles', { runId, outcome: null, offset: 0, limit: 500 });
  }

  /** SHA-256 of each file below the sounds folder, hidden ones included. */
  hashes(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const entry of readdirSync(this.sounds, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) found[path.slice(this.sounds.length + 1)] = sha256(readFileSync(path));
    }
    return found;
  }

  mtimeMs(relativePath: string): number {
    return lstatSync(this.at(relativePath)).mtimeMs;
  }

  /** As the catalogue has them. */
  tagsOf(relativePath: string): Record<string, string> {
    const fileId = this.idOf(relativePath);
    return this.read((db) =>
      Object.fromEntries(
        db
          .prepare<[number], [string, string]>('SELECT native_id, value FROM file_tag WHERE file_id = ?')
          .raw()
          .all(fileId),
      ),
    );
  }
}

/** What another program does to a file: not atomic, and nobody is told. */
export async function editOnDisk(path: string, edits: readonly FieldEdit[]): Promise<void> {
  const file = await openFile(path);
  const { container } = await containerFor(file);
  const parts = await container.edit(file, edits);
  const old = readFileSync(path);
  await file.close();
  writeFileSync(path, Buffer.concat(parts.map((part) => ('bytes' in part ? part.bytes : old.subarray(part.from, part.to))))); // prettier-ignore
}
