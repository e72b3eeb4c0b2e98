/** Vulkan in software, as Debian's chromium brings it: the only "GPU" that every test machine can have. */
import { existsSync } from 'node:fs';

const ICD = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** null where it can be used; else why not, for the test's name. */
export const noSoftwareGpu: string | null =
  process.platform !== 'linux' || process.arch !== 'x64'
    ? 'skipped: Vulkan in software is known for Linux on x64 only'
    : existsSync(ICD)
      ? null
      : `skipped: there is no ${ICD} (Debian package chromium)`;

/** From now on, for processes that are started, until `restore` is called. */
export function useDriver(icd: string = ICD): { restore: () => void } {
  const before = process.env['VK_ICD_FILENAMES'];
  process.env['VK_ICD_FILENAMES'] = icd;
  return {
    restore: () => {
      if (before === undefined) delete process.env['VK_ICD_FILENAMES'];
      else process.env['VK_ICD_FILENAMES'] = before;
    },
  };
}
