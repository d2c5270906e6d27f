import type { StixId } from '../../base/index.ts';
import { needText } from '../fields.ts';
import type { StixObject } from '../object.ts';
import { makeObject } from './make-object.ts';
import type { CommonOptions } from './make-object.ts';

/** What the platform reads of a relationship (STIX 2.1 §5.1). */
export interface RelationshipView {
  readonly relationshipType: string;
  readonly sourceRef: string;
  readonly targetRef: string;
}

/** What a relationship is made of. */
export interface RelationshipOptions extends CommonOptions {
  /** `indicates`, `based-on`, `related-to` …: lower case with hyphens. */
  readonly relationshipType: string;
  readonly sourceRef: StixId;
  readonly targetRef: StixId;
  readonly description?: string;
}

/** @throws {ComityError} `STIX_MALFORMED` without type, source or target. */
export function parseRelationship(object: StixObject): RelationshipView {
  return {
    relationshipType: needText(object, 'relationship_type'),
    sourceRef: needText(object, 'source_ref'),
    targetRef: needText(object, 'target_ref'),
  };
}

/** Builds a relationship (STIX 2.1 §5.1). */
export function makeRelationship(options: RelationshipOptions): StixObject {
  return makeObject('relationship', options, {
    relationship_type: options.relationshipType,
    description: options.description,
    source_ref: options.sourceRef,
    target_ref: options.targetRef,
  });
}
