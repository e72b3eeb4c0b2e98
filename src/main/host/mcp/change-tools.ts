/** Tools behind `--allow decisions,collections,export`: none of them changes an audio file. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { EXPORT_FORMATS } from '../../../shared/calls/write.ts';
import { UserError } from '../../../shared/errors.ts';
import { ADDS, addTool, CHANGES, fileId, fileIds, MAX_FILES, type ToolContext } from './tool.ts';
import { collectionId } from './library-tools.ts';

const name = z.string().min(1).max(200);
const tagId = z.number().int().positive().describe('id of a tag, as describe_file has it');
const decision = z.strictObject({
  fileId,
  tagId,
  accepted: z.boolean().nullable().describe('true accepts, false rejects, null takes an earlier decision back'),
});

export function addDecisionTools(server: McpServer, context: ToolContext): void {
  const { client } = context;
  addTool(server, context, 'decide_tags', {
    title: 'Accept or reject tags',
    description:
      'Decides about tags of files in the catalogue; nothing is written to files. Returns a stepId for undo_decisions.',
    input: { decisions: z.array(decision).min(1).max(MAX_FILES) },
    hints: CHANGES,
    run: ({ decisions }) => client.call('tag.decide', { decisions }),
  });

  addTool(server, context, 'undo_decisions', {
    title: 'Undo decisions',
    description: 'Takes back what one call of decide_tags decided.',
    input: { stepId: z.number().int().positive() },
    hints: CHANGES,
    run: ({ stepId }) => client.call('tag.undo', { stepId }),
  });
}

export function addCollectionTools(server: McpServer, context: ToolContext): void {
  const { client } = context;
  addTool(server, context, 'create_collection', {
    title: 'Create a collection',
    description: 'Creates a collection, with files if they are given. A name that is taken is refused.',
    input: { name, fileIds: fileIds.optional() },
    hints: ADDS,
    run: async ({ name, fileIds = [] }) => {
      const created = await client.call('collection.create', { name });
      return fileIds.length === 0 ? created : client.call('collection.add', { id: created.id, fileIds });
    },
  });

  addTool(server, context, 'add_to_collection', {
    title: 'Add files to a collection',
    description: 'Adds files to a collection. Files that it has already stay in it.',
    input: { collectionId, fileIds },
    hints: { ...ADDS, idempotentHint: true },
    run: ({ collectionId, fileIds }) => client.call('collection.add', { id: collectionId, fileIds }),
  });

  addTool(server, context, 'remove_from_collection', {
    title: 'Remove files from a collection',
    description: 'Removes files from a collection. The files themselves stay as they are.',
    input: { collectionId, fileIds },
    hints: CHANGES,
    run: ({ collectionId, fileIds }) => client.call('collection.take', { id: collectionId, fileIds }),
  });
}

export function addExportTools(server: McpServer, context: ToolContext): void {
  const { client, exportFolder } = context;
  addTool(server, context, 'export_list', {
    title: 'Export a list of files',
    description: `Writes a new table (.csv, .json) or playlist (.m3u, .m3u8) of files into ${exportFolder}. An existing file is never replaced.`,
    input: {
      fileIds,
      fileName: z.string().min(1).max(200).describe('name without a folder; its extension is the format'),
    },
    hints: ADDS,
    run: async ({ fileIds, fileName }) => {
      // Whatever the system takes for a separator, or for the folder above.
      if (/[/\\:\0]/.test(fileName) || fileName.startsWith('.')) {
        throw new UserError(
          'bad-input',
          `“${fileName}” is not a plain file name. Use a name without a folder, such as rain.m3u8.`,
        );
      }
      const extension = fileName.split('.').at(-1)!.toLowerCase().replace('m3u8', 'm3u');
      const format = EXPORT_FORMATS.find((one) => one === extension);
      if (format === undefined) {
        throw new UserError(
          'bad-input',
          `“${fileName}” has no supported file extension. Use .csv, .json, .m3u or .m3u8.`,
        );
      }
      await mkdir(exportFolder, { recursive: true });
      const path = join(exportFolder, fileName);
      const output = await client.call('output.grant', { path, replace: false });
      return { path, ...(await client.call('export.files', { fileIds, format, output })) };
    },
  });
}
