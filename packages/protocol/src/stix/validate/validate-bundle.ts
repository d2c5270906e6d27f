import { asOwnError, isJsonObject, limits, parseJson } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { skipBlanks, sliceElements, sliceMembers, sliceValue } from '../json-slices.ts';
import type { JsonMember, JsonSlice } from '../json-slices.ts';
import { isStix20, upgradeObject } from '../stix20/upgrade-object.ts';
import { checkTogether } from './bundle-rules.ts';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { uuidStartOf, uuidVersionAt } from './forms.ts';
import { checkCustomName } from './names.ts';
import { Report, shown } from './report.ts';
import type { Finding } from './report.ts';
import { asError, validateVersion } from './validate-object.ts';
import type { ValidateOptions } from './validate-object.ts';

/** What is asked of a bundle. */
export interface ValidateBundleOptions extends ValidateOptions {
  /** Whether what is referred to must stand in the bundle; false by default, as the standard allows. */
  readonly containment?: boolean;
  /** Version the bundle is judged by: one of 2.0 says so (STIX 2.0 part 1 §5). 2.1 by default. */
  readonly specVersion?: '2.0' | '2.1';
}

/** Findings of one bundle; more are not listed. */
const bundleFindingsMax = 20_000;

/**
 * Checks the text of a bundle, of a TAXII envelope, of a bare array of objects or of one object against STIX 2.1.
 *
 * Sees what an object that was parsed no longer shows, duplicated keys, and what only shows between objects: versions that
 * stand twice, translations that do not fit. An element that is no JSON is one finding, and the rest goes on.
 *
 * Linear in the text. Spec: STIX 2.1 §8, TAXII 2.1 §3.7.
 *
 * @param text - Attacker-controlled, decoded; a leading byte-order mark is skipped.
 * @returns What is wrong, with paths like `objects[3].name`; at most 20,001 findings.
 * @throws nothing.
 */
export function validateBundle(text: string, options: ValidateBundleOptions = {}): Finding[] {
  const start = skipBlanks(text, text.charCodeAt(0) === 0xfe_ff ? 1 : 0);
  const bundle = new BundleChecks(text, options);
  if (text[start] === '[') bundle.checkArray(start);
  else if (text[start] === '{') bundle.checkTop(start);
  else bundle.add('bundle-form', '', 'Write a JSON object or an array');
  return bundle.finish();
}

class BundleChecks {
  readonly #text: string;
  readonly #options: ValidateBundleOptions;
  readonly #findings: Finding[] = [];
  readonly #objects = new Map<number, JsonObject>();
  /** Whether the bundle says that it is of STIX 2.0: then it is told once, not of each object. */
  #is20 = false;

  constructor(text: string, options: ValidateBundleOptions) {
    this.#text = text;
    this.#options = options;
  }

  add(code: 'bundle-form' | 'property-duplicate' | 'nesting-depth', path: string, message: string): void {
    const report = new Report();
    report.add(code, undefined, message);
    for (const finding of report.findings) this.#findings.push({ ...finding, path });
  }

