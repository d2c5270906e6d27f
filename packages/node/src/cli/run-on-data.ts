import { ComityError, quote } from '@comity/protocol/base';
import { restoreNode } from '../compose.ts';
import {
  changeRole,
  disableAccount,
  enableAccount,
  inviteAccount,
  linkAccount,
  listAccounts,
  showAudit,
} from './commands/accounts.ts';
import {
  backup,
  bindToken,
  createToken,
  deleteToken,
  doctor,
  listTokens,
  signIn,
  unbindToken,
} from './commands/administration.ts';
import { eraseAct, eraseObject, listActs, showAct } from './commands/acts.ts';
import { addCollection, explainCollection, listCollections, removeCollection } from './commands/collections.ts';
import type { CommandDeps, ExitCode } from './commands/command.ts';
import { listGiven, listLoans, listRecalls } from './commands/exchange.ts';
import { addFeed, listFeeds, pullFeeds } from './commands/feeds.ts';
import { removeIdentity, setIdentity, showIdentity } from './commands/identity.ts';
import { exportIntel, importIntel, listImports, releaseIntel, searchIntel } from './commands/intel.ts';
import { huntValues } from './commands/hunt.ts';
import { importKnownGood, listKnownGood } from './commands/known-good.ts';
import { activateLaw, diffLaw, showLaw } from './commands/law.ts';
import {
  addWitness,
  checkLedger,
  listWitnesses,
  printLedgerPolicy,
  proveEntry,
  removeWitness,
  restartLedger,
  rotateLedger,
  setQuorum,
  showLedger,
} from './commands/ledger.ts';
import {
  acceptMember,
  inviteMember,
  joinMember,
  listInvitations,
  listMembers,
  pingMember,
  removeMember,
  resumeMember,
  suspendMember,
  withdrawInvitation,
  showHistory,
  showMemberLedger,
} from './commands/members.ts';
import { listLookupOffers, lookupValues } from './commands/lookups.ts';
import { addOutlet, listOutlets, removeOutlet, testOutlet } from './commands/outlets.ts';
import { changeMember, exportRecovery, initMember, rotateMember, showMember } from './commands/own-member.ts';
import {
  disagree,
  holdObject,
  listDeliveries,
  listEvidence,
  listPeers,
  listReceipts,
  recallObject,
  setHandling,
  setQuota,
  syncPeers,
} from './commands/peers.ts';
import { addPush, listPushes, removePush, runPush } from './commands/pushes.ts';
import {
  addRecipient,
  explainSharing,
  listDecisions,
  listRecipients,
  noteStatement,
  removeRecipient,
  setGroup,
} from './commands/sharing.ts';
import { addSource, listSources } from './commands/sources.ts';
import { start } from './commands/start.ts';
import type { AnyTyped, Standalone } from './parse-arguments.ts';
import { findRunningNode, reachNode } from './reach-node.ts';
import type { ReachedNode } from './reach-node.ts';
import { plain, write } from './terminal.ts';

/** Commands on a data folder. */
export type OnData = Exclude<AnyTyped, { command: Standalone['command'] }>;

/** Runs a command on the data folder it names: `start` and `restore` themselves, the others through a node. */
export async function runOnData(typed: OnData, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  const dataDir = typed.flags.data ?? (deps.env['COMITY_DATA'] || 'comity-data');
  if (typed.command === 'start') return await start(typed, dataDir, deps);
  if (typed.command === 'restore') {
    await restoreNode(typed.positionals[0] ?? '', dataDir);
    await write(terminal.stdout, `${plain(dataDir)} restored\n`);
    return 0;
  }
  const node =
    typed.command === 'sign-in'
      ? await findRunningNode(dataDir)
      : await reachNode({ dataDir, creates: creates(typed) }, deps.node);
  if (node === undefined)
    throw new ComityError('NODE_UNREACHABLE', `Cannot sign in: no node runs on ${quote(dataDir)}`);
  try {
    return await ask(typed, node, deps);
  } finally {
    await node.close();
  }
}

/** Commands that bring something in make the data folder; the others would only look into an empty one. */
function creates({ command }: OnData): boolean {
  return /^(?:intel import|feed add|source add|known-good import|token create|account invite|identity set|recipient add|collection add|push add|outlet add|law activate|member init)$/.test(
    command,
  );
}

