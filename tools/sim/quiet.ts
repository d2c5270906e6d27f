import type { Receipt } from '@comity/protocol/peer';
import { digestOfObject } from '@comity/protocol/peer';
import { createRandom } from '@comity/testkit';
import { objectId, objectText } from './objects.ts';
import type { LightRow } from './light-intel.ts';
import type { Simulation } from './run-script.ts';
import type { SimMember } from './sim-member.ts';
import { fair } from './sim-network.ts';

const roundsMax = 12;

/** Everybody is up, heard and trusted again, and exchanges until nothing is new. */
export async function makeUp(simulation: Simulation): Promise<void> {
  const { members, network, time } = simulation;
  network.weather = fair;
  network.sides = 0;
  network.throwDice(createRandom(1));
  for (const member of members) {
    member.slowMs = 0;
    member.skewMs = 0;
    member.stopAfterNothing();
    await simulation.startMember(member);
  }
  // Whoever waits for witnesses asks them again within half a minute.
  await time.advance(40_000);
  for (const member of members) {
    for (const whom of members) simulation.suspend(member, whom, false);
    const { federation } = member.parts;
    for (const { id, number } of member.peers) {
      const quota = { ...federation.quotaOf(id), itemsPerDay: 1e6, objects: 1e6 };
      simulation.begin(member, `quota ${number}`, () => federation.setQuota(id, quota));
    }
    for (const key of simulation.held) {
      const [holder, object] = key.split(' ').map(Number);
      if (holder !== member.number) continue;
      simulation.begin(member, `release ${object}`, () => member.parts.federation.hold(objectId(object!), undefined));
    }
    const { ledger } = member.parts;
    if (ledger.status().logs.at(-1)?.frozen !== undefined) await ledger.restart();
  }
  // What was refused for a reason that passes is lent anew a day later; receipts of a clock that was ahead are believed by then.
  await exchangeAll(simulation);
  for (let day = 0; day < (simulation.script.steps.some((step) => step.do === 'clock') ? 2 : 1); day += 1) {
    await time.leap(25 * 3_600_000);
    await exchangeAll(simulation);
  }
  for (const member of members) simulation.begin(member, 'check', () => member.parts.monitor.check());
  await time.advance(1000);
}

async function exchangeAll(simulation: Simulation): Promise<void> {
  const { members, time } = simulation;
  for (let round = 0; round < roundsMax; round += 1) {
    const before = placeOf(simulation);
    for (const member of members) simulation.begin(member, 'publish', () => member.parts.federation.publish());
    await time.advance(120);
    for (const member of members) {
      const states = new Map(member.parts.federation.states().map((state) => [state.member, state]));
      for (const peer of member.peers) {
        const { after = 0, receiptsDue = 0 } = states.get(peer.id) ?? {};
        // As a hint would say.
        const isNews = receiptsDue > 0 || peer.parts.federation.lastPut(member.id) !== after;
        if (round === 0 || isNews) simulation.sync(member, peer);
      }
    }
    await time.advance(150);
    if (placeOf(simulation) === before && round > 0) break;
  }
}

/** Changes whenever something moved. */
function placeOf({ members }: Simulation): string {
  return members
    .flatMap((member) => [
      member.parts.own.size(),
      ...member.parts.federation
        .states()
        .map(({ after, acknowledged, receiptsDue }) => `${after} ${acknowledged} ${receiptsDue}`),
    ])
    .join();
}

/** What must be when everything is quiet. */
export async function checkEnd(simulation: Simulation): Promise<void> {
  simulation.check();
  const honest = simulation.members.filter((member) => !simulation.isLiar(member));
  for (const member of honest) {
    checkConverged(simulation, member);
    checkReceipts(simulation, member);
    checkAccused(simulation, member);
    checkWithheld(simulation, member);
    checkTold(simulation, member);
    await checkLedger(simulation, member);
  }
}

/** Whether no evidence of two trees is held against a member. */
function isTrusted(member: SimMember, other: SimMember): boolean {
  return other.parts.ledger.status().logs.every(({ origin }) => member.parts.monitor.isTrusted(origin));
}

