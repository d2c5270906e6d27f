import { findText, findTimeUs, textsOf } from '../fields.ts';
import type { StixObject } from '../object.ts';

/** What the platform reads of a report (STIX 2.1 §4.16). */
export interface ReportView {
  /** The id when it has none. */
  readonly name: string;
  readonly publishedUs: number | undefined;
  readonly objectRefs: readonly string[];
  /** `report_types`, which STIX 2.0 kept in `labels`. */
  readonly reportTypes: readonly string[];
}

/** @throws {ComityError} `STIX_MALFORMED` when `published` is no timestamp. */
export function parseReport(object: StixObject): ReportView {
  const types = textsOf(object.value, 'report_types');
  return {
    name: findText(object.value, 'name') ?? object.id,
    publishedUs: findTimeUs(object, 'published'),
    objectRefs: textsOf(object.value, 'object_refs'),
    reportTypes: types.length > 0 ? types : textsOf(object.value, 'labels'),
  };
}
