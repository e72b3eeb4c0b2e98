/** Where a figure was measured: without that it means nothing. */
import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import { spaceOf, type ModelPack } from '../src/main/packs/pack.ts';
import { version } from '../src/main/files/install.ts';

export interface Machine {
  earmark: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  freeGiB: number;
  node: string;
  platform: string;
  /** Pack id and the beginning of the hash over its weights. */
  model: string;
}

export function describeMachine(pack: ModelPack): Machine {
  return {
    earmark: version(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    freeGiB: Math.round(freemem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    model: `${pack.id} (${spaceOf(pack).weightHash.slice(0, 8)}, ${pack.dim}-d)`,
  };
}

export function machineLine({ earmark, cpu, cores, memoryGiB, freeGiB, node, platform, model }: Machine): string {
  return `earmark ${earmark} · ${model} · ${cpu}, ${cores} cores, ${memoryGiB} GiB (${freeGiB} free) · ${platform}, Node ${node}`;
}

/** Programs that wanted a core during the last minute, ours included; above the number of cores they took turns. */
export function loadNow(): number {
  return loadavg()[0]!;
}
