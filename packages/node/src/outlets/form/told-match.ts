import type { JsonObject } from '@comity/protocol/base';
import type { Pap, Tlp } from '@comity/protocol/markings';
import type { ValueKind } from '@comity/protocol/values';

/**
 * What is told of a match, in whatever form. Of what is known of the indicator it has only what its own object says, never
 * what other objects or sources say of the same value.
 *
 * `record`, `file` and every value in them are untrusted text.
 */
export interface ToldMatch {
  /** The same for every try to send it; of one node. Undefined for what no node keeps. */
  readonly id?: string;
  /** When it was found, RFC 3339; undefined where nothing was kept. */
  readonly at?: string;
  /** The time the record itself states. */
  readonly recordedAt?: string;
  readonly sourceName?: string;
  readonly file: string;
  /** From 1; 0 when lines are not counted. */
  readonly line: number;
  /** The text of the record, at most some KiB; empty when it is no longer there. */
  readonly record: string;
  readonly value: string;
  readonly kind: ValueKind;
  readonly relation: 'exact' | 'subdomain' | 'cidr' | 'prefix' | 'pattern';
  readonly port?: 'same' | 'other' | 'unknown';
  /** The record's own name of the field. */
  readonly field?: string;
  readonly alarm: boolean;
  readonly hunt?: JsonObject;
  readonly indicator: ToldIndicator;
  /** Made up, to try whether an outlet works. */
  readonly isTest?: boolean;
}

/** What the object of an indicator says. */
export interface ToldIndicator {
  /** STIX id. */
  readonly id?: string;
  /** Normal form of the listed value, with its port if it is listed for one; of a pattern its name. */
  readonly listed: string;
  /** What the match is handled under; undefined where nothing was marked. */
  readonly label?: { readonly tlp: Tlp; readonly pap: Pap | undefined };
  readonly name?: string;
  readonly description?: string;
  /** 0 to 100. */
  readonly confidence?: number;
  readonly types?: readonly string[];
  /** RFC 3339. */
  readonly modified?: string;
  /** Name of the list it stands in, where that is what is known of it. */
  readonly provider?: string;
}

/** Where the match was found, and by what. */
export interface Teller {
  readonly hostname: string;
  readonly version: string;
}
