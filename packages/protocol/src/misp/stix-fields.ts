import { isJsonObject, recogniseTimestampUs } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { recogniseMispUuid, uuidOfText } from './uuid.ts';

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
  return listIn(object['external_references']).filter((ref) => ref['source_name'] === source);
}

/** The text at a property; empty for what is none. */
export function textIn(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of a list; none for what is no list. */
export function textsIn(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The objects of a list; none for what is no list. */
export function listIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The uuid an id carries, or one that stands for it. */
export function uuidOfId(id: string): string {
  return recogniseMispUuid(id.slice(id.indexOf('--') + 2)) ?? uuidOfText(`id\n${id}`);
}

/** A timestamp as it is written; empty for what is none. */
export function timeIn(value: JsonValue | undefined): string {
  const text = textIn(value);
  return recogniseTimestampUs(text) === undefined ? '' : text;
}

/** Unix seconds; 0 for what is no timestamp, or before there were any. */
export function secondsOf(value: JsonValue | undefined): number {
  const us = recogniseTimestampUs(textIn(value));
  return us === undefined ? 0 : Math.max(0, Math.floor(us / 1_000_000));
}
