/** Renames all files of a catalogue and takes it back, until it is killed. Arguments: data folder, model pack. */
import { createEngine } from '../../src/main/engine/engine.ts';
import { summaryOf } from '../../src/shared/jobs.ts';

const [dataFolder = '', model = ''] = process.argv.slice(2);
const { engine, on } = createEngine({ dataFolder, model, load: 'foreground' });
const fileIds = await engine['file.list']({ of: {}, order: 'name', descending: false });
let rounds = 0;
on('write.changed', () => {
  if (rounds > 0) process.stdout.write('run\n'); // warmed up; a run begins, or ends
});
for (; ; rounds++) {
  const { runId } = summaryOf(await engine['job.wait'](await engine['rename.start']({ fileIds })), 'rename');
  summaryOf(await engine['job.wait'](await engine['write.undo']({ runId, fileIds: [] })), 'undo');
}
