/** Facets at random; used by tests and the benchmark only. */
import fc from 'fast-check';
import { paps, tlps } from '@comity/protocol/markings';
import { leaseStates, originKinds, recipientKinds, sharingActions } from '@comity/protocol/sharing';
import type { IepFacets, ObjectFacets, RecipientFacets } from '@comity/protocol/sharing';
import { parseLaw } from './law/law.ts';

/** A law that is nothing in the way, so that a decision is the floor's. */
export const permitAll = parseLaw('@id("all") @law("test") permit (principal, action, resource);');

/** Facets of an object nothing is said of but that anybody may have it. */
export const clearObject = {
  tlp: 'clear',
  pap: undefined,
  iep: undefined,
  unreadMarking: false,
  caveat: false,
  origin: 'received',
  type: 'indicator',
  personalData: false,
  groups: [],
  persons: [],
  lease: 'none',
  hopsLeft: undefined,
} as const satisfies ObjectFacets;

const groups = fc.subarray(['energy', 'isac', 'water']);
const iep: fc.Arbitrary<IepFacets> = fc.record({
  period: fc.constantFrom('before', 'within', 'after'),
  encrypt: fc.boolean(),
  attribution: fc.constantFrom('may', 'must', 'must-not'),
  asksFirst: fc.boolean(),
  silent: fc.boolean(),
  noResale: fc.boolean(),
});

export const anyObject: fc.Arbitrary<ObjectFacets> = fc.record({
  tlp: fc.option(fc.constantFrom(...tlps), { nil: undefined }),
  pap: fc.option(fc.constantFrom(...paps), { nil: undefined }),
  iep: fc.option(iep, { nil: undefined }),
  unreadMarking: rarely(),
  caveat: rarely(),
  origin: fc.constantFrom(...originKinds),
  type: fc.constantFrom('indicator', 'report', 'x "odd" type'),
  personalData: fc.boolean(),
  groups: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, groups),
  persons: fc.subarray(['person:ada', 'person:ben']),
  lease: fc.oneof({ weight: 3, arbitrary: fc.constant('none' as const) }, fc.constantFrom(...leaseStates)),
  hopsLeft: fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined, freq: 2 }),
});

export const anyRecipient: fc.Arbitrary<RecipientFacets> = fc
  .record({
    kind: fc.constantFrom(...recipientKinds),
    name: fc.constantFrom('ada', 'ben', 'works'),
    groups,
    sector: fc.constantFrom('', 'energy'),
    country: fc.constantFrom('', 'AT'),
    channel: fc.record({ encrypted: fc.boolean(), hidesOrigin: fc.boolean() }),
  })
  .map(({ kind, name, ...rest }) => ({
    key: kind === 'owner' || kind === 'public' ? kind : `${kind}:${name}`,
    kind,
    ...rest,
  }));

export const anyAction = fc.constantFrom(...sharingActions);

function rarely(): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true));
}
