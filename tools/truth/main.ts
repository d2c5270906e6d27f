import { join } from 'node:path';
import { findShared, skipWithout } from '@comity/testkit';
import { checkDigests } from './check-digests.ts';
import { checkHits } from './check-hits.ts';
import { checkKnownGood } from './check-known-good.ts';
import { loadSets } from './indicator-sets.ts';
import { readEveryLog } from './read-every-log.ts';
import { readTruth } from './read-truth.ts';

/**
 * `npm run test:truth`: screens real logs against real lists and compares with a table made by others
 * (`../shared/data/TRUTH`): 0 missed, 0 extra.
 *
 * How the two compare. The table counts events: one for each listed value, field and relation (`exact`: the value itself;
 * `subdomain`: a host below the listed name). So does the engine, whose field names are the formats' own and the table's.
 * The table is complete for the fields it names anywhere; a match in another field (`referrer`, `auth`, a certificate's
 * subject) is not an error but a field its makers did not look at, and is counted apart. Logs it calls text have the one
 * field `token`: there a line counts once whichever field our reader found the value in, and the line is screened a second
 * time as raw text, which must give the same. Ports are ignored for these counts, as the table does; values that are
 * listed with ports only are then counted by verdict. The table holds names and IPv4 addresses: our matches of URLs,
 * networks, e-mail addresses and IPv6 are left out.
 *
 * Digests are compared with `hash-hits.json`, whose makers took every digest a STIX pattern names. For that comparison we
 * do too; the screen itself leaves out patterns that ask for more (`MD5 = … AND name = …`), and what it then finds is
 * printed beside.
 *
 * Exit 1 on any difference.
 */
async function main(): Promise<number> {
  const missing = skipWithout('data', 'TRUTH', 'cross-hits.ndjson');
  if (missing !== false) {
    console.log(missing);
    return 0;
  }
  const dataDir = findShared('data') ?? '';
  const truth = readTruth(dataDir);
  const indicators = await loadSets(dataDir);
  console.log(`${indicators.table.count} values of ${indicators.sources.length} lists\n`);

  let faults = 0;
  faults += await checkHits(dataDir, truth, indicators);
  faults += await checkDigests(dataDir, truth.digests);
  faults += await checkKnownGood(dataDir, truth, indicators);
  faults += await readEveryLog(dataDir, indicators.table);
  console.log(faults === 0 ? '\nThe truth table is met.' : `\n${faults} differences from ${join('data', 'TRUTH')}.`);
  return faults === 0 ? 0 : 1;
}

process.exitCode = await main();
