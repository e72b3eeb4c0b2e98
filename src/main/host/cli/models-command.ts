/** `earmark models`: which ones there are, another one in, one of them out. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext, RunCommand } from './command.ts';
import { runModels } from './commands.ts';
import { formatBytes, plural, printable } from './format.ts';
import { registerCombining } from './models-combine-command.ts';
import { registerDownloads } from './models-download-command.ts';
import { runUse, USE_HELP } from './models-use-command.ts';
import { followJob } from './job.ts';
import { describeInstalled } from './models-words.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';

const IMPORT_HELP = `
What can be imported:
  CLAP_weights_2023.pth  the published checkpoint of MS CLAP 2023
  a folder               with a CLAP model in ONNX, in the layout of Hugging Face (onnx/audio_model.onnx,
                         onnx/text_model.onnx, tokenizer.json, preprocessor_config.json, config.json)
  a folder               with a CLAP model as transformers save it (model.safetensors or pytorch_model.bin,
                         and the same .json files)
  a folder               with a model.json: an Earmark model pack

The file is only read; no code in it is executed. An interrupted import leaves no model behind. Select the model with
  earmark models use <id>          or for one command only: earmark --model <id> search …

JSON: {"model": {"id", "name", "folder", "license", "dim", "inUse", "shipped", "analysedFiles", "analysisBytes", "problem", "bytes"}}`;

/** Adds the commands to the program. @param run runs one with an engine */
export function registerModels(program: Command, run: RunCommand): void {
  const models = program
    .command('models')
    .description('list, import, select and remove models')
    .action(() => run(runModels));
  models
    .command('import')
    .description('import a model')
    .argument('<path>', 'checkpoint file or model folder')
    .addHelpText('after', IMPORT_HELP)
    .action((path: string) => run((context) => runImport(context, resolve(path)), 'winds-up'));
  models
    .command('remove')
    .description('delete an installed model')
    .argument('<id>', 'id from “earmark models”')
    .option('--forget', 'also delete its analysis results')
    .action((id: string, { forget = false }: { forget?: boolean }) => run((context) => runRemove(context, id, forget)));
  models
    .command('use')
    .description('switch to another model once it has analysed all files')
    .argument('<id>', 'id from “earmark models”')
    .option('--now', 'switch at once: search by sound finds only files it has analysed')
    .addHelpText('after', USE_HELP)
    .action((id: string, { now = false }: { now?: boolean }) => run((context) => runUse(context, id, now), 'winds-up'));
  registerCombining(models, run);
  registerDownloads(models, run);
}

async function runImport(context: CommandContext, path: string): Promise<number> {
  const { client, json } = context;
  const model = await followJob(context, () => client.call('model.import', { path }), 'import');
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
  else if (forget)
    await printOut(`Analysis results of “${printable(id)}” deleted. The model is part of Earmark and stays installed.`);
  else {
    await printOut(
      `“${printable(id)}” is removed. Its analysis of ${plural(left.analysedFiles, 'file')} (${formatBytes(left.analysisBytes)}) is kept; ` +
        `earmark models remove ${id} --forget deletes it.`,
    );
  }
  return EXIT.ok;
}
