/** Second process of writer-lock.test.ts: takes the lock, says so, and holds it until it is killed. */
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';

await acquireWriterLock(process.argv[2]!);
process.send?.('held');
setInterval(() => {}, 1000);
