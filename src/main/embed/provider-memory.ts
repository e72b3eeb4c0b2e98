/** What was found out about execution providers, so that it is not tried anew at every start: `providers.json`. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProviderReport } from '../../shared/calls/models.ts';
import { spaceOf, type ModelPack } from '../packs/pack.ts';
import { graphFor } from '../packs/variants.ts';
import { thisMachine } from './graphics.ts';
import { PROVIDERS } from './providers.ts';

/** Results of models and drivers that are no more fall out at the end. */
const MOST_KEPT = 50;

const provider = z.enum(PROVIDERS);
const number = z.number().nullable();
const precision = z.enum(['float32', 'float16', 'int8']);
const REPORT: z.ZodType<ProviderReport> = z.object({
  provider,
  precision,
  reason: z.string(),
  batchSize: z.number().int().min(1).max(1024),
  tries: z.array(
    z.object({
      provider,
      precision,
      state: z.enum(['fits', 'slower', 'differs', 'failed', 'crashed', 'hangs', 'absent']),
      message: z.string(),
      windowsPerSecond: number,
      batchSize: number,
      cosine: number,
    }),
  ),
});
const FILE = z.object({ reports: z.record(z.string(), z.unknown()) });

/** For what a result holds: this onnxruntime, these graphs, this machine with its driver. */
export function probeKey(pack: ModelPack, machine = thisMachine().identity): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  const graphs = (['cpu', 'gpu'] as const).map((hardware) => graphFor(pack.audio, hardware).path.slice(pack.folder.length)); // prettier-ignore
  return createHash('sha256')
    .update(JSON.stringify([version, spaceOf(pack).weightHash, graphs, machine]))
    .digest('hex');
}

/** @returns null when nothing is known; a damaged file counts as none */
export function recallReport(dataFolder: string, key: string): ProviderReport | null {
  const parsed = REPORT.safeParse(readAll(dataFolder)[key]);
  return parsed.success ? parsed.data : null;
}

/** The file is there whole or not at all. @throws errors of the disk */
export function rememberReport(dataFolder: string, key: string, report: ProviderReport): void {
  const others = Object.entries(readAll(dataFolder)).filter(([known]) => known !== key);
  const reports = Object.fromEntries([[key, report], ...others].slice(0, MOST_KEPT) as [string, unknown][]);
  mkdirSync(dataFolder, { recursive: true });
  const path = pathIn(dataFolder);
  const unfinished = `${path}.${process.pid}-${randomUUID()}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify({ reports }, null, 1)}\n`, { flush: true });
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function readAll(dataFolder: string): Record<string, unknown> {
  try {
    return FILE.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8'))).reports;
  } catch {
    return {}; // none yet, or damaged: it is found out again
  }
}

function pathIn(dataFolder: string): string {
  return join(dataFolder, 'providers.json');
}
