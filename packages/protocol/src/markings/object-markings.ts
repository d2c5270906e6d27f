import { asOwnError, isJsonObject, showJson } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { papOfIep, parseIep } from './iep.ts';
import type { Iep } from './iep.ts';
import { markingExtensions, papOfMarkingId, tlpOfMarkingId } from './marking-objects.ts';
import { parsePap, strictestPap } from './pap.ts';
import type { Pap } from './pap.ts';
import { parseTlp, strictestTlp } from './tlp.ts';
import type { Tlp } from './tlp.ts';

/** A marking on parts of an object (STIX 2.1 §7.2.3). */
export interface GranularMarking {
  readonly selectors: readonly string[];
  /** Id of a marking-definition; undefined when the marking states a language. */
  readonly markingRef: string | undefined;
  readonly lang: string | undefined;
  /** The label the reference comes to, when it is one. */
  readonly tlp: Tlp | undefined;
}

/** What an object's markings come to. Whatever could not be read is in `unknownRefs`, never left out. */
export interface Markings {
  /** The strictest TLP the object as a whole bears, its policy included; undefined when it bears none. */
  readonly tlp?: Tlp;
  /** The strictest TLP on any part of it. A part tightens and never widens: see {@link tlpInForce}. */
  readonly partsTlp?: Tlp;
  /** The strictest PAP, the policy's permitted actions included. */
  readonly pap?: Pap;
  readonly iep?: Iep;
  /** Whether the object as a whole bears two different TLP labels: the strictest counts and somebody should be told. */
  readonly tlpContradicts: boolean;
  readonly statements: readonly string[];
  readonly granular: readonly GranularMarking[];
  /** Markings nobody here can read: to be handled as if they forbade. A second policy counts as one. */
  readonly unknownRefs: readonly string[];
}

/** Finds a marking-definition that is not predefined: in the bundle at hand or in the store. */
export type MarkingLookup = (id: string) => JsonObject | undefined;

/** What one marking-definition states. */
interface Statement {
  readonly tlp?: Tlp;
  readonly pap?: Pap;
  readonly iep?: Iep;
  readonly statement?: string;
}

const none: Markings = { tlpContradicts: false, statements: [], granular: [], unknownRefs: [] };

/** What a marking that nobody here can read is taken for: the object goes no further than to who has it (TLP 2.0). */
export const unreadMarkingTlp: Tlp = 'amber+strict';

/**
 * The TLP an object is handled under: its own, else the source's default; then, since a part cannot be withheld here, as
 * restricted as its most restricted part (TLP 2.0). A CLEAR title makes no CLEAR object. A marking that cannot be read
 * tightens to {@link unreadMarkingTlp} and never widens: what it says may be that or anything.
 */
export function tlpInForce(
  { tlp, partsTlp, unknownRefs }: Pick<Markings, 'tlp' | 'partsTlp' | 'unknownRefs'>,
  defaultTlp: Tlp,
): Tlp {
  const whole = tlp ?? defaultTlp;
  const floor = unknownRefs.length === 0 ? [] : [unreadMarkingTlp];
  return strictestTlp([whole, ...(partsTlp === undefined ? [] : [partsTlp]), ...floor]);
}

/**
 * Reads the markings of a STIX object.
 *
 * @param object - Attacker-controlled; markings of the wrong type are reported as unknown.
 * @throws nothing: a marking that cannot be read is an entry of `unknownRefs`.
 */
