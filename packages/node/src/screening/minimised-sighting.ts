import type { StixId } from '@comity/protocol/base';
import { makeSighting } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';

const hourUs = 3_600_000_000;

/** What is counted of an indicator's matches; µs. */
export interface SightingFacts {
  /** A fresh random id: it must not tell one sighting's owner from another's. */
  readonly id: StixId;
  readonly indicator: StixId;
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

/**
 * What may leave the house about an indicator's matches, as a STIX sighting.
 *
 * Only the indicator, the first and last time rounded down to the hour, and the count: no address, name, record, source
 * or identity of the owner, no time finer than an hour, not even that of its making.
 *
 * Spec: STIX 2.1 §5.2 (sighting; `summary` because it stands for many).
 */
export function minimisedSighting(facts: SightingFacts): StixObject {
  const firstSeenUs = Math.floor(facts.firstUs / hourUs) * hourUs;
  const lastSeenUs = Math.floor(facts.lastUs / hourUs) * hourUs;
  return makeSighting({
    id: facts.id,
    createdUs: lastSeenUs,
    sightingOfRef: facts.indicator,
    firstSeenUs,
    lastSeenUs,
    count: facts.count,
    summary: true,
  });
}
