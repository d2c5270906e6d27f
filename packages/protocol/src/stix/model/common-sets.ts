// Made by `node tools/stix-tables/main.ts` from the tables of STIX 2.1 (Errata 01, draft of 2025-04-02). Not to be edited.
import type { CommonSet } from './rows.ts';

/** Which of the common properties (§3.2) objects have: versioned ones (§4, §5), observables, each meta object. */
export const commonSets = {
  versioned: {
    required: ['type', 'spec_version', 'id', 'created', 'modified'],
    optional: [
      'created_by_ref',
      'revoked',
      'labels',
      'confidence',
      'lang',
      'external_references',
      'object_marking_refs',
      'granular_markings',
      'extensions',
    ],
  },
  observable: {
    required: ['type', 'id'],
    optional: ['spec_version', 'object_marking_refs', 'granular_markings', 'defanged', 'extensions'],
  },
  'language-content': {
    required: ['type', 'spec_version', 'id', 'created', 'modified'],
    optional: [
      'created_by_ref',
      'revoked',
      'labels',
      'confidence',
      'external_references',
      'object_marking_refs',
      'granular_markings',
      'extensions',
    ],
  },
  'marking-definition': {
    required: ['type', 'spec_version', 'id', 'created'],
    optional: ['created_by_ref', 'external_references', 'object_marking_refs', 'granular_markings', 'extensions'],
  },
  'extension-definition': {
    required: ['type', 'spec_version', 'id', 'created', 'modified', 'created_by_ref'],
    optional: ['revoked', 'labels', 'external_references', 'object_marking_refs', 'granular_markings'],
  },
} as const satisfies Record<string, CommonSet>;
