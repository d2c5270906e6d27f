import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { charterHash, nextCharter } from '@comity/protocol/charter';
import type { Proposed } from '@comity/protocol/charter';
import { makeDecision, makeHistory, makeProposal, makeVotes, nativeCrypto } from '../../../../testkit/src/index.ts';
import { temporaryDir } from '../../node-for-tests.ts';
import { runForTests } from '../command-for-tests.ts';

const { sha256 } = nativeCrypto;
const votes = makeVotes(5, 2);
const id = (index: number): string => votes.voters[index]!.id;

/** A history in which everything happens that can be decided. */
function historyBytes(): Uint8Array {
  let charter = votes.genesis;
  const until = '2027-04-20T00:00:00.000Z';
  const plans: Proposed[] = [
    { action: { type: 'amend', name: 'Another Name' } },
    { action: { type: 'amend-entrenched', colludingMax: 2 } },
    { action: { type: 'admit', member: id(5) } },
    { action: { type: 'emergency', member: id(4), until } },
    { action: { type: 'recover', member: id(4), successor: id(6) } },
    { action: { type: 'blocklist', blocklist: { criteria: [], membersMin: 3, daysMax: 7 } } },
    { action: { type: 'reaffirm', terms: 1 } },
    { action: { type: 'reaffirm', terms: 2 } },
  ];
  const decisions = plans.map((proposed) => {
    const proposal = makeProposal(charter, proposed, votes.voters.slice(0, 2), {
      opensAt: '2027-01-15T00:00:00.000Z',
      effectiveAt: '2027-06-01T00:00:00.000Z',
    });
    const ballots = votes.voters.map((voter, index) => ({ voter, choice: index === 3 ? 'no' : 'yes' }) as const);
    const all = proposed.action.type === 'amend-entrenched';
    const decision = makeDecision(
      votes,
      proposal,
      all ? ballots.map((ballot) => ({ ...ballot, choice: 'yes' as const })) : ballots,
      votes.voters.slice(0, 5),
    );
    charter = nextCharter(charter, proposed, sha256) ?? charter;
    return decision;
  });
  return makeHistory(votes, decisions);
}

test('a history is told in plain words by a file alone, and compared with the first charter one knows', async (context) => {
  const file = join(temporaryDir(context), 'history');
  writeFileSync(file, historyBytes());
  const run = async (...argv: string[]) => await runForTests(['charter', 'verify', file, ...argv], '', {});
  const told = await run();
  assert.deepEqual([told.code, told.err], [0, '']);
  for (const line of [
    /^2027-03-25 amend name: passed, charter 1 \(4 yes of 4 needed, 1 no, 0 abstain, 5 confirmed\)$/m,
    /^ {2}put forward by Team \d, Team \d: Because it is better so$/m,
    /^ {2}no of Team 3: I would rather not$/m,
    /^ {2}a ballot of Team 5 does not count: no-voter$/m,
    /amend-entrenched colludingMax: passed, charter 2/,
    /admit Team 5: passed, charter 3/,
    /keep Team 4 from common goods until 2027-04-20: passed \(/,
    /Team 4 goes on as Team 6: passed, charter 4/,
    /change the criteria of the common blocklist: passed, charter 5/,
    /re-affirm the charter, 1 term: passed/,
    /re-affirm the charter, 2 terms: passed, charter 7/,
    /^all 8 decisions follow from the first charter$/m,
  ])
    assert.match(told.out, line);
  const federation = charterHash(votes.genesis, sha256);
  assert.equal((await run('--federation', federation)).code, 0);
  const other = await run('--federation', 'ab'.repeat(32));
  assert.deepEqual([other.code, other.out.includes('which is not the one you named')], [1, true]);
  const json = JSON.parse((await run('--json')).out) as { proven: boolean; decisions: { yes: number }[] };
  assert.deepEqual([json.proven, json.decisions.length, json.decisions[0]!.yes], [true, 8, 4]);
});

test('a history that does not follow, is none, is too long, or is not there is refused', async (context) => {
  const file = join(temporaryDir(context), 'history');
  const run = async (name = file) => await runForTests(['charter', 'verify', name], '', {});
  const text = new TextDecoder().decode(historyBytes());
  // Nobody of those who vote is known by a descriptor that was taken out.
  writeFileSync(
    file,
    text
      .split('\n')
      .filter((line) => !line.startsWith('{"descriptors"'))
      .join('\n'),
  );
  const told = await run();
  assert.deepEqual([told.code, /cannot be decided: unsponsored/.test(told.out)], [1, true]);
  assert.match(told.out, /the last of these does not follow/);
  assert.match(told.out, /a ballot of [0-9a-f]{4}-[0-9a-f]{4}/);
  writeFileSync(file, '{}');
  assert.equal((await run()).code, 2);
  truncateSync(file, 256 * 1024 * 1024 + 1);
  assert.match((await run()).err, /at most 268435456 are read/);
  assert.match((await run(`${file}-none`)).err, /no such file/);
});
