import { assert, isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import { markingIdOfTlp, markingsOf, tlpInForce, tlpOfMarkingId } from '@comity/protocol/markings';
import type { MarkingLookup, Tlp } from '@comity/protocol/markings';

/** An object as it leaves. */
export interface LabelledText {
  readonly text: string;
  /** Ids of marking-definitions it refers to, beside those the standards fix. */
  readonly definitionIds: readonly string[];
}

/** What has to be done to the text of an object, and what goes before it. */
export interface Labelling {
  /** Whether its own markings say the label it is handled under. */
  readonly isSaid: boolean;
  readonly definitionIds: readonly string[];
}

/**
 * The text of an object with the label it is handled under. When its own markings say that label, it is the text that came,
 * byte for byte; else the label is written in, so that whoever gets it handles it as we do: a source's default for what it
 * left unmarked, the stricter label of another source. The label only ever tightens.
 *
 * @param text - A JSON object whose markings were read without a fault.
 * @throws {ComityError} `JSON_MALFORMED` when it is none.
 */
export function labelledText(text: string, tlp: Tlp, findMarking: MarkingLookup): LabelledText {
  const value = parseJson(text, text.length);
  assert(isJsonObject(value), 'what leaves is an object');
  const { isSaid, definitionIds } = labellingOf(value, tlp, findMarking);
  return { text: isSaid ? text : withLabel(value, tlp), definitionIds };
}

/** @param value - An object, or its markings alone. */
export function labellingOf(value: JsonObject, tlp: Tlp, findMarking: MarkingLookup): Labelling {
  const markings = markingsOf(value, findMarking);
  const parts = markings.granular.flatMap(({ markingRef }) => markingRef ?? []);
  const all = [...listOf(value['object_marking_refs']), ...parts];
  const definitionIds = all.filter((ref) => tlpOfMarkingId(ref) === undefined);
  return { isSaid: markings.tlp !== undefined && tlpInForce(markings, markings.tlp) === tlp, definitionIds };
}

function withLabel(value: JsonObject, tlp: Tlp): string {
  const kept = listOf(value['object_marking_refs']).filter((ref) => tlpOfMarkingId(ref) === undefined);
  return JSON.stringify({ ...value, object_marking_refs: [markingIdOfTlp(tlp), ...kept] });
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
