import { commonSets } from './common-sets.ts';
import type { CommonSet, PropertyRows, StructureRow } from './rows.ts';

/** The properties objects share (§3.2). No table of the text holds them; a test compares them with OASIS's schemas. */
export const commonProperties: PropertyRows = {
  type: { type: 'string' },
  spec_version: { type: 'enum', values: ['2.1'] },
  id: { type: 'identifier' },
  created_by_ref: { type: 'identifier' },
  created: { type: 'timestamp', digitsMin: 3 },
  modified: { type: 'timestamp', digitsMin: 3, notBefore: 'created' },
  revoked: { type: 'boolean' },
  labels: { type: 'list of type string' },
  confidence: { type: 'integer', min: 0, max: 100 },
  lang: { type: 'language' },
  external_references: { type: 'list of type external-reference' },
  object_marking_refs: { type: 'list of type identifier', refs: ['marking-definition'] },
  granular_markings: { type: 'list of type granular-marking' },
  defanged: { type: 'boolean' },
  extensions: { type: 'extensions' },
};

/** The types of §2 that stand inside objects of every kind. */
export const commonStructures: readonly StructureRow[] = [
  {
    name: 'external-reference',
    section: '2.5',
    properties: {
      source_name: { type: 'string', required: true },
      description: { type: 'string' },
      url: { type: 'url' },
      hashes: { type: 'hashes' },
      external_id: { type: 'string' },
    },
  },
  {
    name: 'kill-chain-phase',
    section: '2.11',
    properties: {
      kill_chain_name: { type: 'string', required: true },
      phase_name: { type: 'string', required: true },
    },
  },
];

/** The common properties objects with this set have. */
export function commonSetOf(name: string): CommonSet {
  const sets: Readonly<Record<string, CommonSet>> = commonSets;
  const found = sets[name];
  if (found === undefined) throw new Error(`Assertion failed: there is a set of common properties ${name}`);
  return found;
}
