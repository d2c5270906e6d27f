import { assert, isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import {
  comparePap,
  markingIdOfPap,
  markingIdOfTlp,
  markingsOf,
  papOfMarkingId,
  tlpInForce,
  tlpOfMarkingId,
  unmarkedPap,
} from '@comity/protocol/markings';
import type { MarkingLookup } from '@comity/protocol/markings';
import type { ObjectFacets } from '@comity/protocol/sharing';
import { papOf, tlpOf } from '../decide/floor.ts';

/** An object as it leaves. */
export interface LabelledText {
  readonly text: string;
  /** Ids of marking-definitions it refers to, beside the labels of TLP. */
  readonly definitionIds: readonly string[];
}

/** What has to be done to the text of an object, and what goes before it. */
export interface Labelling {
  /** Whether its own markings say the labels it is handled under. */
  readonly isSaid: boolean;
  readonly definitionIds: readonly string[];
}

/** What an object is handled under. */
type Labels = Pick<ObjectFacets, 'tlp' | 'pap' | 'unreadMarking'>;

/**
 * The text of an object with the labels it is handled under. When its own markings say them, it is the text that came,
 * byte for byte; else they are written in, so that whoever gets it handles it as we do: a source's default for what it
 * left unmarked, the stricter label of another source, the PAP a member lends it under. Labels only ever tighten.
 *
 * @param text - A JSON object whose markings were read without a fault.
 * @throws {ComityError} `JSON_MALFORMED` when it is none.
 */
export function labelledText(text: string, labels: Labels, findMarking: MarkingLookup): LabelledText {
  const value = parseJson(text, text.length);
  assert(isJsonObject(value), 'what leaves is an object');
  const { isSaid, definitionIds } = labellingOf(value, labels, findMarking);
  if (isSaid) return { text, definitionIds };
  const labelled = withLabels(value, labels, findMarking);
  return { text: JSON.stringify(labelled), definitionIds: labellingOf(labelled, labels, findMarking).definitionIds };
}

/** @param value - An object, or its markings alone. */
export function labellingOf(value: JsonObject, labels: Labels, findMarking: MarkingLookup): Labelling {
  const markings = markingsOf(value, findMarking);
  const parts = markings.granular.flatMap(({ markingRef }) => markingRef ?? []);
  const all = [...listOf(value['object_marking_refs']), ...parts];
  const definitionIds = all.filter((ref) => tlpOfMarkingId(ref) === undefined);
  const isTlpSaid = markings.tlp !== undefined && tlpInForce(markings, markings.tlp) === tlpOf(labels);
  return { isSaid: isTlpSaid && isPapSaid(markings, labels), definitionIds };
}

/** What says no PAP is handled as AMBER, and says so by that. */
function isPapSaid({ pap = unmarkedPap }: ReturnType<typeof markingsOf>, labels: Labels): boolean {
  return comparePap(pap, papOf(labels)) >= 0;
}

function withLabels(value: JsonObject, labels: Labels, findMarking: MarkingLookup): JsonObject {
  const isKept = isPapSaid(markingsOf(value, findMarking), labels);
  const kept = listOf(value['object_marking_refs']).filter(
    (ref) => tlpOfMarkingId(ref) === undefined && (isKept || papOfMarkingId(ref) === undefined),
  );
  const paps = isKept ? [] : [markingIdOfPap(papOf(labels))];
  return { ...value, object_marking_refs: [markingIdOfTlp(tlpOf(labels)), ...paps, ...kept] };
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