/** What each member's owner would have it have. An owner that went back to a backup knows not what it said meanwhile. */
function checkConverged(simulation: Simulation, member: SimMember): void {
  const { oracle, told, restored } = simulation;
  for (const object of told.keys()) {
    const owner = simulation.owner(object);
    const known = owner.intel.rows.get(objectId(object));
    if (owner === member || simulation.isLiar(owner) || known === undefined || !isTrusted(member, owner)) continue;
    const stated = owner.store.reader
      .prepare<{ digest: string; recalled: number }>(
        'select s.digest, s.recalled from peer_stated s join peer_object o on o.ref = s.object_ref where o.id = ?',
      )
      .get(objectId(object));
    const digestOf = ({ text }: LightRow): string => digestOfObject(text, (bytes) => owner.sha256(bytes));
    const isRecalled = stated?.recalled === 1 && stated.digest === digestOf(known);
    const row = member.intel.rows.get(objectId(object));
    const isUsed = row !== undefined && member.intel.isUsed(row);
    const isPeer = member.peers.has(owner);
    const { tlp } = known;
    const mayNot = isRecalled || tlp === 'red' || tlp === 'amber+strict' || (tlp === 'amber' && !isPeer);
    const about = `${member.host} and object ${object} of ${owner.host} (${tlp}${isRecalled ? ', recalled' : ''})`;
    if (mayNot && isUsed && !restored.has(owner) && !isLentByLiarsAlone(simulation, member, object))
      oracle.violate('when all is quiet nobody has what it may not have', about);
    if (told.get(object)?.isRecalled === true && stated?.recalled !== 1 && !restored.has(owner))
      oracle.violate('what was acknowledged is never lost', about);
    // What it said last and lost had the newer date, and that is what its others keep.
    const hasLost = restored.has(owner) && known.text !== textToldLast(simulation, object);
    if (mayNot || !isPeer || hasLost) continue;
    if (!isUsed) oracle.violate('when all is quiet everybody has what it may have', about);
    else if (digestOf(row) !== digestOf(known)) oracle.violate('when all is quiet everybody has the newest', about);
  }
}

/** A liar that keeps a recall to itself and lends what was recalled is ended by the lease alone. */
function isLentByLiarsAlone(simulation: Simulation, member: SimMember, object: number): boolean {
  const { loans } = simulation.oracle.modelOf(member);
  const running = (loans.get(objectId(object)) ?? []).filter(({ untilMs }) => untilMs > member.clock());
  const liars = new Set(simulation.members.filter((each) => simulation.isLiar(each)).map(({ id }) => id));
  return running.every(({ sender }) => liars.has(sender));
}

function textToldLast({ told }: Simulation, object: number): string {
  const { revision, tlp } = told.get(object)!;
  return objectText(object, revision, tlp);
}

function checkReceipts(simulation: Simulation, member: SimMember): void {
  const { oracle, restored } = simulation;
  const { federation } = member.parts;
  for (const state of federation.states()) {
    const peer = simulation.members.find(({ id }) => id === state.member)!;
    if (simulation.isLiar(peer) || restored.has(member) || restored.has(peer)) continue;
    if (state.waiting > 0 || state.receiptsDue > 0) {
      const { waiting, receiptsDue, failure } = state;
      oracle.violate(
        'receipts are complete',
        `${member.host} with ${peer.host}: ${JSON.stringify({ waiting, receiptsDue, failure })}`,
      );
    }
  }
  if (restored.has(member)) return;
  const entries = entriesOf(member);
  for (const { from, to, entry } of oracle.batches.values()) {
    if (from === member && !entries.has(entry)) {
      oracle.violate('what was sent stands in its sender’s ledger', `${member.host} to ${to.host}`);
    }
  }
  const kept = member.store.reader.prepare<{ text: string }>('select text from peer_receipt').all();
  for (const { text } of kept) {
    const { receipt } = JSON.parse(text) as { receipt: Receipt };
    const by = simulation.members.find(({ id }) => id === receipt.from)!;
    if (simulation.isLiar(by) || restored.has(by) || entriesOf(by).has(receipt.act.entry)) continue;
    oracle.violate('what was taken stands in its receiver’s ledger', `${by.host} from ${member.host}`);
  }
}

