/** The trace of a file as an analysis takes it, decoded by FFmpeg's program. */
import { execFileSync } from 'node:child_process';
import { TRACE_RATE } from '../../src/main/decode/analysers/landmarks.ts';
import { TraceRecorder, type Trace } from '../../src/main/decode/analysers/trace.ts';

export function traceOf(path: string): Trace {
  const options = ['-v', 'error', '-i', path, '-ac', '1', '-ar', String(TRACE_RATE), '-f', 'f32le', '-'];
  const bytes = execFileSync('ffmpeg', options, { maxBuffer: 2 ** 30 });
  const samples = new Float32Array(new Uint8Array(bytes).buffer);
  const recorder = new TraceRecorder();
  recorder.push(samples);
  return recorder.finish(samples.length);
}
