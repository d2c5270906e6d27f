import { base64Of, ComityError } from '@comity/protocol/base';
import type { Clock, MemberId } from '@comity/protocol/base';
import { leafHash, openCheckpoint, parseCheckpoint, parseNote } from '@comity/protocol/tlog';
import type { TlogCrypto, VerifierKey } from '@comity/protocol/tlog';
import type { FederationDeps, OtherLedgers, OwnLedger } from './federation/index.ts';
import type { Transparency } from './ledger/index.ts';

/** A member's checkpoint counts for what it sent at once; that it fits all else that was seen of that log is looked at beside. */
export function otherLedgers(
  { monitor }: Pick<Transparency, 'monitor'>,
  deps: {
    readonly logOf: (
      origin: string,
    ) => { readonly member: MemberId; readonly keys: readonly VerifierKey[] } | undefined;
    readonly nameOf: (member: MemberId) => string;
    readonly crypto: TlogCrypto;
    readonly onFault: (message: string, error: unknown) => void;
  },
): OtherLedgers {
  return {
    observe(member, note) {
      const { origin } = parseCheckpoint(parseNote(note).text);
      const log = deps.logOf(origin);
      if (log === undefined || log.member !== member) {
        throw new ComityError('LEDGER_UNPROVEN', `Cannot trust ${deps.nameOf(member)}: ${origin} is no ledger of it`);
      }
      if (!monitor.isTrusted(origin)) {
        throw new ComityError('CONFLICT', `Cannot trust ${deps.nameOf(member)}: its ledger told two stories`);
      }
      const { checkpoint } = openCheckpoint(note, { origin, keys: log.keys }, [], deps.crypto);
      monitor.observe(note).catch((error: unknown) => deps.onFault('Cannot look at a ledger', error));
      return Promise.resolve(checkpoint);
    },
    seen: () => monitor.list().map(({ note }) => note),
    async hear(_from, notes) {
      for (const note of notes) await monitor.observe(note);
    },
  };
}

/** A receipt's act has so long to stand in the ledger of whoever signed it ([peer protocol](../../../docs/spec/peer.md) §11). */
const actDueUs = 86_400_000_000;
/** A clock may have been put right between an act and its receipt. */
const clockSlackUs = 3_600_000_000;

/** Has a member's ledger watched for the act its receipt names: who signs and does not write down is found out. */
export function expectAct(
  { monitor }: Pick<Transparency, 'monitor'>,
  { clock, crypto }: { readonly clock: Clock; readonly crypto: Pick<TlogCrypto, 'sha256'> },
): FederationDeps['onReceipt'] {
  return (db, member, { entry, first, last, sinceUs }) =>
    monitor.expect(db, {
      owner: member,
      leafHash: leafHash(entry, crypto.sha256),
      what: first === last ? `item ${first}` : `items ${first} to ${last}`,
      sinceUs: sinceUs - clockSlackUs,
      dueUs: clock() * 1000 + actDueUs,
    });
}

/** The ledger as sending needs it. */
export function ownLedger({ ledger }: Pick<Transparency, 'ledger'>): OwnLedger {
  let last: ReturnType<typeof ledger.append> | undefined;
  return {
    origin: () => ledger.log()?.origin ?? '',
    append(db, entry) {
      last = ledger.append(db, entry);
      return last.id;
    },
    indexOf: (act) => ledger.stateOf(act)?.index,
    actAt(index) {
      const log = ledger.log();
      return log !== undefined && index < log.size ? log.firstId + index : undefined;
    },
    entryOf: (act) => ledger.entryOf(act),
    size: () => ledger.log()?.size ?? 0,
    head: () => ledger.sign(),
    inclusion: async (index, size) => (await ledger.inclusion(index, size)).map(base64Of),
    async settled() {
      await last?.sequenced();
    },
  };
}
