/** Tools behind `--allow write`: accepted tags into audio files, by a plan that a person has confirmed. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { waitForJob } from '../../../shared/jobs.ts';
import { UserError } from '../../../shared/errors.ts';
import { writeRequestMissing, writeRequestUnconfirmed } from '../../../shared/refusals.ts';
import type { FilePlan } from '../../../shared/calls/write.ts';
import { ADDS, addTool, CHANGES, fileIds, MAX_RESULTS, shortened, type ToolContext } from './tool.ts';

const planId = z.string().regex(/^[0-9a-f]{16}$/, 'must be a planId as plan_write returned it');
const PAGE = 500;

export function addWriteTools(server: McpServer, context: ToolContext): void {
  const { client, unattended } = context;
  /** Runs of this session: what it wrote it may undo. */
  const written = new Set<number>();
  const plan = async (request: { profileId: string; fileIds: number[]; tempoAndKey: boolean }) => {
    const job = await client.call('write.plan', { ...request, folders: [] });
    return waitForJob(client, job, 'plan');
  };

  addTool(server, context, 'plan_write', {
    title: 'Plan a write',
    description:
      'Works out what writing accepted tags into files would change, and requests it. Nothing is written. ' +
      (unattended
        ? 'write_tags writes it.'
        : 'A person confirms it in Earmark, on the screen Write; then write_tags writes it.') +
      ` At most ${MAX_RESULTS} files of the plan are returned.`,
    input: {
      fileIds,
      profile: z.string().min(1).max(64).describe('which fields: sfx, music, dj, or the id of a profile of the user'),
      tempoAndKey: z.boolean().default(false).describe('tempo and key, too'),
    },
    hints: ADDS,
    run: async ({ fileIds, profile, tempoAndKey }) => {
      const summary = await plan({ profileId: profile, fileIds, tempoAndKey });
      const from = server.server.getClientVersion()?.name ?? '';
      const request = await client.call('writeRequest.make', { planId: summary.planId, from: from.slice(0, 200), tempoAndKey }); // prettier-ignore
      const changed = await client.call('writeRequest.files', { id: request.id, offset: 0, limit: MAX_RESULTS });
      const { files, fields, confirmed } = request;
      const next = unattended
        ? 'Call write_tags with this planId.'
        : 'A person has to confirm this plan in Earmark, on the screen Write. Then call write_tags with this planId.';
      return {
        planId: request.id,
        files,
        fields,
        refused: summary.refused,
        confirmed,
        next,
        changes: changed.map(changesOf),
      };
    },
  });

  addTool(server, context, 'write_tags', {
    title: 'Write tags into files',
    description: `Writes the changes of a plan${unattended ? '' : ' that a person has confirmed'}. Audio data is never changed. Returns a runId for undo_write.`,
    input: { planId },
    hints: CHANGES,
    run: async ({ planId }) => {
      const request = (await client.call('writeRequest.list', null)).find(({ id }) => id === planId);
      if (!request) throw writeRequestMissing(planId);
      if (!request.confirmed && !unattended) throw writeRequestUnconfirmed(planId);
      const files: FilePlan[] = [];
      while (files.length < request.files) {
        files.push(...(await client.call('writeRequest.files', { id: planId, offset: files.length, limit: PAGE })));
      }
      const { profileId, tempoAndKey } = request;
      const now = await plan({ profileId, tempoAndKey, fileIds: files.map(({ fileId }) => fileId) });
      await client.call('writeRequest.check', { id: planId, planId: now.planId, unattended });
      const run = await waitForJob(
        client,
        await client.call('write.start', { planId: now.planId, leaveOut: [] }),
        'write',
      );
      await client.call('writeRequest.remove', planId);
      written.add(run.runId);
      return run;
    },
  });

  addTool(server, context, 'undo_write', {
    title: 'Undo a write',
    description: 'Restores the files of a run that this session wrote, byte for byte.',
    input: { runId: z.number().int().positive() },
    hints: CHANGES,
    run: async ({ runId }) => {
      if (!written.has(runId)) throw new UserError('not-found', `Run ${runId} was not written in this session. Undo it in Earmark, or with earmark undo.`); // prettier-ignore
      return waitForJob(client, await client.call('write.undo', { runId, fileIds: [] }), 'undo');
    },
  });
}

function changesOf({ fileId, path, changes }: FilePlan): object {
  const fields = changes.map(({ field, nativeId, before, after, note }) => ({
    field,
    nativeId,
    before: before === null ? null : shortened(before),
    after: after === null ? null : shortened(after),
    ...(note === '' ? {} : { note }),
  }));
  return { fileId, path, fields };
}
