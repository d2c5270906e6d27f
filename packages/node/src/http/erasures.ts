import type { AuditAct, ErasureView } from '@comity/protocol/api';
import type { AuditBook } from '../audit/index.ts';
import type { ErasureOrder } from '../federation/index.ts';
import type { Store } from '../store/index.ts';
import type { Access, Actor } from './access/index.ts';

export interface ErasuresDeps {
  readonly access: Pick<Access, 'accounts' | 'proposals'>;
  readonly audit: Pick<AuditBook, 'append'>;
  readonly store: Pick<Store, 'write' | 'noting' | 'foldIn'>;
}

/** Something somebody wants erased. */
export interface ErasureWish {
  /** What a second person has to name too: `act 7`, the id of an object. */
  readonly about: string;
  readonly reason: ErasureOrder['reason'];
  /** The account that wants it. */
  readonly by: string;
  readonly actor: Actor;
  /** What the trail calls it when it was done. */
  readonly act: AuditAct;
}

/**
 * Erases as soon as enough people want it: two, where two have the right to govern (docs/adr/0021-people.md). Whoever is first proposes; a
 * second who wants the same for another reason proposes instead.
 *
 * @param erase - Its first write also notes who wanted it.
 */
export async function eraseWhenAgreed(
  { about, reason, by, actor, act }: ErasureWish,
  { access, audit, store }: ErasuresDeps,
  erase: (order: ErasureOrder) => Promise<unknown>,
): Promise<ErasureView> {
  const { accounts, proposals } = access;
  const key = `erase ${about}`;
  const others = accounts.peopleWith('govern').filter((name) => name !== by);
  const waiting = proposals.find([key]).get(key);
  const isAgreed = waiting?.reason === reason && others.includes(waiting.by);
  if (others.length > 0 && !isAgreed) {
    await store.write((db) => {
      proposals.propose(db, [key], { by, reason });
      audit.append(db, { ...actor, act: 'erasure.proposed', about, details: { reason } });
    });
    return { state: 'proposed', reason, approvals: 1 };
  }
  const order: ErasureOrder = { reason, approvals: isAgreed ? 2 : 1 };
  await store.noting(
    (db) => {
      proposals.drop(db, [key]);
      audit.append(db, { ...actor, act, about, details: { reason, ...(isAgreed && { proposedBy: waiting.by }) } });
    },
    () => erase(order),
  );
  // Until here what was erased still lies in the log that is written ahead.
  await store.foldIn();
  return { state: 'erased', ...order };
}
