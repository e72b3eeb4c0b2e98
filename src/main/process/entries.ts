/** Where the code of each child process begins: the only place that a bundler has to rewrite. */
export const PROCESS_ENTRIES = {
  decoder: new URL('../decode/decoder-process.ts', import.meta.url),
  inference: new URL('../embed/inference-process.ts', import.meta.url),
  index: new URL('../index/index-process.ts', import.meta.url),
  watch: new URL('../scan/watch-process.ts', import.meta.url),
  demo: new URL('../demo/demo-process.ts', import.meta.url),
} as const;

/** The same for worker threads, which live inside one of these processes. */
export const WORKER_ENTRIES = {
  audioEncoder: new URL('../embed/audio-encoder-worker.ts', import.meta.url),
  textEncoder: new URL('../embed/text-encoder-worker.ts', import.meta.url),
} as const;

export type ProcessName = keyof typeof PROCESS_ENTRIES;
