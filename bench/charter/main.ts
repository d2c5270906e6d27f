import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import {
  charterHash,
  electorateOf,
  nextCharter,
  parseDecision,
  verifyAhead,
  verifyChain,
} from '../../packages/protocol/src/charter/index.ts';
import type { Charter, Decision } from '../../packages/protocol/src/charter/index.ts';
import { createNativeCrypto } from '../../packages/node/src/keys/index.ts';
import { makeDecision, makeProposal, makeVotes } from '../../packages/testkit/src/index.ts';
import { median, round } from '../screen/measure.ts';

/**
 * `npm run bench -- charter [--json] [--quick]`: a federation of two hundred members replayed from its first charter, a thousand
 * decisions of all of them; and the size of one decision.
 */
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const memberCount = 200;
const decisionCount = options.quick ? 200 : 1000;
const runs = options.quick ? 1 : 3;
const [witnessCount, quorum] = [9, 6];
const crypto = createNativeCrypto();

const votes = makeVotes(memberCount, 0, { witnessCount, quorum });
const decisions: Decision[] = [];
let aloneBytes = 0;
let charter: Charter = votes.genesis;
for (let number = 1; number <= decisionCount; number++) {
  const proposed = { action: { type: 'amend', name: `Federation ${number}` } } as const;
  const proposal = makeProposal(charter, proposed, votes.voters.slice(0, 1));
  const ballots = votes.voters.map((voter, index) => ({ voter, choice: index % 5 === 0 ? 'no' : 'yes' }) as const);
  const { confirming } = electorateOf(charter, proposal, new Set());
  const confirmers = ballots.flatMap(({ voter, choice }) => (choice === 'yes' ? voter : [])).slice(0, confirming);
  // Whoever assembles one shows all ballots, and of cosignatures and confirmations as many as it takes.
  const witnesses = votes.witnesses.slice(0, quorum);
  const decision = makeDecision({ ...votes, witnesses }, proposal, ballots, confirmers);
  aloneBytes = JSON.stringify(decision).length;
  // A history proves the acts of each member by the newest alone.
  decisions.push(number === decisionCount ? decision : { ...decision, heads: [] });
  charter = nextCharter(charter, proposed, crypto.sha256)!;
}
const texts = decisions.map((decision) => JSON.stringify(decision));

/** Seconds of the clock and of processors one replay takes, reading included. */
async function replay(isAhead: boolean): Promise<{ seconds: number; cpuSeconds: number }> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const read = texts.map((text) => parseDecision(text));
  const own = createNativeCrypto();
  const { isWhole, current } = verifyChain(
    votes.genesis,
    read,
    votes.roll,
    isAhead ? await verifyAhead(votes.genesis, read, votes.roll, own) : own,
  );
  if (!isWhole || current.hash !== charterHash(charter, crypto.sha256))
    throw new Error('Cannot measure: the history does not follow');
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}

async function measure(isAhead: boolean) {
  const taken = [];
  for (let run = 0; run < runs; run++) taken.push(await replay(isAhead));
  const seconds = taken.map((each) => each.seconds);
  return {
    seconds: { median: round(median(seconds)), least: round(Math.min(...seconds)), most: round(Math.max(...seconds)) },
    cpu_seconds: round(median(taken.map((each) => each.cpuSeconds))),
  };
}

const report = {
  members: memberCount,
  decisions: decisionCount,
  witnesses: `${quorum} of ${witnessCount}`,
  replay: await measure(true),
  replay_on_one_thread: await measure(false),
  decision_alone_bytes: aloneBytes,
  history_bytes: texts.reduce((sum, { length }) => sum + length, 0),
  machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  load_average: round(loadavg()[0] ?? 0),
  runs,
};
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);