async function ask(
  typed: Exclude<OnData, { command: 'start' | 'restore' }>,
  { client, running }: ReachedNode,
  { terminal, stop }: CommandDeps,
): Promise<ExitCode> {
  switch (typed.command) {
    case 'sign-in':
      return await signIn(typed, client, terminal);
    case 'intel import':
      return await importIntel(typed, client, terminal, stop);
    case 'intel search':
      return await searchIntel(typed, client, terminal);
    case 'intel export':
      return await exportIntel(typed, client, terminal);
    case 'intel release':
      return await releaseIntel(typed, client, terminal);
    case 'import list':
      return await listImports(typed, client, terminal);
    case 'feed add':
      return await addFeed(typed, client, terminal);
    case 'feed list':
      return await listFeeds(typed, client, terminal);
    case 'feed pull':
      return await pullFeeds(typed, client, { terminal, stop, running });
    case 'source add':
      return await addSource(typed, client, terminal);
    case 'source list':
      return await listSources(typed, client, terminal);
    case 'hunt':
      return await huntValues(typed, client, terminal);
    case 'known-good import':
      return await importKnownGood(typed, client, { terminal, stop, running });
    case 'known-good list':
      return await listKnownGood(typed, client, terminal);
    case 'identity show':
      return await showIdentity(typed, client, terminal);
    case 'identity set':
      return await setIdentity(typed, client, terminal);
    case 'identity remove':
      return await removeIdentity(typed, client, terminal);
    case 'token create':
      return await createToken(typed, client, terminal);
    case 'token list':
      return await listTokens(typed, client, terminal);
    case 'token bind':
      return await bindToken(typed, client, terminal);
    case 'token unbind':
      return await unbindToken(typed, client, terminal);
    case 'token delete':
      return await deleteToken(typed, client, terminal);
    case 'account list':
      return await listAccounts(typed, client, terminal);
    case 'account invite':
      return await inviteAccount(typed, client, terminal);
    case 'account link':
      return await linkAccount(typed, client, terminal);
    case 'account role':
      return await changeRole(typed, client, terminal);
    case 'account disable':
      return await disableAccount(typed, client, terminal);
    case 'account enable':
      return await enableAccount(typed, client, terminal);
    case 'audit':
      return await showAudit(typed, client, terminal);
    case 'share explain':
      return await explainSharing(typed, client, terminal);
    case 'share decisions':
      return await listDecisions(typed, client, terminal);
    case 'share statement':
      return await noteStatement(typed, client, terminal);
    case 'share peers':
      return await listPeers(typed, client, terminal);
    case 'share sync':
      return await syncPeers(typed, client, terminal);
    case 'share handling':
      return await setHandling(typed, client, terminal);
    case 'share quota':
      return await setQuota(typed, client, terminal);
    case 'share deliveries':
      return await listDeliveries(typed, client, terminal);
    case 'share given':
      return await listGiven(typed, client, terminal);
    case 'share loans':
      return await listLoans(typed, client, terminal);
    case 'share recalls':
      return await listRecalls(typed, client, terminal);
    case 'share receipts':
      return await listReceipts(typed, client, terminal);
    case 'share recall':
      return await recallObject(typed, client, terminal);
    case 'share erase':
      return await eraseObject(typed, client, terminal);
    case 'share disagree':
      return await disagree(typed, client, terminal);
    case 'share hold':
      return await holdObject(typed, client, terminal);
    case 'share evidence':
      return await listEvidence(typed, client, terminal);
    case 'member init':
      return await initMember(typed, client, terminal);
    case 'member change':
      return await changeMember(typed, client, terminal);
    case 'member show':
      return await showMember(typed, client, terminal);
    case 'member list':
      return await listMembers(typed, client, terminal);
    case 'member invite':
      return await inviteMember(typed, client, terminal);
    case 'member invitations':
      return await listInvitations(typed, client, terminal);
    case 'member uninvite':
      return await withdrawInvitation(typed, client, terminal);
    case 'member join':
      return await joinMember(typed, client, terminal);
    case 'member accept':
      return await acceptMember(typed, client, terminal);
    case 'member ping':
      return await pingMember(typed, client, terminal);
    case 'member history':
      return await showHistory(typed, client, terminal);
    case 'member ledger':
      return await showMemberLedger(typed, client, terminal);
    case 'member suspend':
      return await suspendMember(typed, client, terminal);
    case 'member resume':
      return await resumeMember(typed, client, terminal);
    case 'member remove':
      return await removeMember(typed, client, terminal);
    case 'member export-recovery':
      return await exportRecovery(typed, client, terminal);
    case 'member rotate':
      return await rotateMember(typed, client, terminal);
    case 'recipient list':
      return await listRecipients(typed, client, terminal);
    case 'recipient add':
      return await addRecipient(typed, client, terminal);
    case 'recipient remove':
      return await removeRecipient(typed, client, terminal);
    case 'recipient group':
      return await setGroup(typed, client, terminal);
    case 'collection list':
      return await listCollections(typed, client, terminal);
    case 'collection add':
      return await addCollection(typed, client, terminal);
    case 'collection explain':
      return await explainCollection(typed, client, terminal);
    case 'collection remove':
      return await removeCollection(typed, client, terminal);
    case 'push list':
      return await listPushes(typed, client, terminal);
    case 'push add':
      return await addPush(typed, client, terminal);
    case 'push run':
      return await runPush(typed, client, terminal);
    case 'push remove':
      return await removePush(typed, client, terminal);
    case 'outlet list':
      return await listOutlets(typed, client, terminal);
    case 'outlet add':
      return await addOutlet(typed, client, terminal);
    case 'outlet test':
      return await testOutlet(typed, client, terminal);
    case 'outlet remove':
      return await removeOutlet(typed, client, terminal);
    case 'ledger':
      return await showLedger(typed, client, terminal);
    case 'ledger fsck':
      return await checkLedger(typed, client, terminal);
    case 'ledger proof':
      return await proveEntry(typed, client, terminal);
    case 'ledger act':
      return await showAct(typed, client, terminal);
    case 'ledger acts':
      return await listActs(typed, client, terminal);
    case 'ledger erase':
      return await eraseAct(typed, client, terminal);
    case 'ledger policy':
      return await printLedgerPolicy(typed, client, terminal);
    case 'ledger rotate':
      return await rotateLedger(typed, client, terminal);
    case 'ledger restart':
      return await restartLedger(typed, client, terminal);
    case 'witness list':
      return await listWitnesses(typed, client, terminal);
    case 'witness add':
      return await addWitness(typed, client, terminal);
    case 'witness remove':
      return await removeWitness(typed, client, terminal);
    case 'witness quorum':
      return await setQuorum(typed, client, terminal);
    case 'lookup':
      return await lookupValues(typed, client, terminal);
    case 'lookup offers':
      return await listLookupOffers(typed, client, terminal);
    case 'law show':
      return await showLaw(typed, client, terminal);
    case 'law diff':
      return await diffLaw(typed, client, terminal);
    case 'law activate':
      return await activateLaw(typed, client, terminal);
    case 'backup':
      return await backup(typed, client, terminal);
    case 'doctor':
      return await doctor(typed, client, terminal);
  }
}
