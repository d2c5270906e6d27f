import type { Store } from '../store/index.ts';
import { openDecisionBook } from './book/decision-book.ts';
import { openLawBook } from './book/law-book.ts';
import { openRecipientBook, recipientFacets } from './book/recipient-book.ts';
import { openStatementBook } from './book/statement-book.ts';
import { noCharter } from './decide/charter.ts';
import { facetsOf } from './decide/facets-of.ts';
import type { FacetsDeps } from './decide/facets-of.ts';
import { memoisedDecide } from './decide/memoised.ts';
import type { Decide } from './decide/memoised.ts';
import { openArrivals } from './entry/open-arrivals.ts';
import { openExit } from './exit/open-exit.ts';
import { reasonsOf } from './book/reasons-of.ts';
import { assumedChannel, compareLaws, countShares, explain } from './explain.ts';
import { parseLaw } from './law/law.ts';
import type { Law } from './law/law.ts';
import type { Arrivals, Sharing, SharingDeps } from './sharing.ts';

/** Opens sharing on a store whose schemas include `sharingSchema`. The law is read when something is first decided. */
export function openSharing(store: Pick<Store, 'reader' | 'write'>, deps: SharingDeps): Sharing {
  const recipients = openRecipientBook(store);
  const laws = openLawBook(store, deps);
  const decisions = openDecisionBook(store, deps);
  const statements = openStatementBook(store, deps);
  const nowUs = (): number => deps.clock() * 1000;
  const facetsDeps: FacetsDeps = {
    findMarking: deps.findMarking,
    find: deps.findObject,
    isRead: (statement) => statements.isRead(statement),
    hopsLeftOf: deps.hopsLeftOf,
  };
  let current: { readonly law: Law; readonly decide: Decide } | undefined;
  let arrivals: { readonly edition: object; readonly open: Arrivals } | undefined;
  let edition: { readonly law: Law; readonly recipients: object; readonly statements: object } | undefined;

  /** Under the law in force. */
  function decideNow(): Decide {
    const { law } = laws.active();
    if (current?.law !== law) current = { law, decide: memoisedDecide({ charter: noCharter, law }) };
    return current.decide;
  }

  function editionNow(): object {
    const now = { law: laws.active().law, recipients: recipients.edition(), statements: statements.edition() };
    const isSame =
      edition?.law === now.law && edition.recipients === now.recipients && edition.statements === now.statements;
    return isSame ? edition! : (edition = now);
  }

  return {
    recipients,
    laws,
    decide: (object, recipient, action, channel = assumedChannel) =>
      decideNow()(facetsOf(object, nowUs(), facetsDeps), recipientFacets(recipient, channel), action),
    openExit: (options) =>
      openExit(options, { ...facetsDeps, decide: decideNow(), lawHash: laws.active().law.hash, decisions, nowUs }),
    openArrivals() {
      const now = editionNow();
      if (arrivals?.edition !== now) {
        const owner = recipientFacets(recipients.get('owner'), assumedChannel);
        const rules = { decide: decideNow(), lawHash: laws.active().law.hash };
        const open = openArrivals({ ...facetsDeps, ...rules, owner, decisions, nowUs });
        arrivals = { edition: now, open };
      }
      return arrivals.open;
    },
    explain: (object, to) =>
      explain(facetsOf(object, nowUs(), facetsDeps), to === undefined ? recipients.list() : [to], decideNow()),
    countShares: (objects, to) =>
      countShares(to, objects, (object) => facetsOf(object, nowUs(), facetsDeps), decideNow()),
    async diff(text, objects) {
      const law = parseLaw(text);
      const from = decideNow();
      const to = memoisedDecide({ charter: noCharter, law });
      const facets = (object: Parameters<typeof facetsOf>[0]) => facetsOf(object, nowUs(), facetsDeps);
      const compared = await compareLaws({ from, to }, recipients.list(), objects, facets);
      return { fromHash: laws.active().entry.hash, toHash: law.hash, ...compared };
    },
    edition: editionNow,
    readStatement: (statement, by) => statements.note(statement, by),
    decisions: (query) => decisions.find(query),
    reasonsOf: (kept) => reasonsOf(kept, laws),
    backlog: () => decisions.state(),
    close: () => decisions.flush(),
  };
}
