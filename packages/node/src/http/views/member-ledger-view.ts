import { base64Of, ComityError, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { MemberLedgerView, MemberView } from '@comity/protocol/api';
import { openCheckpoint, printVerifierKey } from '@comity/protocol/tlog';
import { createNativeCrypto } from '../../ledger/index.ts';
import type { Transparency } from '../../ledger/index.ts';
import type { Members } from '../../members/index.ts';
import { instantOfMs, optional } from './instants.ts';

type MemberLog = ReturnType<Members['logs']>[number];

interface ViewDeps {
  readonly monitor: Transparency['monitor'];
  readonly witnesses: ReturnType<Members['witnesses']>;
  readonly nameOfMember: (member: MemberId) => string;
}

/** A member's ledger as it was seen here: what the monitor keeps and says of it. */
export function memberLedgerView(log: MemberLog, deps: ViewDeps): MemberLedgerView {
  const { origin, url, keys } = log;
  const { monitor } = deps;
  const seen = monitor.latest(origin);
  return {
    origin,
    url,
    keys: keys.map(printVerifierKey),
    ...(seen !== undefined && {
      checked: {
        size: seen.size,
        root: base64Of(seen.root),
        seenAt: timestampOfUs(seen.seenUs),
        cosignatures: cosignaturesOf(seen.note, log, deps),
      },
    }),
    isFresh: monitor.isFresh(origin),
    isTrusted: monitor.isTrusted(origin),
    alarms: alarmsOf(log, monitor).map(({ kind, reason, since }) => ({ kind, reason, since: instantOfMs(since) })),
  };
}

/** The same in short, for a list. */
export function memberLedgerSummary(log: MemberLog, monitor: ViewDeps['monitor']): NonNullable<MemberView['ledger']> {
  const { origin } = log;
  return {
    origin,
    ...optional('size', monitor.latest(origin)?.size),
    isFresh: monitor.isFresh(origin),
    isTrusted: monitor.isTrusted(origin),
    alarms: alarmsOf(log, monitor).filter(({ kind }) => kind !== 'stale').length,
  };
}

/** Alarms about a log, and about whoever owes it something. */
function alarmsOf({ origin, member }: MemberLog, { alarms }: ViewDeps['monitor']) {
  return alarms.list().filter(({ about }) => about === origin || about === member);
}

/** Who cosigned, each with the newest time it states. The note holds what known keys signed then: of keys that are known no more nothing is said. */
function cosignaturesOf(
  note: string,
  { origin, keys, formerKeys, member }: MemberLog,
  { witnesses, nameOfMember }: ViewDeps,
) {
  const others = witnesses.filter((witness) => witness.member !== member);
  const ownerOf = new Map(others.flatMap((witness) => witness.keys.map((key) => [key, witness.member] as const)));
  const { ofWitnesses } = openSeen();
  const newest = new Map<MemberId, number>();
  for (const { key, timeSeconds = 0 } of ofWitnesses) {
    const owner = ownerOf.get(key);
    if (owner !== undefined && timeSeconds > 0) newest.set(owner, Math.max(timeSeconds, newest.get(owner) ?? 0));
  }
  return [...newest].map(([owner, seconds]) => ({ name: nameOfMember(owner), at: instantOfMs(seconds * 1000) }));

  /** Two members may have agreed to use one key for log and witness: then nobody here says who cosigned, and nothing else is wrong. */
  function openSeen() {
    const log = { origin, keys: [...keys, ...formerKeys.map(({ key }) => key)] };
    try {
      return openCheckpoint(note, log, [...ownerOf.keys()], createNativeCrypto());
    } catch (error) {
      if (error instanceof ComityError) return { ofWitnesses: [] };
      throw error;
    }
  }
}
