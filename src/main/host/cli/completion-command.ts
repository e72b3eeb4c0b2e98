/** `earmark completion`: the script that lets a shell complete commands and options. */
import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from './completions.ts';
import { printOut } from './output.ts';

const HELP = `
Load it at the start of the shell:
  bash   echo 'source <(earmark completion bash)' >> ~/.bashrc
  zsh    echo 'source <(earmark completion zsh)' >> ~/.zshrc      after compinit
  fish   earmark completion fish > ~/.config/fish/completions/earmark.fish`;

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => printOut(completionScript(program, shell)));
}
