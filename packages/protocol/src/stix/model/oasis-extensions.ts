import type { DefinitionRow } from './definition-row.ts';
import type { PropertyRow, PropertyRows, StructureRow } from './rows.ts';

// Extensions OASIS publishes in cti-stix-common-objects, as far as their schemas and their examples agree.

const oneOf = (...values: string[]): PropertyRow => ({ type: 'enum', values });
const text: PropertyRow = { type: 'string' };
const neededText: PropertyRow = { type: 'string', required: true };
const texts: PropertyRow = { type: 'list of type string' };
const time: PropertyRow = { type: 'timestamp' };
const count: PropertyRow = { type: 'integer', min: 0 };
const amount: PropertyRow = { type: 'float', min: 0 };
const percent: PropertyRow = { type: 'integer', min: 0, max: 100 };
const fidelity = oneOf('second', 'minute', 'hour', 'day', 'month', 'year');
const recoverability = oneOf('extended', 'not-applicable', 'not-recoverable', 'regular', 'supplemented');

/** Markings: labels and policies as extensions of a marking-definition. */
const markingDefinitions: readonly DefinitionRow[] = [
  {
    source: 'TLP 2.0 extension',
    extension: 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d',
    type: 'marking-definition',
    place: 'extension',
    properties: { tlp_2_0: { ...oneOf('clear', 'green', 'amber', 'amber+strict', 'red'), required: true } },
  },
  {
    source: 'PAP extension',
    extension: 'extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b',
    type: 'marking-definition',
    place: 'extension',
    properties: { pap: { ...oneOf('clear', 'white', 'green', 'amber', 'red'), required: true } },
  },
  {
    // By its examples: the schema demands tlp_ref and policy_name, which they lack, and knows no amber+strict.
    source: 'IEP extension',
    extension: 'extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a',
    type: 'marking-definition',
    place: 'extension',
    properties: {
      iep_id: text,
      iep_version: { type: 'float' },
      policy_name: text,
      description: text,
      start_date: time,
      end_date: { ...time, notBefore: 'start_date' },
      encrypt_in_transit: oneOf('must', 'may'),
      permitted_actions: oneOf(
        'none',
        'contact-for-instruction',
        'internally-visible-actions',
        'externally-visible-indirect-actions',
        'externally-visible-direct-actions',
      ),
      affected_party_notifications: oneOf('may', 'must-not'),
      tlp: oneOf('clear', 'white', 'green', 'amber', 'amber+strict', 'red'),
      tlp_ref: { type: 'identifier', refs: ['marking-definition'] },
      attribution: oneOf('may', 'must', 'must-not'),
      provider_attribution: oneOf('may', 'must', 'must-not'),
      unmodified_resale: oneOf('may', 'must-not'),
      external_references: texts,
    },
  },
];

const contactStructures: readonly StructureRow[] = [
  {
    name: 'contact-number',
    section: 'identity contact extension',
    properties: {
      contact_number: neededText,
      contact_number_type: neededText,
      classified: { type: 'boolean' },
      description: text,
    },
  },
  {
    name: 'contact-email',
    section: 'identity contact extension',
    properties: {
      email_address_ref: { type: 'identifier', required: true, refs: ['email-addr'] },
      digital_contact_type: neededText,
      classified: { type: 'boolean' },
      description: text,
    },
  },
  {
    name: 'contact-account',
    section: 'identity contact extension',
    properties: {
      user_account_ref: { type: 'identifier', required: true, refs: ['user-account'] },
      digital_contact_type: neededText,
      classified: { type: 'boolean' },
      description: text,
    },
  },
];

const contactDefinition: DefinitionRow = {
  source: 'identity contact extension',
  extension: 'extension-definition--66e2492a-bbd3-4be6-88f5-cc91a017a498',
  type: 'identity',
  place: 'extension',
  structures: contactStructures,
  properties: {
    first_name: text,
    middle_name: text,
    last_name: text,
    prefix: text,
    suffix: text,
    contact_numbers: { type: 'list of type contact-number' },
    email_addresses: { type: 'list of type contact-email' },
    social_media_accounts: { type: 'list of type contact-account' },
    team: text,
  },
};

const span: PropertyRows = {
  start_time: time,
  start_time_fidelity: fidelity,
  end_time: { ...time, notBefore: 'start_time' },
  end_time_fidelity: fidelity,
};

const stateChange: StructureRow = {
  name: 'state-change',
  section: 'incident extension suite',
  properties: {
    state_change_type: neededText,
    initial_ref: { type: 'identifier' },
    result_ref: { type: 'identifier' },
  },
};

