/** Whether this machine has a GPU, and which: asked before any driver is touched. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';

export interface Machine {
  /** null where it is unknown without asking a driver (Windows, macOS): then it is tried. */
  hasGraphics: boolean | null;
  /** Changes with the CPU, the GPU and (where it can be read) its driver. */
  identity: string;
}

/** Reads a few small files of the system; a millisecond. */
export function thisMachine(): Machine {
  const facts = [platform(), arch(), cpus()[0]?.model ?? ''];
  if (platform() !== 'linux') return { hasGraphics: null, identity: facts.join(' · ') };
  const devices = [
    ...named('/dev', /^nvidia\d+$|^dxg$/),
    ...named('/dev/dri', /^renderD\d+$/),
    // A driver that the user named, perhaps one in software.
    ...['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'].flatMap((name) => process.env[name] ?? []),
  ];
  const chips = named('/sys/class/drm', /^renderD\d+$/).map((name) =>
    ['vendor', 'device'].map((fact) => textOf(`/sys/class/drm/${name}/device/${fact}`)).join(':'),
  );
  const driver = textOf('/proc/driver/nvidia/version').split('\n')[0]!;
  return { hasGraphics: devices.length > 0, identity: [...facts, ...devices, ...chips, driver].join(' · ') };
}

function named(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort();
}

/** '' where there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
