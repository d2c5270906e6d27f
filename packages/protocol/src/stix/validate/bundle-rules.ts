import { canonicalJson } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { tlpOfMarkingId } from '../../markings/index.ts';
import { visitReferences } from '../containment.ts';
import { findText } from '../fields.ts';
import { kindOfType } from '../model/object-kinds.ts';
import { uuidStartOf } from './forms.ts';
import { checkTranslations } from './translation-rules.ts';
import { Report, shown } from './report.ts';
import type { Finding } from './report.ts';

/** What is asked of the objects of a bundle together. */
export interface TogetherOptions {
  /** Whether what is referred to must stand in the bundle, predefined TLP markings aside. */
  readonly containment: boolean;
  /** Whether the rules of Interoperability v1.0 hold. */
  readonly interop: boolean;
}

/** Checks what only shows when the objects of a bundle are looked at together. */
export function checkTogether(objects: ReadonlyMap<number, JsonObject>, options: TogetherOptions): Finding[] {
  const byId = new Map<string, JsonObject[]>();
  for (const object of objects.values()) {
    const { id } = object;
    if (typeof id !== 'string') continue;
    const versions = byId.get(id);
    if (versions === undefined) byId.set(id, [object]);
    else versions.push(object);
  }
  const findings: Finding[] = [];
  const asksMore = options.containment || options.interop;
  for (const [index, object] of objects) {
    const versions = byId.get(findText(object, 'id') ?? '') ?? [];
    if (!asksMore && versions.length <= 1 && object['type'] !== 'language-content') continue;
    const report = new Report({ base: `objects[${index}]` });
    if (versions.length > 1 && versions[0] !== object) checkVersion(object, versions, report);
    if (object['type'] === 'language-content') checkTranslations(object, byId, report);
    if (options.containment || options.interop) checkReferences(object, byId, options, report);
    if (options.interop) checkProducer(object, byId, report);
    for (const finding of report.findings) findings.push(finding);
  }
  return findings;
}

/** §3.6: the version of an object is its id and its modified. `versions` are those of its id, in order. */
function checkVersion(object: JsonObject, versions: readonly JsonObject[], report: Report): void {
  const { id, modified } = object;
  if (modified === undefined) return;
  for (const earlier of versions) {
    if (earlier === object) return;
    if (earlier['modified'] !== modified) continue;
    const isSame = canonicalJson(earlier) === canonicalJson(object);
    if (isSame) report.add('version-duplicate', undefined, `Leave out the second copy of ${shown(id)}`);
    else
      report.add(
        'version-contradiction',
        undefined,
        `Give ${shown(id)} another modified: its content differs from the first`,
      );
    return;
  }
}

function checkReferences(
  object: JsonObject,
  byId: ReadonlyMap<string, readonly JsonObject[]>,
  options: TogetherOptions,
  report: Report,
): void {
  visitReferences(object, (ref, path) => {
    const isHere = byId.has(ref) || tlpOfMarkingId(ref) !== undefined;
    // Interop has a rule of its own for creators.
    if (isHere || uuidStartOf(ref) < 0 || (options.interop && path[0] === 'created_by_ref')) return;
    for (const key of path.slice(0, -1)) report.enter(key);
    report.add('reference-missing', path.at(-1), `Add ${shown(ref)} to the bundle: it is referred to`);
    for (const _ of path.slice(0, -1)) report.leave();
  });
}

/** Interop §3: every object names an identity of the bundle that names its own producer. */
function checkProducer(object: JsonObject, byId: ReadonlyMap<string, readonly JsonObject[]>, report: Report): void {
  const creator = object['created_by_ref'];
  const kind = kindOfType(findText(object, 'type') ?? '');
  if ((kind !== 'SDO' && kind !== 'SRO') || typeof creator !== 'string') return;
  const producer = byId.get(creator)?.[0];
  if (producer === undefined)
    report.add('interop-creator', 'created_by_ref', `Add the producer ${shown(creator)} to the bundle`);
  else if (producer['created_by_ref'] === undefined)
    report.add('interop-creator', 'created_by_ref', `Add created_by_ref to the producer ${shown(creator)}`);
}