  checkArray(start: number): void {
    const { slices, end } = sliceElements(this.#text, start);
    this.#checkElements(slices);
    this.#checkEnd(end, slices);
  }

  checkTop(start: number): void {
    const { members, end } = sliceMembers(this.#text, start, 'objects');
    const type = this.#valueOf(members, 'type');
    const isEnvelope = type === undefined && members.every(({ key }) => envelopeKeys.has(key));
    if (type !== 'bundle' && !isEnvelope) {
      const object = this.#parse(sliceValue(this.#text, start), '');
      if (object !== undefined) this.#validate(object, '');
      this.#checkEnd(end, []);
      return;
    }
    if (type === 'bundle') this.#checkBundle(members);
    const elements = members.flatMap((member) => member.elements ?? []);
    this.#checkElements(elements);
    this.#checkEnd(end, elements);
  }

  finish(): Finding[] {
    const { profile = 'spec', containment = false } = this.#options;
    const together = checkTogether(this.#objects, { containment, interop: profile === 'interop' });
    const all = [...this.#findings, ...together];
    const listed = all.length > bundleFindingsMax ? [...all.slice(0, bundleFindingsMax), cut] : all;
    return profile === 'strict' ? listed.map(asError) : listed;
  }

  /** The members of the bundle itself (§8.1). */
  #checkBundle(members: readonly JsonMember[]): void {
    const report = new Report();
    report.section = '8.1';
    this.#is20 = this.#valueOf(members, 'spec_version') === '2.0';
    const names = new Set<string>();
    for (const { key, slice, elements } of members) {
      if (names.has(key)) report.add('property-duplicate', key, `Keep one of the members ${shown(key)}`);
      names.add(key);
      if (key === 'type' || key === 'id') continue;
      if (key === 'spec_version' && this.#is20) continue;
      if (key !== 'objects') checkCustomName(key, report);
      else if (elements === undefined) report.add('value-type', key, `Write a list as objects`);
      else if (elements.length === 0 && slice.end > slice.start)
        report.add('list-empty', key, 'Fill objects or leave it out');
    }
    if (this.#is20)
      report.add('stix-20', 'spec_version', 'Write STIX 2.1: this is a bundle of STIX 2.0, judged as it reads in 2.1');
    else if (this.#options.specVersion === '2.0')
      report.add('bundle-form', 'spec_version', 'Write "2.0" as spec_version of a bundle of STIX 2.0');
    const id = this.#valueOf(members, 'id');
    const text = typeof id === 'string' && id.startsWith('bundle--') ? id : '';
    const start = uuidStartOf(text);
    if (id === undefined) report.add('property-missing', 'id', 'Add id: it is required');
    else if (start < 0) report.add('id-form', 'id', `Write the id as bundle--UUID, not ${shown(id)}`);
    else if (uuidVersionAt(text, start) !== 4) report.add('id-version', 'id', `Prefer a UUIDv4 in ${shown(id)}`);
    this.#findings.push(...report.findings);
  }

  #valueOf(members: readonly JsonMember[], key: string): JsonValue | undefined {
    const slice = members.findLast((member) => member.key === key)?.slice;
    return slice === undefined ? undefined : this.#parse(slice, key);
  }

  #checkElements(slices: readonly JsonSlice[]): void {
    for (const [index, slice] of slices.entries()) {
      if (this.#findings.length > bundleFindingsMax) return;
      const path = `objects[${index}]`;
      const object = this.#parse(slice, path);
      if (object === undefined) continue;
      if (isJsonObject(object) && object['type'] === 'bundle') {
        this.add('bundle-form', path, 'Move the objects out of the bundle inside the bundle');
        continue;
      }
      this.#validate(object, path);
      if (isJsonObject(object)) this.#objects.set(index, object);
    }
  }

  #validate(object: JsonValue, path: string): void {
    const is20 = isJsonObject(object) && isStix20(object);
    const read = is20 ? upgradeObject(object).object : object;
    for (const finding of validateVersion(read, this.#options, is20 && !this.#is20, path)) this.#findings.push(finding);
  }

  /** The value of a slice, its duplicated keys told; undefined when it is no JSON. */
  #parse(slice: JsonSlice, path: string): JsonValue | undefined {
    const text = this.#text.slice(slice.start, slice.end);
    if (slice.fault === 'deep') {
      this.add('nesting-depth', path, `Nest values less than ${limits.jsonDepthMax} deep`);
      return undefined;
    }
    try {
      const value = parseJson(text, limits.stixObjectCharsMax, path === '' ? 'input' : path);
      if (hasDuplicateKeys(text, value)) this.add('property-duplicate', path, 'Write each key once: one stands twice');
      return value;
    } catch (error) {
      this.add('bundle-form', path, asOwnError(error).message);
      return undefined;
    }
  }

  /** What is wrong with the end of the document, unless the last element already says it. */
  #checkEnd(end: number, slices: readonly JsonSlice[]): void {
    if (end < 0 && slices.at(-1)?.fault !== 'broken') this.add('bundle-form', '', 'Close the document: it breaks off');
    else if (end >= 0 && skipBlanks(this.#text, end) < this.#text.length)
      this.add('bundle-form', '', 'Remove what follows the document');
  }
}

const envelopeKeys: ReadonlySet<string> = new Set(['more', 'next', 'objects']);

const cut: Finding = {
  code: 'findings-cut',
  severity: 'error',
  path: '',
  message: `Stop listing: there are more than ${bundleFindingsMax} findings`,
  section: '2',
};
