import { findText, textsOf } from '../fields.ts';
import type { StixObject } from '../object.ts';
import { makeObject } from './make-object.ts';
import type { CommonOptions } from './make-object.ts';

/** What the platform reads of an identity (STIX 2.1 §4.5). */
export interface IdentityView {
  /** The id when it has none. */
  readonly name: string;
  /** `organization`, `individual`, `group`, `system`, `class` … */
  readonly identityClass: string | undefined;
  readonly sectors: readonly string[];
  readonly contactInformation: string | undefined;
}

/** What an identity is made of. */
export interface IdentityOptions extends CommonOptions {
  readonly name: string;
  readonly identityClass?: string;
  readonly description?: string;
  readonly sectors?: readonly string[];
  readonly contactInformation?: string;
}

/** Reads an identity; every property of the wrong type counts as absent. */
export function parseIdentity(object: StixObject): IdentityView {
  return {
    name: findText(object.value, 'name') ?? object.id,
    identityClass: findText(object.value, 'identity_class'),
    sectors: textsOf(object.value, 'sectors'),
    contactInformation: findText(object.value, 'contact_information'),
  };
}

/** Builds an identity (STIX 2.1 §4.5). */
export function makeIdentity(options: IdentityOptions): StixObject {
  return makeObject('identity', options, {
    name: options.name,
    description: options.description,
    identity_class: options.identityClass,
    sectors: options.sectors,
    contact_information: options.contactInformation,
  });
}