export function markingsOf(object: JsonObject, lookup: MarkingLookup): Markings {
  const refs = object['object_marking_refs'];
  const parts = object['granular_markings'];
  if (refs === undefined && parts === undefined) return none;
  const unknownRefs: string[] = [];
  const stated: Statement[] = [];
  for (const ref of listOf(refs, 'object_marking_refs', unknownRefs)) {
    const statement = typeof ref === 'string' ? findStatement(ref, lookup) : undefined;
    if (statement === undefined) unknownRefs.push(showJson(ref, 300));
    else if (statement.iep !== undefined && stated.some(({ iep }) => iep !== undefined))
      unknownRefs.push(showJson(ref, 300));
    else stated.push(statement);
  }
  const granular: GranularMarking[] = [];
  const partial: Statement[] = [];
  for (const part of listOf(parts, 'granular_markings', unknownRefs)) {
    const marking = isJsonObject(part) ? part : {};
    const { marking_ref: ref, lang } = marking;
    const statement = typeof ref === 'string' ? findStatement(ref, lookup) : undefined;
    if (statement !== undefined) partial.push(statement);
    else if (typeof lang !== 'string') unknownRefs.push(showJson(ref ?? part, 300));
    granular.push({
      selectors: stringsOf(marking['selectors']),
      markingRef: typeof ref === 'string' ? ref : undefined,
      lang: typeof lang === 'string' ? lang : undefined,
      tlp: statement?.tlp,
    });
  }
  return combine(stated, partial, granular, unknownRefs);
}

function combine(
  stated: readonly Statement[],
  partial: readonly Statement[],
  granular: readonly GranularMarking[],
  unknownRefs: readonly string[],
): Markings {
  const all = [...stated, ...partial];
  const whole = stated.flatMap(({ tlp }) => tlp ?? []);
  const iep = stated.find((statement) => statement.iep !== undefined)?.iep;
  const tlp = strictestTlp(stated.flatMap(tlpsOf));
  const partsTlp = strictestTlp(partial.flatMap(tlpsOf));
  const pap = strictestPap(
    all.flatMap((statement) => [statement.pap ?? [], (statement.iep && papOfIep(statement.iep)) ?? []].flat()),
  );
  return {
    ...(tlp !== undefined && { tlp }),
    ...(partsTlp !== undefined && { partsTlp }),
    ...(pap !== undefined && { pap }),
    ...(iep !== undefined && { iep }),
    tlpContradicts: new Set(whole).size > 1,
    statements: all.flatMap(({ statement }) => statement ?? []),
    granular,
    unknownRefs,
  };
}

function tlpsOf({ tlp, iep }: Statement): Tlp[] {
  return [tlp ?? [], iep?.tlp ?? []].flat();
}

function findStatement(ref: string, lookup: MarkingLookup): Statement | undefined {
  const tlp = tlpOfMarkingId(ref);
  if (tlp !== undefined) return { tlp };
  const pap = papOfMarkingId(ref);
  if (pap !== undefined) return { pap };
  const definition = lookup(ref);
  if (definition === undefined) return undefined;
  try {
    return statementOf(definition);
  } catch (error) {
    // A definition that contradicts its standard is as good as unknown: the caller treats it as forbidding.
    asOwnError(error);
    return undefined;
  }
}

/** @throws {ComityError} `MARKING_MALFORMED` when the definition is of a known kind but states no word of it. */
function statementOf(definition: JsonObject): Statement | undefined {
  const extensions = isJsonObject(definition['extensions']) ? definition['extensions'] : {};
  const tlp2 = extensions[markingExtensions.tlp2];
  if (isJsonObject(tlp2)) return { tlp: parseTlp(textOf(tlp2['tlp_2_0'])) };
  const pap = extensions[markingExtensions.pap];
  if (isJsonObject(pap)) return { pap: parsePap(textOf(pap['pap'])) };
  const iep = extensions[markingExtensions.iep];
  if (isJsonObject(iep)) return { iep: parseIep(iep, textOf(definition['id']).slice(0, 80)) };
  const content = definition['definition'];
  if (!isJsonObject(content)) return undefined;
  // Not one of the four fixed instances, which the standard forbids but tools emit: the label is what was meant.
  if (definition['definition_type'] === 'tlp') return { tlp: parseTlp(textOf(content['tlp'])) };
  const statement = content['statement'];
  return definition['definition_type'] === 'statement' && typeof statement === 'string' ? { statement } : undefined;
}

function listOf(value: JsonValue | undefined, name: string, unknownRefs: string[]): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined) unknownRefs.push(name);
  return [];
}

function stringsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
