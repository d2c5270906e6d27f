import type { JsonObject, StixId } from '../base/index.ts';

/**
 * A STIX 2.1 object in one version, with the exact text it arrived in.
 *
 * `text` is what is stored, hashed, signed and passed on: byte for byte, unknown properties included. `value` is the
 * same thing parsed; it is never serialised again.
 */
export interface StixObject {
  readonly id: StixId;
  readonly type: string;
  /** Version of the object, in µs: `modified`, else `created`; undefined for observables (STIX 2.1 §3.6). */
  readonly modifiedUs: number | undefined;
  readonly text: string;
  readonly value: JsonObject;
}
