import type { Channel, Decision, ObjectFacets, RecipientKind, SharingAction } from '@comity/protocol/sharing';
import { recipientFacets } from './book/recipient-book.ts';
import type { Decide } from './decide/memoised.ts';
import type { ShareableObject } from './decide/shareable.ts';
import type { Explained, LawChange, LawDiff, Recipient } from './sharing.ts';

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

export function explain(facets: ObjectFacets, recipients: readonly Recipient[], decide: Decide): readonly Explained[] {
  return recipients.flatMap((recipient) => {
    const asked = recipientFacets(recipient, assumedChannel);
    return usesOf[recipient.kind].map((action) => ({ recipient, action, decision: decide(facets, asked, action) }));
  });
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

/** Distinct facets whose differences are remembered. */
const distinctMax = 10_000;

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
