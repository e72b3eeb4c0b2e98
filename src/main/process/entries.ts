/** Where the code of each child process begins: the only place that a bundler has to rewrite. */
export const PROCESS_ENTRIES = {
  decoder: new URL('../decode/decoder-process.ts', import.meta.url),
  inference: new URL('../embed/inference-process.ts', import.meta.url),
  index: new URL('../index/index-process.ts', import.meta.url),
} as const;

export type ProcessName = keyof typeof PROCESS_ENTRIES;
