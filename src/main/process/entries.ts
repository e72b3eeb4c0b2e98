/** Where the code of each child process begins. Built or not, the files lie beside each other as they do in src. */
const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const entry = (path: string) => new URL(`${path}${ENDING}`, import.meta.url);

export const PROCESS_ENTRIES = {
  engine: entry('../host/electron/engine-process'),
  decoder: entry('../decode/decoder-process'),
  inference: entry('../embed/inference-process'),
  providerProbe: entry('../embed/provider-probe-process'),
  index: entry('../index/index-process'),
  watch: entry('../scan/watch-process'),
  demo: entry('../../demo/demo-process'),
  map: entry('../map/map-process'),
  score: entry('../tag/score-process'),
  import: entry('../models/import-process'),
  reader: entry('../calls/reader-process'),
  write: entry('../writeback/write-process'),
} as const;

/** The same for worker threads, which live inside one of these processes. */
export const WORKER_ENTRIES = {
  audioEncoder: entry('../embed/audio-encoder-worker'),
  textEncoder: entry('../embed/text-encoder-worker'),
} as const;

export type ProcessName = keyof typeof PROCESS_ENTRIES;
