import { ComityError, parseTimestampUs, quote, showJson } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import type { Pap } from './pap.ts';
import { parseTlp } from './tlp.ts';
import type { Tlp } from './tlp.ts';

const permittedActions = [
  'none',
  'contact-for-instruction',
  'internally-visible-actions',
  'externally-visible-indirect-actions',
  'externally-visible-direct-actions',
] as const;

/** FIRST Information Exchange Policy 2.0; every statement optional, as published policies leave some out. */
export interface Iep {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  /** Permission begins and ends, µs; `endUs` ends the permission itself: it is read as the end of a lease. */
  readonly startUs?: number;
  readonly endUs?: number;
  readonly encryptInTransit?: 'must' | 'may';
  readonly permittedActions?: (typeof permittedActions)[number];
  readonly affectedPartyNotifications?: 'may' | 'must-not';
  readonly tlp?: Tlp;
  readonly attribution?: 'may' | 'must' | 'must-not';
  readonly unmodifiedResale?: 'may' | 'must-not';
  readonly references: readonly string[];
  /** Names of fields nobody here enforces (IEP 1.0, extensions): to be kept and shown. */
  readonly unread: readonly string[];
}

const papOfActions: Record<(typeof permittedActions)[number], Pap> = {
  none: 'red',
  'contact-for-instruction': 'red',
  'internally-visible-actions': 'red',
  'externally-visible-indirect-actions': 'amber',
  'externally-visible-direct-actions': 'green',
};

const readFields: ReadonlySet<string> = new Set([
  'id',
  'iep_id',
  'name',
  'policy_name',
  'description',
  'iep_version',
  'start_date',
  'end_date',
  'encrypt_in_transit',
  'permitted_actions',
  'affected_party_notifications',
  'tlp',
  'attribution',
  'provider_attribution',
  'unmodified_resale',
  'external_references',
  'extension_type',
]);

/**
 * Reads a policy in FIRST's JSON form or in the form of its STIX extension (`iep_id`, `provider_attribution`).
 *
 * A statement that is there but not one of the standard's words is an error: whoever cannot read a policy must not act as
 * if it allowed. `tlp` takes the colours of TLP 1.0 and 2.0, as the standard's own list ends with `white`.
 *
 * Spec: FIRST IEP 2.0 JSON; STIX extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a.
 *
 * @param place - What is read, for the message.
 * @throws {ComityError} `MARKING_MALFORMED`.
 */
export function parseIep(value: JsonObject, place = 'policy'): Iep {
  const word = <T extends string>(name: string, allowed: readonly T[]): T | undefined =>
    wordOfField(value[name], name, allowed, place);
  const actions = word('permitted_actions', permittedActions);
  const encrypt = word('encrypt_in_transit', ['must', 'may']);
  const notifications = word('affected_party_notifications', ['may', 'must-not']);
  const attribution =
    word('attribution', ['may', 'must', 'must-not']) ?? word('provider_attribution', ['may', 'must', 'must-not']);
  const resale = word('unmodified_resale', ['may', 'must-not']);
  const tlp = textOf(value['tlp']);
  const id = textOf(value['id']) ?? textOf(value['iep_id']);
  const name = textOf(value['name']) ?? textOf(value['policy_name']);
  const description = textOf(value['description']);
  const version = versionOf(value['iep_version']);
  const startUs = timeOf(value['start_date'], 'start_date', place);
  const endUs = timeOf(value['end_date'], 'end_date', place);
  const references = value['external_references'];
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(version !== undefined && { version }),
    ...(startUs !== undefined && { startUs }),
    ...(endUs !== undefined && { endUs }),
    ...(encrypt !== undefined && { encryptInTransit: encrypt }),
    ...(actions !== undefined && { permittedActions: actions }),
    ...(notifications !== undefined && { affectedPartyNotifications: notifications }),
    ...(tlp !== undefined && { tlp: parseTlp(tlp) }),
    ...(attribution !== undefined && { attribution }),
    ...(resale !== undefined && { unmodifiedResale: resale }),
    references: Array.isArray(references) ? references.filter((each) => typeof each === 'string') : [],
    unread: Object.keys(value).filter((field) => !readFields.has(field)),
  };
}

/** The widest PAP label that keeps a policy's `permitted_actions`; undefined when the policy states none. */
export function papOfIep(iep: Iep): Pap | undefined {
  return iep.permittedActions === undefined ? undefined : papOfActions[iep.permittedActions];
}

function wordOfField<T extends string>(
  value: JsonValue | undefined,
  name: string,
  allowed: readonly T[],
  place: string,
): T | undefined {
  if (value === undefined || value === null) return undefined;
  const word = typeof value === 'string' ? value.toLowerCase().replaceAll(' ', '-') : '';
  const found = allowed.find((each) => each === word);
  if (found === undefined) {
    throw new ComityError(
      'MARKING_MALFORMED',
      `Cannot read ${place}: ${name} is ${quote(showJson(value, 80))}, not one of ${allowed.join(', ')}`,
    );
  }
  return found;
}

function timeOf(value: JsonValue | undefined, name: string, place: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    return parseTimestampUs(typeof value === 'string' ? value : '');
  } catch (cause) {
    throw new ComityError('MARKING_MALFORMED', `Cannot read ${place}: ${name} is not a UTC timestamp`, { cause });
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Written as a number in the published examples, as text by FIRST. */
function versionOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' ? value.toFixed(1) : textOf(value);
}
