/** `earmark doctor --gpu`: what could run the model here, what does, and why the others do not. */
import type { ProviderReport } from '../../../shared/calls/models.ts';
import type { CommandContext } from './command.ts';
import { columns, printable } from './format.ts';
import { precisionWords } from '../../packs/variants.ts';
import { EXIT, printJson, printOut } from './output.ts';

export async function runProviders({ client, json }: CommandContext): Promise<number> {
  const report = await client.call('model.providers', null);
  if (json) await printJson(report);
  else await printOut(describeProviders(report).join('\n'));
  return EXIT.ok;
}

/** One line for each that was tried, and which one it is to be. */
export function describeProviders({ provider, precision, reason, tries }: ProviderReport): string[] {
  const rows = tries.map((one) => [
    one.provider === provider && one.precision === precision ? '*' : ' ',
    `${one.provider}${precisionWords(one.precision)}`,
    one.windowsPerSecond === null
      ? ''
      : `${one.windowsPerSecond.toPrecision(3)} windows/s, ${one.batchSize ?? 1} at once`,
    printable(one.message),
  ]);
  return [...columns(rows), '', `The model now runs on ${provider}${precisionWords(precision)}: ${printable(reason)}.`];
}
