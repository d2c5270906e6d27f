import { isJsonObject, parseJson, timestampOfUs } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import { compareTlp } from '@comity/protocol/markings';
import type { LookupRecord } from '@comity/protocol/lookup';
import { parsePattern, planPattern } from '@comity/protocol/pattern';
import type { ListedValue, Value } from '@comity/protocol/values';
import { papOf } from '../sharing/index.ts';
import type { AdmittedObject } from '../sharing/index.ts';
import { inputKeyOf } from './output-book.ts';

/** Values of an object beyond these are not offered: what lists so many is a feed, not an indicator. */
const valuesOfObjectMax = 1000;

/** A value that may be told to somebody, with what is told of it. */
export interface Tellable {
  readonly value: Value;
  readonly record: LookupRecord;
}

/** The rule that stands against telling an object by a look-up though it might be handed over; undefined: none. */
export function whyUntold({ facets, tlp }: Pick<AdmittedObject, 'facets' | 'tlp'>): string | undefined {
  // A set can be asked about every address there is. The floor refuses both to members; who is no member is not asked.
  if (compareTlp(tlp, 'amber+strict') >= 0) return 'lookup.tlp';
  // PAP:RED is matched against one's own records and nothing else: whoever asks outside about a value gives a sign of it.
  if (papOf(facets) === 'red') return 'lookup.pap-red';
  return undefined;
}

/** What an object says of its own: its text is as it was admitted, and nothing is told that other objects say. */
export function tellablesOf({ object, facets, tlp, text }: AdmittedObject): readonly Tellable[] {
  const json = parseJson(text, text.length);
  const { values, decides } = planOf(json);
  if (!isJsonObject(json)) return [];
  const untilUs = object.leaseUntilUs;
  const validUntil = earliest(textOf(json, 'valid_until'), untilUs === undefined ? undefined : timestampOfUs(untilUs));
  const record: LookupRecord = {
    id: object.id,
    name: textOf(json, 'name') ?? '',
    labels: labelsOf(json),
    tlp,
    pap: papOf(facets),
    validUntil,
    objects: 1,
    decides,
  };
  return values.map(({ kind, value }) => ({ value: { kind, value }, record }));
}

function planOf(json: unknown): { readonly values: readonly ListedValue[]; readonly decides: boolean } {
  const pattern = isJsonObject(json) && json['pattern_type'] === 'stix' ? textOf(json, 'pattern') : undefined;
  if (pattern === undefined) return { values: [], decides: false };
  // It was read when it came in: whatever cannot be read is not there.
  const { values, complete } = planPattern(parsePattern(pattern));
  return { values: values.slice(0, valuesOfObjectMax), decides: complete };
}

function textOf(json: JsonObject, name: string): string | undefined {
  const value = json[name];
  return typeof value === 'string' ? value : undefined;
}

function labelsOf(json: JsonObject): readonly string[] {
  const all = [json['indicator_types'], json['labels']].flat();
  return [...new Set(all.filter((label): label is string => typeof label === 'string' && label !== ''))].slice(0, 20);
}

/** Both RFC 3339, UTC. */
function earliest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(a) <= Date.parse(b) ? a : b;
}

/** What may be told to one recipient: each value once. */
export class Telling {
  readonly #byInput = new Map<string, Tellable>();
  readonly #valuesMax: number;
  leftOut = 0;

  constructor(valuesMax: number) {
    this.#valuesMax = valuesMax;
  }

  /** Objects come newest first: of several the first whose pattern the value decides is told, else the first. */
  add(tellable: Tellable): void {
    const key = inputKeyOf(tellable.value);
    const known = this.#byInput.get(key);
    if (known === undefined && this.#byInput.size >= this.#valuesMax) {
      this.leftOut += 1;
      return;
    }
    const better = known !== undefined && (known.record.decides || !tellable.record.decides) ? known : tellable;
    const objects = (known?.record.objects ?? 0) + 1;
    this.#byInput.set(key, { value: tellable.value, record: { ...better.record, objects } });
  }

  /** By kind and value, so that the same is always told in the same order. */
  list(): readonly Tellable[] {
    return [...this.#byInput].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, tellable]) => tellable);
  }
}
