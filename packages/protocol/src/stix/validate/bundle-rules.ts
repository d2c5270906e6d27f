import type { JsonObject } from '../../base/index.ts';
import { tlpOfMarkingId } from '../../markings/index.ts';
import { visitReferences } from '../containment.ts';
import { textOf } from '../fields.ts';
import { kindOfType } from '../model/object-kinds.ts';
import { isSameJson } from '../same-json.ts';
import { uuidStartOf } from './forms.ts';
import { Report, shown } from './report.ts';
import type { Finding } from './report.ts';
import { checkTranslations } from './translation-rules.ts';

/** What is asked of the objects of a bundle together. */
export interface TogetherOptions {
  /** Whether what is referred to must stand in the bundle, predefined TLP markings aside. */
  readonly containment: boolean;
  /** Whether the rules of Interoperability v1.0 hold. */
  readonly interop: boolean;
}

/** The objects of a bundle by id and by version. */
class BundleIndex {
  readonly #latest = new Map<string, JsonObject>();
  readonly #versions = new Map<string, JsonObject>();

  /** Takes an object in; the earlier one with the same id and modified, when there is one. */
  add(object: JsonObject): JsonObject | undefined {
    const { id, modified } = object;
    if (typeof id !== 'string') return undefined;
    this.#latest.set(id, object);
    if (typeof modified !== 'string') return undefined;
    const key = `${modified} ${id}`;
    const earlier = this.#versions.get(key);
    if (earlier === undefined) this.#versions.set(key, object);
    return earlier;
  }

  /** The last object with the id, in the order of the bundle. */
  findLatest(id: string): JsonObject | undefined {
    return this.#latest.get(id);
  }

  /** The first object with the id and modified. */
  findVersion(id: string, modified: string): JsonObject | undefined {
    return this.#versions.get(`${modified} ${id}`);
  }
}

/** Checks what only shows when the objects of a bundle are looked at together. */
export function checkTogether(objects: ReadonlyMap<number, JsonObject>, options: TogetherOptions): Finding[] {
  const bundle = new BundleIndex();
  const earlier = new Map<JsonObject, JsonObject>();
  for (const object of objects.values()) {
    const before = bundle.add(object);
    if (before !== undefined) earlier.set(object, before);
  }
  const findings: Finding[] = [];
  const asksMore = options.containment || options.interop;
  for (const [index, object] of objects) {
    const before = earlier.get(object);
    if (!asksMore && before === undefined && object['type'] !== 'language-content') continue;
    const report = new Report({ base: `objects[${index}]` });
    if (before !== undefined) checkVersion(object, before, report);
    if (object['type'] === 'language-content') checkTranslations(object, bundle, report);
    if (asksMore) checkReferences(object, bundle, options, report);
    if (options.interop) checkProducer(object, bundle, report);
    for (const finding of report.findings) findings.push(finding);
  }
  return findings;
}

/** §3.6: the version of an object is its id and its modified. */
function checkVersion(object: JsonObject, earlier: JsonObject, report: Report): void {
  const id = shown(object['id']);
  if (isSameJson(earlier, object)) report.add('version-duplicate', undefined, `Leave out the second copy of ${id}`);
  else {
    const message = `Give ${id} another modified: its content differs from the first with this one`;
    report.add('version-contradiction', undefined, message);
  }
}

function checkReferences(object: JsonObject, bundle: BundleIndex, options: TogetherOptions, report: Report): void {
  visitReferences(object, (ref, path) => {
    const isHere = bundle.findLatest(ref) !== undefined || tlpOfMarkingId(ref) !== undefined;
    // Interop has a rule of its own for creators.
    if (isHere || uuidStartOf(ref) < 0 || (options.interop && path[0] === 'created_by_ref')) return;
    for (const key of path.slice(0, -1)) report.enter(key);
    report.add('reference-missing', path.at(-1), `Add ${shown(ref)} to the bundle: it is referred to`);
    for (const _ of path.slice(0, -1)) report.leave();
  });
}

/** Interop §3: every object names an identity of the bundle that names its own producer. */
function checkProducer(object: JsonObject, bundle: BundleIndex, report: Report): void {
  const creator = object['created_by_ref'];
  const kind = kindOfType(textOf(object, 'type'));
  if ((kind !== 'SDO' && kind !== 'SRO') || typeof creator !== 'string') return;
  const producer = bundle.findLatest(creator);
  if (producer === undefined)
    report.add('interop-creator', 'created_by_ref', `Add the producer ${shown(creator)} to the bundle`);
  else if (producer['created_by_ref'] === undefined)
    report.add('interop-creator', 'created_by_ref', `Add created_by_ref to the producer ${shown(creator)}`);
}
