// Made by `node tools/stix-tables/main.ts` from the tables of STIX 2.1 (Errata 01, draft of 2025-04-02). Not to be edited.
import type { ObjectRow } from './rows.ts';

/** STIX relationship objects (§5). */
export const relationshipObjects: readonly ObjectRow[] = [
  {
    type: 'relationship',
    section: '5.1',
    common: 'versioned',
    properties: {
      relationship_type: { type: 'string', required: true },
      description: { type: 'string' },
      source_ref: { type: 'identifier', required: true, refs: ['SDO', 'SCO'] },
      target_ref: { type: 'identifier', required: true, refs: ['SDO', 'SCO'] },
      start_time: { type: 'timestamp' },
      stop_time: { type: 'timestamp', after: 'start_time' },
    },
  },
  {
    type: 'sighting',
    section: '5.2',
    common: 'versioned',
    properties: {
      description: { type: 'string' },
      first_seen: { type: 'timestamp' },
      last_seen: { type: 'timestamp', notBefore: 'first_seen' },
      count: { type: 'integer', min: 0, max: 999999999 },
      sighting_of_ref: { type: 'identifier', required: true, refs: ['SDO'] },
      observed_data_refs: { type: 'list of type identifier', refs: ['observed-data'] },
      where_sighted_refs: { type: 'list of type identifier', refs: ['identity', 'location'] },
      summary: { type: 'boolean' },
    },
  },
];