const impactStructures: readonly StructureRow[] = [
  { name: 'availability-ext', properties: { availability_impact: { ...percent, required: true as const } } },
  {
    name: 'confidentiality-ext',
    properties: {
      information_type: text,
      loss_type: {
        ...oneOf('confirmed-loss', 'contained', 'exploited-loss', 'none', 'suspected-loss'),
        required: true as const,
      },
      record_count: count,
      record_size: count,
    },
  },
  { name: 'external-ext', properties: { impact_type: neededText } },
  {
    name: 'integrity-ext',
    properties: {
      alteration: {
        ...oneOf(
          'potential-destruction',
          'potential-modification',
          'partial-destruction',
          'partial-modification',
          'full-destruction',
          'full-modification',
          'none',
        ),
        required: true as const,
      },
      information_type: text,
      record_count: count,
      record_size: count,
    },
  },
  {
    name: 'monetary-ext',
    properties: {
      variety: neededText,
      currency: text,
      currency_actual: text,
      conversion_rate: amount,
      conversion_time: time,
      min_amount: amount,
      max_amount: amount,
    },
  },
  { name: 'physical-ext', properties: { impact_type: neededText, asset_type: text } },
  { name: 'traceability-ext', properties: { traceability_impact: neededText } },
].map((row) => ({ ...row, section: 'incident extension suite' }));

const incidentStructures: readonly StructureRow[] = [
  {
    name: 'incident-score',
    section: 'incident extension suite',
    properties: { name: neededText, value: { type: 'float', required: true }, description: text },
  },
];

/** The incident suite: its core is an extension of incident, the others are objects of their own. */
const incidentDefinitions: readonly DefinitionRow[] = [
  {
    source: 'incident extension suite',
    extension: 'extension-definition--ef765651-680c-498d-9894-99799f2fa126',
    type: 'incident',
    place: 'extension',
    structures: incidentStructures,
    properties: {
      determination: {
        ...oneOf('blocked', 'failed-attempt', 'false-positive', 'low-value', 'successful-attempt', 'suspected'),
        required: true,
      },
      investigation_status: neededText,
      incident_types: texts,
      detection_methods: texts,
      criticality: percent,
      recoverability,
      scores: { type: 'list of type incident-score' },
      impacted_entity_counts: { type: 'dictionary' },
      event_refs: { type: 'list of type identifier', refs: ['event'] },
      impact_refs: { type: 'list of type identifier', refs: ['impact'] },
      task_refs: { type: 'list of type identifier', refs: ['task'] },
    },
  },
  {
    source: 'incident extension suite',
    extension: 'extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e',
    type: 'event',
    place: 'object',
    structures: [stateChange],
    properties: {
      ...span,
      status: { ...oneOf('not-occurred', 'occurred', 'ongoing', 'pending', 'undetermined'), required: true },
      name: text,
      description: text,
      goal: text,
      event_types: texts,
      changed_objects: { type: 'list of type state-change' },
      sighting_refs: { type: 'list of type identifier', refs: ['sighting'] },
      next_event_refs: { type: 'list of type identifier', refs: ['event'] },
    },
  },
  {
    source: 'incident extension suite',
    extension: 'extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9',
    type: 'impact',
    place: 'object',
    structures: impactStructures,
    properties: {
      ...span,
      impact_category: neededText,
      criticality: percent,
      description: text,
      recoverability,
      impacted_entity_counts: { type: 'dictionary' },
      impacted_refs: { type: 'list of type identifier' },
      superseded_by_ref: { type: 'identifier', refs: ['impact'] },
    },
  },
  {
    source: 'incident extension suite',
    extension: 'extension-definition--2074a052-8be4-4932-849e-f5e7798e0030',
    type: 'task',
    place: 'object',
    structures: [stateChange],
    properties: {
      ...span,
      outcome: { ...oneOf('cancelled', 'failed', 'ongoing', 'pending', 'successful', 'unknown'), required: true },
      name: text,
      description: text,
      error: text,
      priority: percent,
      task_types: texts,
      changed_objects: { type: 'list of type state-change' },
    },
  },
];

/** The extensions of OASIS the validator looks into: TLP 2.0, PAP, IEP, identity contact and the incident suite. */
export const oasisExtensions: readonly DefinitionRow[] = [
  ...markingDefinitions,
  contactDefinition,
  ...incidentDefinitions,
];
