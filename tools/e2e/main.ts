import { accountJourneys } from './account-journeys.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { realJourneys } from './journeys.ts';
import type { Journey } from './journeys.ts';
import { identityJourneys } from './identity-journeys.ts';
import { federationJourneys } from './federation-journeys.ts';
import { startFederationNodes } from './federation-nodes.ts';
import { madeUpJourneys } from './made-up-journeys.ts';
import { startMadeUpNode } from './made-up-node.ts';
import { outletJourneys } from './outlet-journeys.ts';
import { roughJourneys } from './rough-journeys.ts';
import { sharingJourneys } from './sharing-journeys.ts';
import { createStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { startScratchNode } from './started-node.ts';

/**
 * Walks the page as its users do, in a real Chromium against a real node; screenshots are in test-results/e2e.
 *
 * Usage: `npm run test:e2e` or `npm run test:e2e -- WORD` for the journeys with that word in their name (the first ones,
 * which sign in and load the sample, run in any case).
 */
const word = process.argv[2] ?? '';
const path = findChromium(process.env);
if (path === undefined) {
  console.log('SKIPPED: no Chromium on this machine. Install one, or name it in COMITY_CHROMIUM.');
  console.log('0 passed, 0 failed, all skipped');
  process.exit(0);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
/** Later journeys stand on these. */
const groundwork = 3;

async function walk(stages: readonly Stage[], journeys: readonly Journey[], always: number): Promise<void> {
  let hasGround = true;
  for (const [index, journey] of journeys.entries()) {
    if (!hasGround) {
      counts.failed += 1;
      console.log(`FAIL ${journey.name} (an earlier journey it stands on failed)`);
      continue;
    }
    if (index >= always && !journey.name.includes(word)) {
      counts.skipped += 1;
      continue;
    }
    const fromMs = performance.now();
    const problems: string[] = [];
    try {
      await journey.run();
    } catch (error) {
      problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    for (const stage of stages) problems.push(...stage.takeProblems());
    counts[problems.length === 0 ? 'passed' : 'failed'] += 1;
    const seconds = ((performance.now() - fromMs) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${journey.name} (${seconds} s)`);
    hasGround &&= index >= always || problems.length === 0;
    for (const problem of problems) console.log(`     ${problem.replaceAll('\n', '\n     ')}`);
  }
}

const browser = await launchChromium(path);
try {
  const node = await startScratchNode();
  try {
    const stage = createStage(browser, node.url);
    const named = createStage(browser, node.url.replace('127.0.0.1', 'localhost'));
    const outside = createStage(browser, node.url);
    const journeys = [
      ...realJourneys(stage, node),
      ...outletJourneys(stage),
      ...roughJourneys(stage),
      ...accountJourneys(stage, named),
      ...sharingJourneys(stage, named),
      ...identityJourneys(stage, outside),
    ];
    await walk([stage, named, outside], journeys, groundwork);
  } finally {
    await node.stop();
  }
  // Three nodes more are started only for whoever asks for them.
  if ('federation'.includes(word) || word.startsWith('federation')) {
    const nodes = await startFederationNodes();
    try {
      const [a, b] = [createStage(browser, nodes.a.url), createStage(browser, nodes.b.url)];
      const looks = createStage(browser, nodes.a.url.replace('127.0.0.1', 'localhost'));
      await walk([a, b, looks], federationJourneys(a, b, looks, nodes), 1);
    } finally {
      await nodes.stop();
    }
  }
  const madeUp = await startMadeUpNode();
  try {
    const stage = createStage(browser, madeUp.url);
    await walk([stage], madeUpJourneys(stage, madeUp), 0);
  } finally {
    await madeUp.close();
  }
} finally {
  await browser.close();
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
