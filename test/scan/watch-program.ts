/** Watches one folder in a program of its own and prints how that went, as JSON: for machines made poorer than this one. */
import { Watcher } from '../../src/main/scan/watch.ts';

const watcher = new Watcher({ ignore: [], onChange: () => {}, onState: () => {} });
await watcher.watchOnly(new Map([[1, process.argv[2]!]]));
process.stdout.write(JSON.stringify(watcher.stateOf(1)));
await watcher.close();
