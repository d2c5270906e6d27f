import type { JsonObject, StixId } from '../base/index.ts';
import { alternativesOf } from './pattern-tests.ts';
import type { Stated } from './pattern-tests.ts';
import { textIn } from './stix-fields.ts';
import { attributeForm, fullHive, patternOfForm } from './attribute-form.ts';

/** What is stated: one of several, each a list of what holds together. */
export type Alternatives = readonly (readonly Stated[])[];

/** No type states more values of one attribute. */
const valuesMax = 2;
const observableId = (type: string): StixId => `${type}--0` as StixId;

/**
 * The value of an attribute of `type` that is written as the pattern that states `alternatives`, or undefined when there is
 * none: the inverse of {@link attributeForm}, found by trying what could be one and looking what it would be written as. So the
 * two cannot drift apart, and what is written is what is stated, no less and no more.
 *
 * @param noted - what somebody noted as the value, untrusted: it counts when nothing stated speaks against it.
 */
export function valueOfTests(type: string, alternatives: Alternatives, noted?: string): string | undefined {
  return valueOf(alternatives, noted, (value) => {
    const form = attributeForm(type, value, observableId);
    return form === undefined ? [] : [testsOf(patternOfForm(form, 'either')), testsOf(patternOfForm(form, 'all'))];
  });
}

/** The same for what observables state: see {@link leavesOf}. */
export function valueOfObservables(type: string, leaves: Alternatives, noted?: string): string | undefined {
  return valueOf(leaves, noted, (value) => {
    const form = attributeForm(type, value, observableId);
    return form === undefined || form.observables.length === 0 ? [] : [[form.observables.flatMap(leavesOf)]];
  });
}

/** @param writtenAs - what a value would be written as, each way there is. */
function valueOf(
  stated: Alternatives,
  noted: string | undefined,
  writtenAs: (value: string) => Alternatives[],
): string | undefined {
  const there = shapeOf(stated);
  const values = [...new Set(stated.flat().flatMap((each) => (isConstant(each) ? [] : each.value)))];
  if (values.length > valuesMax) return undefined;
  const fits = (written: Alternatives): boolean => {
    const shape = shapeOf(written);
    return shape.size === there.size && [...shape].every((each) => there.has(each));
  };
  if (noted !== undefined && writtenAs(noted).some(fits)) return noted;
  const pairs = values.flatMap((first) => values.map((second) => `${first}|${second}`));
  return [...pairs, ...values].find((value) =>
    writtenAs(value).some((written) => fits(written) && isSaidWhole(value, written.flat())),
  );
}

/** A part of a value that is not found in what it is written as would be made up. */
function isSaidWhole(value: string, written: readonly Stated[]): boolean {
  const said = written.filter((each) => !isConstant(each)).map((each) => fullHive(each.value));
  const parts = value.split('|');
  return (
    said.includes(fullHive(value)) ||
    (said.length >= parts.length && parts.every((part) => said.includes(fullHive(part))))
  );
}

/** Said of every value of the type alike: some write it and some leave it out. */
function isConstant({ path }: Stated): boolean {
  return /\.type$|:is_multipart$|:protocols$|:content_disposition$/.test(path);
}

/** The alternatives, each as one text, whatever the order of its parts. */
function shapeOf(alternatives: Alternatives): Set<string> {
  const shape = (stated: readonly Stated[]): string => {
    const keys = stated.filter((each) => !isConstant(each)).map(({ path, value }) => [path, fullHive(value)]);
    return JSON.stringify([...new Set(keys.map((key) => JSON.stringify(key)))].sort());
  };
  return new Set(alternatives.map(shape));
}

function testsOf(pattern: string): Alternatives {
  return alternativesOf(pattern) ?? [];
}

/**
 * What an observable states of itself, without its id and what it refers to. Names of digests without regard to hyphens. What is
 * nested deeper than any attribute is written is not looked into, and said by none.
 */
export function leavesOf(observable: JsonObject): Stated[] {
  const type = textIn(observable['type']);
  const leaves: Stated[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      leaves.push({ path, value: String(value) });
    else if (typeof value === 'object' && value !== null) {
      if (depth === 4) leaves.push({ path, value: '…' });
      else
        for (const [key, item] of Object.entries(value)) {
          if (!/^(?:id|type|spec_version|granular_markings|\w+_refs?)$/.test(key))
            walk(item, Array.isArray(value) ? path : `${path}:${key.replaceAll('-', '')}`, depth + 1);
        }
    }
  };
  walk(observable, type, 0);
  return leaves;
}
