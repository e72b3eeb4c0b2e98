/** `earmark token`: tokens for programs that use the local server. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { ApiTokens, type ApiToken } from '../http/api-tokens.ts';
import { SCOPE_NAMES, SCOPES, type Scope } from '../http/scopes.ts';
import { columns, formatMoment, printable } from './format.ts';
import { EXIT, printAside, printJson, printOut, reportError } from './output.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 3650;

const HELP = `
Scopes: ${SCOPE_NAMES.join(', ')}
${columns(SCOPE_NAMES.map((scope) => ['', scope, SCOPES[scope]])).join('\n')}

Examples:
  earmark token create player --scope read --expires 90d
  earmark token list
  earmark token revoke 1a2b3c4d

The token is printed once and kept as a hash. "earmark serve" accepts it as Authorization: Bearer; docs/api.md has examples.

JSON: create {"id", "name", "scopes", "createdMs", "expiresMs", "token"}; list {"tokens": [the same without token]};
      revoke {"revoked": id}`;

interface CreateOptions {
  scope: Scope[];
  expires: number;
}

export function registerToken(program: Command): void {
  const token = program
    .command('token')
    .description('create, list and revoke tokens for programs that use "earmark serve"')
    .addHelpText('after', HELP);
  const run = async (work: (tokens: ApiTokens, json: boolean) => Promise<void>) => {
    const { data, json = false, verbose = false } = program.opts<{ data: string; json?: true; verbose?: true }>();
    try {
      await work(new ApiTokens(resolve(data)), json);
      process.exitCode = EXIT.ok;
    } catch (error) {
      process.exitCode = await reportError(error, json, verbose);
    }
  };
  token
    .command('create')
    .description('create a token and print it')
    .argument('<name>', 'what it is for')
    .option('--scope <list>', `what it may do, separated by commas: ${SCOPE_NAMES.join(',')}`, scopes, ['read'])
    .option('--expires <time>', 'how long it is valid: 12h, 90d', lifetime, DEFAULT_DAYS * DAY_MS)
    .action((name: string, { scope, expires }: CreateOptions) =>
      run(async (tokens, json) => {
        const made = await tokens.create(name, scope, expires);
        if (json) return printJson(made);
        printAside(
          `Token ${made.id} “${printable(name)}” for ${scope.join(', ')}, until ${formatMoment(made.expiresMs)}:`,
        );
        return printOut(made.token);
      }),
    );
  token
    .command('list')
    .description('list tokens, without the tokens themselves')
    .action(() =>
      run(async (tokens, json) => {
        const found = await tokens.list();
        if (json) return printJson({ tokens: found });
        return printOut(
          found.length === 0
            ? 'No tokens.'
            : columns([['id', 'name', 'scopes', 'valid'], ...found.map(row)]).join('\n'),
        );
      }),
    );
  token
    .command('revoke')
    .description('make a token invalid at once')
    .argument('<id>', 'its id, as listed')
    .action((id: string) =>
      run(async (tokens, json) => {
        await tokens.revoke(id);
        return json ? printJson({ revoked: id }) : printOut(`Token ${printable(id)} is no longer valid.`);
      }),
    );
}

function row({ id, name, scopes, expiresMs }: ApiToken): string[] {
  return [
    id,
    printable(name),
    scopes.join(','),
    expiresMs < Date.now() ? 'expired' : `until ${formatMoment(expiresMs)}`,
  ];
}

function scopes(value: string): Scope[] {
  const found = value.split(',').map((word) => SCOPE_NAMES.find((scope) => scope === word.trim()));
  if (found.includes(undefined)) throw new InvalidArgumentError(`Use one or more of ${SCOPE_NAMES.join(', ')}, separated by commas.`); // prettier-ignore
  return [...new Set(found.filter((scope) => scope !== undefined))];
}

function lifetime(value: string): number {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(value) ?? [];
  const ms = Number(count) * (unit === 'h' ? HOUR_MS : DAY_MS);
  if (!(ms > 0 && ms <= MAX_DAYS * DAY_MS))
    throw new InvalidArgumentError(`Use hours or days, such as 12h or 90d, up to ${MAX_DAYS}d.`);
  return ms;
}