function entriesOf(member: SimMember): ReadonlySet<string> {
  const rows = member.store.reader.prepare<{ entry: Uint8Array }>('select entry from ledger_entry').all();
  return new Set(rows.map(({ entry }) => Buffer.from(entry).toString('base64')));
}

function checkAccused(simulation: Simulation, member: SimMember): void {
  const { federation, monitor } = member.parts;
  for (const accused of simulation.members) {
    if (simulation.isLiar(accused)) continue;
    const isOfStatements = federation.evidence().some((each) => each.member === accused.id);
    // Whoever goes back to a backup while nobody can be asked who saw more tells a second story: what may not be is that witnesses believe it.
    const isOfTrees =
      !simulation.restored.has(accused) &&
      monitor.evidence().some(({ origin }) => origin.startsWith(`${accused.host}/`));
    if (isOfStatements || isOfTrees) {
      const what = isOfStatements ? federation.evidence()[0]!.text : 'two trees';
      simulation.oracle.violate('nobody honest is accused', `${member.host} accuses ${accused.host}: ${what}`);
    }
  }
}

/** Longest a receipt's act may be missing, and how long it is told of: what lies between must be told. */
const missingMs = { least: 24.5 * 3_600_000, most: 30 * 86_400_000 };

/** Whoever signs for acts it does not write down is found out, and nobody else is said to. */
function checkWithheld(simulation: Simulation, member: SimMember): void {
  const { oracle, restored } = simulation;
  if (restored.has(member)) return;
  const kept = member.store.reader
    .prepare<{ at_us: number; text: string }>('select at_us, text from peer_receipt')
    .all()
    .map(({ at_us: atUs, text }) => ({
      ageMs: member.clock() - atUs / 1000,
      ...(JSON.parse(text) as { receipt: Receipt }),
    }));
  for (const peer of member.peers) {
    const { logs } = peer.parts.ledger.status();
    // What was in a log that ended may be seen no more, and what is in the true one is in none that is shown instead, of which others tell.
    const isElsewhere = logs.length > 1 || peer.showsFork.size > 0;
    if (isElsewhere || restored.has(peer) || !isTrusted(member, peer)) continue;
    const isTold = member.parts.monitor.alarms
      .list()
      .some(({ kind, about }) => kind === 'withheld' && about === peer.origin);
    const entries = entriesOf(peer);
    const missing = kept.filter(({ receipt }) => receipt.from === peer.id && !entries.has(receipt.act.entry));
    if (isTold && missing.length === 0)
      oracle.violate('nobody is said to withhold what is there', `${member.host} says it of ${peer.host}`);
    if (!isTold && missing.some(({ ageMs }) => ageMs >= missingMs.least && ageMs < missingMs.most))
      oracle.violate('an act that is withheld is told', `${peer.host} withholds from ${member.host}`);
  }
}

/** What was found so long ago was told by now. */
const toldAfterMs = 20 * 3_600_000;

/** What one member can show of another, those it exchanges with know too. */
function checkTold(simulation: Simulation, member: SimMember): void {
  const { oracle, restored } = simulation;
  for (const { member: accused, kind, foundUs } of member.parts.federation.evidence()) {
    if (kind !== 'contradiction' || member.clock() - foundUs / 1000 < toldAfterMs) continue;
    for (const peer of member.peers) {
      const isOut = simulation.isLiar(peer) || restored.has(peer) || restored.has(member) || !isTrusted(peer, member);
      if (isOut || ![...peer.peers].some(({ id }) => id === accused)) continue;
      if (!peer.parts.federation.evidence().some((each) => each.member === accused))
        oracle.violate('evidence is told', `${peer.host} does not know what ${member.host} can show`);
    }
  }
}

async function checkLedger(simulation: Simulation, member: SimMember): Promise<void> {
  const faults = await Array.fromAsync(member.parts.ledger.check());
  for (const { path, reason } of faults)
    simulation.oracle.violate('ledgers are sound', `${member.host}: ${path}: ${reason}`);
}
