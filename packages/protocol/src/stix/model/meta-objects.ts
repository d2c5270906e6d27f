// Made by `node tools/stix-tables/main.ts` from the tables of STIX 2.1 (Errata 01, draft of 2025-04-02). Not to be edited.
import type { ObjectRow } from './rows.ts';

/** STIX meta objects (§7). */
export const metaObjects: readonly ObjectRow[] = [
  {
    type: 'language-content',
    section: '7.1',
    common: 'language-content',
    properties: {
      object_ref: { type: 'identifier', required: true },
      object_modified: { type: 'timestamp' },
      contents: { type: 'dictionary', required: true },
    },
  },
  {
    type: 'marking-definition',
    section: '7.2',
    common: 'marking-definition',
    properties: {
      name: { type: 'string' },
      definition_type: { type: 'open-vocab' },
      definition: { type: '<marking object>' },
    },
  },
  {
    type: 'extension-definition',
    section: '7.3',
    common: 'extension-definition',
    properties: {
      name: { type: 'string', required: true },
      description: { type: 'string' },
      schema: { type: 'string', required: true },
      version: { type: 'string', required: true },
      extension_types: { type: 'list of type enum', required: true, vocabulary: 'extension-type-enum' },
      extension_properties: { type: 'list of type string' },
    },
  },
];
