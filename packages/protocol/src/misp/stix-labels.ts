import type { JsonObject, JsonValue } from '../base/index.ts';

/** What was noted of MISP on an object when it was made from an event; empty for what came from elsewhere. */
export interface MispNotes {
  readonly type: string;
  readonly category: string;
  readonly relation: string;
  readonly galaxy: string;
  readonly threatLevel: string;
  readonly analysis: string;
  readonly distribution: string;
  /** Undefined: as what the attribute became says. */
  readonly isToIds: boolean | undefined;
  /** Labels that are tags. */
  readonly tags: readonly string[];
}

const noteForm = /^misp:([a-z_-]{1,40})="([^"]{1,200})"$/;
const noteNames: ReadonlySet<string> = new Set([
  'type',
  'category',
  'object-relation',
  'galaxy',
  'threat-level',
  'analysis',
  'distribution',
  'to_ids',
]);

/** @param object - Untrusted. */
export function notesOf(object: JsonObject): MispNotes {
  const notes = new Map<string, string>();
  const tags: string[] = [];
  for (const label of textsIn(object['labels'])) {
    const [, name = '', value = ''] = noteForm.exec(label) ?? [];
    if (noteNames.has(name)) notes.set(name, value);
    else if (label.trim() !== '') tags.push(label);
  }
  const note = (name: string): string => notes.get(name) ?? '';
  return {
    type: note('type'),
    category: note('category'),
    relation: note('object-relation'),
    galaxy: note('galaxy'),
    threatLevel: note('threat-level'),
    analysis: note('analysis'),
    distribution: note('distribution'),
    isToIds: notes.has('to_ids') ? note('to_ids') === 'true' : undefined,
    tags,
  };
}

/** External references that lead to a MISP: those of `source`, in their order. */
export function referencesOf(object: JsonObject, source: string): readonly JsonObject[] {
  const refs = object['external_references'];
  return Array.isArray(refs)
    ? refs.filter((ref): ref is JsonObject => isFields(ref) && ref['source_name'] === source)
    : [];
}

export function textIn(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function textsIn(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function isFields(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
