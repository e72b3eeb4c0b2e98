/**
 * Completions for shells, from the definitions of the commands. Bash: Programmable Completion in its manual; zsh runs the
 * same script by bashcompinit; fish has a line for each command and option.
 */
import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as a shell has to know it. */
interface Known {
  /** Below the program: `models download`; '' is the program. */
  path: string;
  description: string;
  subcommands: string[];
  options: Option[];
  /** What its argument can be; none: files. */
  choices: readonly string[];
}

export function completionScript(program: Command, shell: Shell): string {
  const commands = knownCommands(program);
  if (shell === 'fish') return fishScript(program.name(), commands);
  const script = bashScript(program.name(), commands);
  return shell === 'bash' ? script : `autoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function knownCommands(program: Command): Known[] {
  const found: Known[] = [];
  const visit = (command: Command, path: string) => {
    const children = command.commands;
    const options = command.createHelp().visibleOptions(command); // with --help
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    found.push({ path, description: command.description(), subcommands: children.map((child) => child.name()), options, choices }); // prettier-ignore
    for (const child of children) visit(child, path === '' ? child.name() : `${path} ${child.name()}`);
  };
  visit(program, '');
  return found;
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function bashScript(name: string, commands: Known[]): string {
  const options = commands.flatMap((command) => command.options);
  const withValue = [...new Set(options.filter(takesValue).flatMap(flagsOf))];
  const withChoices = commands.flatMap(({ path, options }) =>
    options.flatMap((option) => {
      const { argChoices } = option;
      return argChoices ? [{ path, flags: flagsOf(option), words: argChoices }] : [];
    }),
  );
  const subcommands = commands.filter((command) => command.subcommands.length > 0);
  return `# Completions of ${name} for bash, written by "${name} completion bash".
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= word i skip=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
      ${withValue.join('|')}) skip=1; continue ;;
      -*) continue ;;
    esac
    case "$path:$word" in
${subcommands.map(({ path, subcommands }) => `      ${subcommands.map((sub) => `"${path}:${sub}"`).join('|')}) path=\${path:+$path }$word ;;`).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$path:$prev" in
${withChoices.map(({ path, flags, words }) => `    ${flags.map((flag) => `"${path}:${flag}"`).join('|')}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$cur")); return ;;`).join('\n')}
  esac
  if [[ -n $skip ]]; then return; fi
  local words=
  case "$path" in
${commands.map(({ path, subcommands, choices, ...command }) => `    "${path}") if [[ $cur == -* ]]; then words="${allFlags(command, commands[0]!).join(' ')}"; else words="${[...subcommands, ...choices].join(' ')}"; fi ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -o default -F _${name} ${name}`;
}

/** Of a command and of those above it, each once. */
function allFlags(...commands: Pick<Known, 'options'>[]): string[] {
  return [...new Set(commands.flatMap(({ options }) => options.flatMap(flagsOf)))];
}

function fishScript(name: string, commands: Known[]): string {
  const lines = commands.flatMap(({ path, options, choices, subcommands }) => {
    const words = path.split(' ').filter((word) => word !== '');
    const when = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const others = path === '' ? '__fish_use_subcommand' : `not __fish_seen_subcommand_from ${subcommands.join(' ')}`;
    const known = subcommands.length > 0 ? others : '';
    const children = commands.filter((child) => child.path !== '' && parentOf(child.path) === path);
    const condition = (parts: string[]) => {
      const joined = parts.filter((part) => part !== '').join('; and ');
      return joined === '' ? '' : ` -n '${joined}'`;
    };
    return [
      ...children.map(({ path, description }) => `complete -c ${name} -f${condition([when, known])} -a ${lastOf(path)} -d ${quoted(description)}`), // prettier-ignore
      ...choices.map((choice) => `complete -c ${name} -f${condition([when])} -a ${quoted(choice)}`),
      ...options.map((option) => fishOption(name, option, condition([when]))),
    ];
  });
  return [`# Completions of ${name} for fish, written by "${name} completion fish".`, ...lines].join('\n');
}

function fishOption(name: string, option: Option, condition: string): string {
  const { short, long, description, argChoices } = option;
  const flags = [short && `-s ${short.slice(1)}`, long && `-l ${long.slice(2)}`].filter(Boolean).join(' ');
  const value = !takesValue(option) ? '' : argChoices ? ` -x -a ${quoted(argChoices.join(' '))}` : ' -r';
  return `complete -c ${name}${condition} ${flags}${value} -d ${quoted(description)}`;
}

function parentOf(path: string): string {
  return path.split(' ').slice(0, -1).join(' ');
}

function lastOf(path: string): string {
  return path.split(' ').at(-1)!;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
