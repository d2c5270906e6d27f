import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { findSelected, isSelector, tlpMarkingObjects } from '../../markings/index.ts';
import { isSameJson } from '../same-json.ts';
import { needObject, shown, wrongType } from './report.ts';
import type { Report } from './report.ts';

/** §7.2.3.1: each selector is one, and something stands where it points. */
export function checkSelectors(object: JsonObject, report: Report): void {
  const markings = object['granular_markings'];
  if (!Array.isArray(markings)) return;
  report.enter('granular_markings');
  for (const [index, marking] of markings.entries()) {
    if (!isJsonObject(marking) || !Array.isArray(marking['selectors'])) continue;
    report.enter(index);
    report.enter('selectors');
    for (const [at, selector] of marking['selectors'].entries()) checkSelector(object, selector, at, report);
    report.leave();
    report.leave();
    if (report.isFull) break;
  }
  report.leave();
}

function checkSelector(object: JsonObject, selector: JsonValue, at: number, report: Report): void {
  if (typeof selector !== 'string') return;
  if (!isSelector(selector))
    report.add('selector-form', at, `Write property names and [indexes] with dots, not ${shown(selector)}`);
  else if (findSelected(object, selector) === undefined)
    report.add('selector-target', at, `Select something that is there: ${shown(selector)} is not`);
}

/** §7.2.1: content by its type, no marking of itself, and TLP 1.0 in its four published forms only. */
export function checkMarkingDefinition(marking: JsonObject, report: Report): void {
  const { id, definition_type: type, definition, extensions } = marking;
  if (extensions === undefined && (type === undefined || definition === undefined))
    report.add('marking-content', undefined, 'Add definition_type and definition, or an extension');
  if (type !== undefined && type !== 'statement' && type !== 'tlp') {
    report.add('marking-type', 'definition_type', `Use an extension instead of the definition_type ${shown(type)}`);
  }
  if (extensions === undefined && type !== 'statement' && type !== 'tlp')
    report.add('custom-marking', undefined, 'Define a new kind of marking in an extension');
  checkCycle(marking, id, report);
  if (type === 'tlp') checkTlp(marking, report);
  else if (definition !== undefined) checkDefinition(type, definition, report);
}

function checkDefinition(type: JsonValue | undefined, definition: JsonValue, report: Report): void {
  const content = needObject(definition, 'definition', report);
  if (content === undefined || type !== 'statement') return;
  const { statement } = content;
  report.enter('definition');
  if (statement === undefined) report.add('property-missing', 'statement', 'Add the statement');
  else if (typeof statement !== 'string') wrongType(statement, 'statement', report, 'text');
  report.leave();
}

function checkCycle(marking: JsonObject, id: JsonValue | undefined, report: Report): void {
  const { object_marking_refs: refs, granular_markings: granular } = marking;
  if (Array.isArray(refs) && refs.includes(id ?? ''))
    report.add('marking-cycle', 'object_marking_refs', 'Remove the reference of the marking to itself');
  if (Array.isArray(granular) && granular.some((each) => isJsonObject(each) && each['marking_ref'] === id))
    report.add('marking-cycle', 'granular_markings', 'Remove the reference of the marking to itself');
}

const tlp1: ReadonlyMap<string, JsonObject> = new Map(
  tlpMarkingObjects
    .filter(({ version }) => version === '1.0')
    .map(({ id, text }) => [id, withoutName(JSON.parse(text) as JsonObject)]),
);

/** "No other TLP marking-definitions are permitted" (§7.2.1.4): type, dates and content are fixed. */
function checkTlp(marking: JsonObject, report: Report): void {
  const { id } = marking;
  const fixed = typeof id === 'string' ? tlp1.get(id) : undefined;
  if (fixed === undefined || !isSameJson(fixed, withoutName(marking)))
    report.add('marking-tlp', undefined, `Use one of the four TLP markings of the standard instead of ${shown(id)}`);
}

/** The name is not compared: it came with 2.1, and the same markings were published without it. */
function withoutName(marking: JsonObject): JsonObject {
  const { name: _, ...rest } = marking;
  return rest;
}
