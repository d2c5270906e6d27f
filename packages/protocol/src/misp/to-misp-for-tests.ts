import type { JsonObject, JsonValue } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import { attributesOfEvent, mispToStix, readMispEvent, stixToMisp } from './index.ts';
import { textIn } from './stix-fields.ts';
import type { MadeEvent, MispAttribute, MispExport, StixToMispOptions } from './index.ts';

export const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const day = '2026-01-01T00:00:00.000Z';
export const dayS = '1767225600';
export const made: MadeEvent = {
  uuid: uuid(1),
  info: 'A day',
  date: '2026-01-01',
  organisation: { name: 'Here', uuid: uuid(2) },
};

export const stix = (value: JsonObject): StixObject => ({
  id: value['id'] as StixObject['id'],
  type: textIn(value['type']),
  modifiedUs: undefined,
  text: JSON.stringify(value),
  value,
});
export const sdo = (type: string, number: number, rest: JsonObject): StixObject =>
  stix({ type, spec_version: '2.1', id: `${type}--${uuid(number)}`, created: day, modified: day, ...rest });
export const indicator = (number: number, pattern: string, rest: JsonObject = {}): StixObject =>
  sdo('indicator', number, { pattern, pattern_type: 'stix', valid_from: day, ...rest });
export const sco = (type: string, number: number, rest: JsonObject): StixObject =>
  stix({ type, spec_version: '2.1', id: `${type}--${uuid(number)}`, ...rest });

export const attributesIn = ({ event }: MispExport): readonly MispAttribute[] => [
  ...attributesOfEvent(readMispEvent(event, 'event')),
];
export const pairsIn = (made: MispExport): string[] => attributesIn(made).map(({ type, value }) => `${type} ${value}`);
export const convert = (objects: readonly StixObject[], options: StixToMispOptions = {}): MispExport =>
  stixToMisp(made, objects, options);
export const pairsOf = (...objects: readonly StixObject[]): string[] => pairsIn(convert(objects));
export const fields = (made: MispExport): string[] => made.losses.map(({ field }) => field).sort();
export const listOf = (value: JsonValue | undefined): JsonObject[] => value as JsonObject[];
export const first = (made: MispExport): JsonObject => listOf(made.event['Attribute'])[0]!;
export const tagsOf = (part: JsonObject): unknown[] => listOf(part['Tag'] ?? []).map((tag) => tag['name']);

/** An event, to STIX and back. */
export function roundTrip(event: JsonObject): MispExport {
  const { objects } = mispToStix(readMispEvent({ info: 'one event', uuid: uuid(1), ...event }, 'event'));
  return stixToMisp(objects.at(-1)!, objects.slice(0, -1));
}
