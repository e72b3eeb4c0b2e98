/** Second process of writer-lock.test.ts: takes the lock as for a write, says so, and holds it until it is killed. */
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';

await acquireWriterLock(process.argv[2]!, { work: 'write' });
process.send?.('held');
setInterval(() => {}, 1000);
