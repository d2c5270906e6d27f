import { findShared } from '../../packages/testkit/src/index.ts';
import { readMedallion, readMedallionEdge, readOpenTaxii } from './exchanges.ts';
import { replay } from './replay.ts';

// `npm run test:taxii`: requests that were put to other TAXII servers, put to ours. Every status that differs is listed with
// the section of the standard we go by; one that differs and is in no list fails the run.
const files = ['opentaxii-transcript.json', 'medallion-transcript.json', 'medallion-edge.json', 'medallion-data.json'];
const paths = files.map((name) => findShared(`vectors/taxii21/${name}`));
const [openTaxii, medallion, edge, data] = paths;
if (openTaxii === undefined || medallion === undefined || edge === undefined || data === undefined) {
  console.log('SKIPPED TAXII: foreign test data vectors/taxii21 is not on this machine');
  console.log('0 passed, 0 failed, 3 skipped');
} else {
  const transcripts = [readOpenTaxii(openTaxii), readMedallion(medallion, data), readMedallionEdge(edge, data)];
  const total = { same: 0, explained: 0, unexplained: 0 };
  for (const transcript of transcripts) {
    const { same, differences } = await replay(transcript);
    console.log(`${transcript.name} ${same}/${transcript.exchanges.length}`);
    for (const [because, all] of Map.groupBy(differences, (each) => each.because ?? 'UNEXPLAINED')) {
      console.log(`  ${all.length} × ${because}`);
      const shown = because === 'UNEXPLAINED' ? all : all.slice(0, 3);
      for (const { exchange, ours } of shown)
        console.log(`      ${exchange.name}: ${exchange.status} there, ${ours} here`);
    }
    const unexplained = differences.filter(({ because }) => because === undefined).length;
    total.same += same;
    total.unexplained += unexplained;
    total.explained += differences.length - unexplained;
  }
  console.log(`${total.same} passed, ${total.unexplained} failed, ${total.explained} skipped`);
  process.exitCode = total.unexplained === 0 ? 0 : 1;
}
