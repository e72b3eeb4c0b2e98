/** `earmark models known|download|discard`: models that others publish, fetched when somebody asks for one. */
import { Option, type Command } from 'commander';
import type { KnownModel } from '../../../shared/calls/models.ts';
import { UserError } from '../../../shared/errors.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatBytes, printable } from './format.ts';
import { followJob } from './job.ts';
import { describeInstalled } from './models-words.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';
import { canAsk, confirm } from './question.ts';

const KNOWN_HELP = `
The list is part of Earmark; showing it uses no network.

JSON: {"models": [{"id", "name", "goodFor", "license", "licenseUrl", "page", "bytes", "installed", "partialBytes"}]}`;

const DOWNLOAD_HELP = `
Shows the licence and asks for confirmation; in scripts, --accept-licence accepts it. After Ctrl-C the same command
resumes the download. Proxies are read from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

Examples:
  earmark models download msclap-2023
  earmark models download msclap-2023 --mirror https://mirror.example.org/huggingface
  earmark models download msclap-2023 --no-mirror --accept-licence

JSON: {"model": {…}}, as “earmark models import” has it`;

interface DownloadOptions {
  acceptLicence?: true;
  acceptLicense?: true;
  /** false: --no-mirror. */
  mirror?: string | false;
}

/** Adds the commands below `earmark models`. */
export function registerDownloads(models: Command, run: RunCommand): void {
  models
    .command('known')
    .description('list models available for download')
    .addHelpText('after', KNOWN_HELP)
    .action(() => run(runKnown));
  models
    .command('download')
    .description('download a model from its publisher and install it')
    .argument('<id>', 'id from “earmark models known”')
    .option('--accept-licence', 'accept the licence of the model')
    .addOption(new Option('--accept-license').hideHelp())
    .option('--mirror <address>', 'download from this mirror instead of the publishers (saved as a setting)')
    .option('--no-mirror', 'download from the publishers again')
    .addHelpText('after', DOWNLOAD_HELP)
    .action((id: string, options: DownloadOptions) => run((context) => runDownload(context, id, options), 'winds-up'));
  models
    .command('discard')
    .description('delete an incomplete download')
    .argument('<id>', 'id from “earmark models known”')
    .action((id: string) => run((context) => runDiscard(context, id)));
}

async function runKnown({ client, json }: CommandContext): Promise<number> {
  const models = await client.call('model.known', null);
  if (json) await printJson({ models });
  else {
    const rows = models.map((model) => [model.id, formatBytes(model.bytes), model.license, stateOf(model), model.name]);
    const table = columns([['id', 'size', 'licence', '', 'name'], ...rows], [1]);
    const lines = models.map(({ id, goodFor, page }) => `${id}: ${goodFor}\n  from ${page}`);
    await printOut([...table, '', ...lines].join('\n'));
  }
  return EXIT.ok;
}

function stateOf({ installed, partialBytes }: KnownModel): string {
  if (installed) return 'installed';
  return partialBytes > 0 ? `${formatBytes(partialBytes)} downloaded` : '';
}

async function runDownload(context: CommandContext, id: string, options: DownloadOptions): Promise<number> {
  const { client, json, stop } = context;
  const mirror = options.mirror === false ? null : options.mirror;
  if (mirror !== undefined) await client.call('setting.set', { modelMirror: mirror });
  const accepted = options.acceptLicence ?? options.acceptLicense ?? (await agrees(context, id));
  if (!accepted) {
    await printOut('Nothing was downloaded.');
    return stop.aborted ? EXIT.interrupted : EXIT.ok;
  }
  const start = () => client.call('model.download', { id, acceptLicense: true });
  const model = await followJob(context, start, 'download');
  if (model === null) {
    printAside(`Stopped. The partial download is kept; “earmark models download ${id}” resumes it.`);
    return EXIT.interrupted;
  }
  if (json) await printJson({ model });
  else await printOut(describeInstalled(model));
  return EXIT.ok;
}

/** Shows what it is about to fetch. @throws UserError bad-input where nobody can be asked */
async function agrees({ client, json, stop }: CommandContext, id: string): Promise<boolean> {
  const model = (await client.call('model.known', null)).find((one) => one.id === id);
  if (!model || model.installed) return true; // the engine says what there is to say
  const { name, license, licenseUrl, page, bytes, partialBytes } = model;
  if (!canAsk(json)) {
    throw new UserError(
      'bad-input',
      `${name} is published under the licence ${license}. Read it at ${licenseUrl}; pass --accept-licence to accept it.`,
    );
  }
  const here = partialBytes > 0 ? `, ${formatBytes(partialBytes)} already downloaded` : '';
  const { modelMirror } = await client.call('setting.get', null);
  const lines = [`${name}: ${formatBytes(bytes)}${here}`, `  from     ${page}`];
  if (modelMirror !== null) lines.push(`  via ${hostOf(modelMirror)}`);
  lines.push(`  licence  ${license}, ${licenseUrl}`);
  printAside(lines.join('\n'));
  return confirm('Accept the licence and download?', stop);
}

async function runDiscard({ client, json }: CommandContext, id: string): Promise<number> {
  await client.call('model.discardDownload', { id });
  if (json) await printJson({ discarded: id });
  else await printOut(`Incomplete download of “${printable(id)}” deleted.`);
  return EXIT.ok;
}

/** A mirror's address can hold a password. */
function hostOf(address: string): string {
  return new URL(address).host;
}
