/** Once for all test files: says why those that need a browser are skipped, or builds what all their pages take. */
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import type { TestProject } from 'vitest/node';
import { whatIsMissing } from './page.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The fake engine and its bridge, as one script. */
    bridge: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<void> {
  const missing = whatIsMissing();
  if (missing !== null) console.error(`The window is not tried. ${missing}`);
  else provide('bridge', await bundledBridge());
}

/** An init script is no module: everything in one function. */
async function bundledBridge(): Promise<string> {
  const [result] = (await build({
    root: join(import.meta.dirname, '..'),
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(import.meta.dirname, 'fake-bridge.ts'), formats: ['iife'], name: 'fakeBridge' },
    },
  })) as Rolldown.RolldownOutput[];
  return result!.output[0].code;
}
