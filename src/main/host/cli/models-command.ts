/** `earmark models`: which ones there are, another one in, one of them out. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ModelStatus } from '../../../shared/types.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { runModels } from './commands.ts';
import { formatBytes, plural, printable } from './format.ts';
import { registerDownloads } from './models-download-command.ts';
import { runUse, USE_HELP } from './models-use-command.ts';
import { describeImport, describeInstalled } from './models-words.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';
import { ProgressLine } from './progress.ts';

const IMPORT_HELP = `
What can be imported:
  CLAP_weights_2023.pth  the checkpoint of MS CLAP 2023, as its makers published it
  a folder               of a CLAP model in ONNX, as Hugging Face lays it out (onnx/audio_model.onnx,
                         onnx/text_model.onnx, tokenizer.json, preprocessor_config.json, config.json)
  a folder               with a model.json: a pack of Earmark

The file is only read, and nothing in it is run. The model is there whole or not at all. Take it into use with
  earmark models use <id>          or for one command only: earmark --model <id> search …

JSON: {"model": {"id", "name", "folder", "license", "dim", "inUse", "shipped", "heard", "heardBytes", "problem", "bytes"}}`;

/** Adds the commands to the program. @param run runs one with an engine */
export function registerModels(program: Command, run: RunCommand): void {
  const models = program
    .command('models')
    .description('installed model packs; import one, use it, remove it')
    .action(() => run(runModels));
  models
    .command('import')
    .description('make a model that you have usable here')
    .argument('<path>', 'a checkpoint, or a folder')
    .addHelpText('after', IMPORT_HELP)
    .action((path: string) => run((context) => runImport(context, resolve(path)), 'winds-up'));
  models
    .command('remove')
    .description('delete an installed model')
    .argument('<id>', 'as “earmark models” shows it')
    .option('--forget', 'also what it heard: should it come back, it listens to everything again')
    .action((id: string, { forget = false }: { forget?: boolean }) => run((context) => runRemove(context, id, forget)));
  models
    .command('use')
    .description('search and tag with another model, once it has heard everything')
    .argument('<id>', 'as “earmark models” shows it')
    .option('--now', 'at once: only what it has heard is found by sound')
    .addHelpText('after', USE_HELP)
    .action((id: string, { now = false }: { now?: boolean }) => run((context) => runUse(context, id, now), 'winds-up'));
  registerDownloads(models, run);
}

async function runImport({ client, json, stop }: CommandContext, path: string): Promise<number> {
  const line = new ProgressLine(process.stderr);
  const quiet = [
    client.on('model.progress', (progress) => line.write(describeImport(progress))),
    client.on('engine.notice', ({ message }) => line.say(message)),
  ];
  const cancel = () => void client.call('model.cancelImport', null).catch(() => {}); // it has just ended by itself
  let model: ModelStatus | null;
  try {
    const running = client.call('model.import', { path });
    if (stop.aborted) cancel();
    else stop.addEventListener('abort', cancel, { once: true });
    model = await running;
  } finally {
    line.clear();
    for (const off of quiet) off();
  }
  if (model === null) {
    printAside('Stopped. Nothing was installed.');
    return EXIT.interrupted;
  }
  if (json) await printJson({ model });
  else await printOut(describeInstalled(model));
  return EXIT.ok;
}

async function runRemove({ client, json }: CommandContext, id: string, forget: boolean): Promise<number> {
  await client.call('model.remove', { id, forget });
  const left = (await client.call('model.list', null)).find((model) => model.id === id);
  if (json) await printJson({ removed: id, forgotten: forget });
  else if (left === undefined) await printOut(`“${printable(id)}” is removed.`);
  else if (forget) await printOut(`What “${printable(id)}” heard is forgotten. It came with Earmark and stays.`);
  else {
    await printOut(
      `“${printable(id)}” is removed. What it heard in ${plural(left.heard, 'sound')} (${formatBytes(left.heardBytes)}) is kept, should it come back; ` +
        `earmark models remove ${id} --forget deletes that, too.`,
    );
  }
  return EXIT.ok;
}
