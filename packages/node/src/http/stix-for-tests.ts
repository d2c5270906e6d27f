import { markingIdOfTlp } from '@comity/protocol/markings';

export const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const idOf = (number: number): string => `indicator--${uuidOf(number)}`;

/** An indicator as a source sends it, of a name of its own, TLP:GREEN; `rest` goes over it, undefined takes away. */
export const indicator = (number: number, rest: Record<string, unknown> = {}) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: idOf(number),
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  pattern: `[domain-name:value = 'host-${number}.example']`,
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
  object_marking_refs: [markingIdOfTlp('green')],
  ...rest,
});

export const bundle = (...objects: readonly object[]) => ({
  type: 'bundle',
  id: `bundle--${uuidOf(99)}`,
  objects,
});
