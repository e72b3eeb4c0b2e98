/**
 * `npm run docs:man`: writes docs/earmark.1 from the definitions that `--help` prints; with `--check` it only compares.
 * Macros: man(7).
 */
import type { EventEmitter } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { program } from '../src/main/host/cli/command-line.ts';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';

const FILE = join(INSTALL_FOLDER, 'docs', 'earmark.1');

const page = manPage();
if (!process.argv.includes('--check')) writeFileSync(FILE, page);
else if (!sameAsWritten()) {
  console.error('docs/earmark.1 is out of date. Run: npm run docs:man');
  process.exitCode = 1;
}

function sameAsWritten(): boolean {
  try {
    return readFileSync(FILE, 'utf8') === page;
  } catch {
    return false;
  }
}

function manPage(): string {
  const [exitCodes = '', ...rest] = afterHelp(program).split(/\n\n(?=Everything)/);
  return [
    `'\\" -*- coding: UTF-8 -*-`,
    '.TH EARMARK 1 "" "Earmark" "User Commands"',
    '.SH NAME',
    `earmark \\- ${escaped(program.description().split('.')[0]!.toLowerCase())}`,
    '.SH SYNOPSIS',
    '.B earmark',
    escaped('[options] command [arguments]'),
    '.SH DESCRIPTION',
    escaped(program.description()),
    '.PP',
    ...lines(rest.join('\n\n')),
    '.SH OPTIONS',
    ...options(program),
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => commandPart(command, 'earmark')),
    '.SH "EXIT STATUS"',
    ...example(exitCodes.replace(/^Exit codes:\n/, '')),
    '.SH ENVIRONMENT',
    '.TP',
    '.B EARMARK_DATA',
    escaped('the data folder, where --data is not given'),
    '',
  ].join('\n');
}

function commandPart(command: Command, before: string): string[] {
  const name = `${before} ${command.name()}`;
  const text = afterHelp(command);
  return [
    `.SS "${escaped(`${name} ${command.usage()}`.trim())}"`,
    escaped(command.description()),
    ...options(command),
    ...(text === '' ? [] : ['.PP', ...example(text)]),
    ...command.commands.flatMap((child) => commandPart(child, name)),
  ];
}

function options(command: Command): string[] {
  return command.options.flatMap((option) => [
    '.TP',
    `.B ${escaped(option.flags)}`,
    escaped(`${option.description}${words(option)}`),
  ]);
}

/** What help says behind the description; not where folders of this machine would stand in it. */
function words({ argChoices, defaultValue, long }: Option): string {
  if (long === '--data') return ' (default: $EARMARK_DATA, or the folder earmark in the data folder of the user)';
  const parts = [
    ...(argChoices ? [`one of ${argChoices.join(', ')}`] : []),
    ...(['string', 'number'].includes(typeof defaultValue) ? [`default: ${String(defaultValue)}`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** What stands below the options in the help. */
function afterHelp(command: Command): string {
  let text = '';
  // Commander's own types do not tell that it is one.
  (command as unknown as EventEmitter).emit('afterHelp', {
    error: false,
    command,
    write: (more: string) => (text += more),
  });
  return text.trim();
}

/** As it stands: examples, tables. */
function example(text: string): string[] {
  return ['.nf', ...lines(text), '.fi'];
}

function lines(text: string): string[] {
  return text.split('\n').map(escaped);
}

/** Hyphens that are copied have to stay hyphens; a line must not begin as a macro does. */
function escaped(line: string): string {
  return line
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/"/g, '\\(dq')
    .replace(/^([.'])/, '\\&$1');
}
