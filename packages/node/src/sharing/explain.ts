import type {
  Channel,
  Decision,
  DecisionReason,
  ObjectFacets,
  RecipientFacets,
  RecipientKind,
  SharingAction,
} from '@comity/protocol/sharing';
import { recipientFacets } from './book/recipient-book.ts';
import type { Decide } from './decide/memoised.ts';
import type { ShareableObject } from './decide/shareable.ts';
import type { Explained, LawChange, LawDiff, Recipient, ShareCounts } from './sharing.ts';

/** The way assumed when nothing is sent: as peers and HTTPS are. */
export const assumedChannel: Channel = { encrypted: true, hidesOrigin: false };

/** What is worth asking of a kind of recipient. */
const usesOf: Readonly<Record<RecipientKind, readonly SharingAction[]>> = {
  owner: ['show', 'store', 'match', 'block'],
  person: ['show'],
  organisation: ['forward', 'match', 'block'],
  client: ['forward', 'match', 'block'],
  member: ['forward', 'match', 'block'],
  public: ['publish', 'block', 'query-outside'],
};
const examplesMax = 5;
/** Distinct facets that are remembered at once. */
const distinctMax = 10_000;
const reasonsMax = 10;

export function explain(facets: ObjectFacets, recipients: readonly Recipient[], decide: Decide): readonly Explained[] {
  return recipients.flatMap((recipient) => {
    const asked = recipientFacets(recipient, assumedChannel);
    return usesOf[recipient.kind].map((action) => ({ recipient, action, decision: decide(facets, asked, action) }));
  });
}

/**
 * What recipients get of some objects, and what of the rest they do not. Objects of the same facets are decided once: many of them
 * cost little more than reading.
 */
export async function countShares(
  recipients: readonly Recipient[],
  objects: AsyncIterable<readonly ShareableObject[]>,
  facetsOf: (object: ShareableObject) => ObjectFacets,
  decide: Decide,
): Promise<ShareCounts> {
  const counts = recipients.map((recipient) => new ShareCount(recipient));
  let alike = new Map<string, { readonly facets: ObjectFacets; objects: number }>();
  let total = 0;
  const settle = (): void => {
    for (const { facets, objects: count } of alike.values()) for (const each of counts) each.add(facets, count, decide);
    alike = new Map();
  };
  for await (const batch of objects) {
    total += batch.length;
    for (const object of batch) {
      const facets = facetsOf(object);
      const key = JSON.stringify(facets);
      const known = alike.get(key);
      if (known === undefined) alike.set(key, { facets, objects: 1 });
      else known.objects += 1;
    }
    if (alike.size >= distinctMax) settle();
  }
  settle();
  return { objects: total, rows: counts.map((each) => each.row()) };
}

class ShareCount {
  readonly #recipient: Recipient;
  readonly #asked: RecipientFacets;
  readonly #action: SharingAction;
  readonly #reasons = new Map<string, { readonly reason: DecisionReason; objects: number }>();
  #allowed = 0;
  #denied = 0;

  constructor(recipient: Recipient) {
    this.#recipient = recipient;
    this.#asked = recipientFacets(recipient, assumedChannel);
    this.#action = givenBy(recipient.kind);
  }

  add(facets: ObjectFacets, objects: number, decide: Decide): void {
    const { result, reasons } = decide(facets, this.#asked, this.#action);
    if (result === 'allow') {
      this.#allowed += objects;
      return;
    }
    this.#denied += objects;
    for (const reason of reasons) {
      const known = this.#reasons.get(reason.ruleId) ?? { reason, objects: 0 };
      known.objects += objects;
      this.#reasons.set(reason.ruleId, known);
    }
  }

  row(): ShareCounts['rows'][number] {
    const most = [...this.#reasons.values()].toSorted((one, other) => other.objects - one.objects);
    const counted = { allowed: this.#allowed, denied: this.#denied, reasons: most.slice(0, reasonsMax) };
    return { recipient: this.#recipient, ...counted };
  }
}

/** What an exit asks when it hands an object to a kind of recipient. */
function givenBy(kind: RecipientKind): SharingAction {
  if (kind === 'owner' || kind === 'person') return 'show';
  return kind === 'public' ? 'publish' : 'forward';
}

/** One use by one recipient that two laws answer differently, for objects of the same facets. */
interface Difference {
  readonly key: string;
  readonly recipient: string;
  readonly action: SharingAction;
  /** What the new law answers, and why. */
  readonly decision: Decision;
}

interface Total {
  readonly difference: Difference;
  objects: number;
  readonly examples: LawChange['examples'][number][];
}

/** The laws that are compared. */
export interface TwoLaws {
  readonly from: Decide;
  readonly to: Decide;
}

/**
 * Compares two laws on objects. Objects of the same facets are decided once: a million of them cost little more than reading.
 */
export async function compareLaws(
  laws: TwoLaws,
  recipients: readonly Recipient[],
  objects: AsyncIterable<readonly ShareableObject[]>,
  facetsOf: (object: ShareableObject) => ObjectFacets,
): Promise<Omit<LawDiff, 'fromHash' | 'toHash'>> {
  const known = new Map<string, readonly Difference[]>();
  const totals = new Map<string, Total>();
  const counts = { objects: 0, newlyShared: 0, newlyWithheld: 0 };
  for await (const batch of objects) {
    for (const object of batch) {
      const facets = facetsOf(object);
      const key = JSON.stringify(facets);
      if (known.size >= distinctMax) known.clear();
      const found = known.get(key) ?? differences(facets, recipients, laws);
      known.set(key, found);
      counts.objects += 1;
      if (found.some(({ decision }) => decision.result === 'allow')) counts.newlyShared += 1;
      if (found.some(({ decision }) => decision.result === 'deny')) counts.newlyWithheld += 1;
      for (const difference of found) addTo(totals, difference, object);
    }
  }
  const changes = [...totals.values()].map(({ difference, objects: number, examples }): LawChange => {
    const { recipient, action, decision } = difference;
    return { recipient, action, to: decision.result, objects: number, examples };
  });
  return { ...counts, changes };
}

function addTo(totals: Map<string, Total>, difference: Difference, object: ShareableObject): void {
  const total = totals.get(difference.key) ?? { difference, objects: 0, examples: [] };
  totals.set(difference.key, total);
  total.objects += 1;
  if (total.examples.length < examplesMax) total.examples.push({ id: object.id, reasons: difference.decision.reasons });
}

function differences(
  facets: ObjectFacets,
  recipients: readonly Recipient[],
  { from, to }: TwoLaws,
): readonly Difference[] {
  const before = explain(facets, recipients, from);
  return explain(facets, recipients, to).flatMap(({ recipient, action, decision }, index) => {
    if (before[index]?.decision.result === decision.result) return [];
    return [{ key: `${recipient.key} ${action} ${decision.result}`, recipient: recipient.key, action, decision }];
  });
}
