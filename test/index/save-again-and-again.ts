/** Second process of index-file.test.ts: saves indexes of changing size, without end, until it is killed. */
import { HnswGraph } from '../../src/main/index/hnsw-graph.ts';
import { saveIndex } from '../../src/main/index/index-file.ts';
import { clustered } from './clustered.ts';

const DIM = 16;
const graph = HnswGraph.empty(DIM, 3000);
clustered(2000, DIM, 1).forEach((embedding, i) => graph.add(i + 1, embedding, 0));
process.send?.('saving');
for (let added = 2000; ; added++) {
  graph.add(added + 1, clustered(1, DIM, added)[0]!, 0);
  const rows = Float64Array.from({ length: 2 * (added + 1) }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : 7));
  await saveIndex(process.argv[2]!, 1, DIM, { graph, rows, broken: [] });
}
