import type { JsonObject, StixId } from '../base/index.ts';
import { alternativesOf } from './pattern-tests.ts';
import type { Stated } from './pattern-tests.ts';
import { textIn } from './stix-fields.ts';
import { attributeForm, fullHive, patternOfForm } from './attribute-form.ts';

/** Values of one pattern or observation that are tried together; what a MISP attribute became has a few. */
const valuesMax = 8;
const observableId = (type: string): StixId => `${type}--0` as StixId;

/**
 * The value of an attribute of `type` that is written as what is stated, or undefined when there is none: the inverse of
 * {@link attributeForm}, found by trying what could be one and looking what it would be written as. So the two cannot drift
 * apart.
 *
 * @param noted - what somebody noted as the value, untrusted: it counts when nothing stated speaks against it.
 */
export function valueOfTests(type: string, stated: readonly Stated[], noted?: string): string | undefined {
  return valueOf(stated, noted, (value) => {
    const form = attributeForm(type, value, observableId);
    return form === undefined ? [] : [testsOf(patternOfForm(form, 'either')), testsOf(patternOfForm(form, 'all'))];
  });
}

/** The same for observables of an observation. */
export function valueOfObservables(
  type: string,
  observables: readonly JsonObject[],
  noted?: string,
): string | undefined {
  return valueOf(observables.flatMap(leavesOf), noted, (value) => {
    const form = attributeForm(type, value, observableId);
    return form === undefined || form.observables.length === 0 ? [] : [form.observables.flatMap(leavesOf)];
  });
}

/** @param writtenAs - what a value would be written as, each way there is. */
function valueOf(
  stated: readonly Stated[],
  noted: string | undefined,
  writtenAs: (value: string) => (readonly Stated[])[],
): string | undefined {
  const there = new Set(stated.map(keyOf));
  const fits = (written: readonly Stated[]): boolean =>
    written.length > 0 && written.every((each) => isConstant(each) || there.has(keyOf(each)));
  if (noted !== undefined && writtenAs(noted).some(fits)) return noted;
  const values = [...new Set(stated.map(({ value }) => value))].slice(0, valuesMax);
  const pairs = values.flatMap((first) => values.map((second) => `${first}|${second}`));
  return [...pairs, ...values].find((value) =>
    writtenAs(value).some((written) => fits(written) && isSaidWhole(value, written)),
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
  return /[._]type$|:is_multipart$|:protocols$|:content_disposition$/.test(path);
}

function keyOf({ path, value }: Stated): string {
  return `${path}\n${fullHive(value)}`;
}

function testsOf(pattern: string): readonly Stated[] {
  return alternativesOf(pattern)?.flat() ?? [];
}

/** Texts and numbers of an observable, without its id and what it refers to. Names of digests without regard to hyphens. */
export function leavesOf(observable: JsonObject): Stated[] {
  const type = textIn(observable['type']);
  const leaves: Stated[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'string' || typeof value === 'number') leaves.push({ path, value: String(value) });
    else if (typeof value === 'object' && value !== null && depth < 4)
      for (const [key, item] of Object.entries(value)) {
        if (!/^(?:id|type|spec_version|\w+_refs?)$/.test(key))
          walk(item, Array.isArray(value) ? path : `${path}:${key.replaceAll('-', '')}`, depth + 1);
      }
  };
  walk(observable, type, 0);
  return leaves;
}
