/** `earmark`: the command line as a program of its own. */
import { runCommandLine } from './command-line.ts';
import { endWithLauncher } from './launcher.ts';
import { surviveClosedOutput } from './output.ts';

surviveClosedOutput();
endWithLauncher();
// Children and native threads are closed by then; a stray handle must not keep a finished command alive.
process.exit(await runCommandLine(process.argv.slice(2)));
