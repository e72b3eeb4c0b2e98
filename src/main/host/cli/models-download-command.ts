/** `earmark models known|download|discard`: models that others publish, fetched when somebody asks for one. */
import { Option, type Command } from 'commander';
import type { DownloadProgress, KnownModel } from '../../../shared/calls/models.ts';
import { UserError } from '../../../shared/errors.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatBytes, printable } from './format.ts';
import { describeImport, describeInstalled } from './models-words.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';
import { ProgressLine } from './progress.ts';
import { canAsk, confirm } from './question.ts';

const KNOWN_HELP = `
The list comes with the program; to show it asks nobody.

JSON: {"models": [{"id", "name", "goodFor", "license", "licenseUrl", "page", "bytes", "installed", "partialBytes"}]}`;

const DOWNLOAD_HELP = `
Shows the licence and asks; where nobody can be asked, --accept-licence says that you have read it and agree. Ctrl-C
stops, and the same command goes on from there. Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

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
    .description('models that can be downloaded')
    .addHelpText('after', KNOWN_HELP)
    .action(() => run(runKnown));
  models
    .command('download')
    .description('fetch a model from its publisher and install it')
    .argument('<id>', 'as “earmark models known” shows it')
    .option('--accept-licence', 'you have read its licence and agree to it')
    .addOption(new Option('--accept-license').hideHelp())
    .option('--mirror <address>', 'fetch from there in place of the publishers, from now on')
    .option('--no-mirror', 'fetch from the publishers again')
    .addHelpText('after', DOWNLOAD_HELP)
    .action((id: string, options: DownloadOptions) => run((context) => runDownload(context, id, options), 'winds-up'));
  models
    .command('discard')
    .description('delete what an unfinished download left')
    .argument('<id>', 'as “earmark models known” shows it')
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
  return partialBytes > 0 ? `${formatBytes(partialBytes)} are here` : '';
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
  const model = await fetchAndShow(context, id);
  if (model === null) {
    printAside(`Stopped. What was downloaded is kept: “earmark models download ${id}” goes on from there.`);
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
      `${name} is published under the licence ${license}. Read it at ${licenseUrl}, and say --accept-licence if you agree.`,
    );
  }
  const here = partialBytes > 0 ? `, ${formatBytes(partialBytes)} of it are here already` : '';
  const { modelMirror } = await client.call('setting.get', null);
  const lines = [`${name}: ${formatBytes(bytes)}${here}`, `  from     ${page}`];
  if (modelMirror !== null) lines.push(`  by way of ${hostOf(modelMirror)}`);
  lines.push(`  licence  ${license}, ${licenseUrl}`);
  printAside(lines.join('\n'));
  return confirm('Do you agree to the licence, and shall it be downloaded?', stop);
}

/** @returns null when it was stopped */
async function fetchAndShow({ client, stop }: CommandContext, id: string): Promise<ModelStatus | null> {
  const line = new ProgressLine(process.stderr);
  const quiet = [
    client.on('model.download', (progress) => line.write(describeDownload(progress))),
    client.on('model.progress', (progress) => line.write(describeImport(progress))),
    client.on('engine.notice', ({ message }) => line.say(message)),
  ];
  const cancel = () => void client.call('model.cancelDownload', null).catch(() => {}); // it has just ended by itself
  try {
    const running = client.call('model.download', { id, acceptLicense: true });
    if (stop.aborted) cancel();
    else stop.addEventListener('abort', cancel, { once: true });
    return await running;
  } finally {
    stop.removeEventListener('abort', cancel);
    line.clear();
    for (const off of quiet) off();
  }
}

const STAGE_WORDS: Record<DownloadProgress['stage'], string> = {
  connecting: 'Connecting',
  fetching: 'Downloading',
  verifying: 'Checking what came',
  importing: 'Installing',
};

/** "Downloading · 42 % · 290.1 MB of 690.0 MB · 12.3 MB/s · msclap-2023" */
export function describeDownload({ id, stage, bytes, total, bytesPerSecond }: DownloadProgress): string {
  const parts = [STAGE_WORDS[stage]];
  if (stage === 'fetching') {
    parts.push(`${Math.floor((100 * bytes) / total)} %`, `${formatBytes(bytes)} of ${formatBytes(total)}`);
    if (bytesPerSecond !== null) parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  }
  return [...parts, printable(id)].join(' · ');
}

async function runDiscard({ client, json }: CommandContext, id: string): Promise<number> {
  await client.call('model.discardDownload', { id });
  if (json) await printJson({ discarded: id });
  else await printOut(`Nothing is left of the download of “${printable(id)}”.`);
  return EXIT.ok;
}

/** A mirror's address can hold a password. */
function hostOf(address: string): string {
  return new URL(address).host;
}
