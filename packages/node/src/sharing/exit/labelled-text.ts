import { isJsonObject, parseJson } from '@comity/protocol/base';
import { markingIdOfTlp, markingsOf, tlpInForce, tlpOfMarkingId } from '@comity/protocol/markings';
import type { MarkingLookup, Tlp } from '@comity/protocol/markings';

/** An object as it leaves. */
export interface LabelledText {
  readonly text: string;
  /** Ids of marking-definitions it refers to, beside those the standards fix. */
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
  if (!isJsonObject(value)) throw new Error('Assertion failed: what leaves is an object');
  const markings = markingsOf(value, findMarking);
  const refs = listOf(value['object_marking_refs']);
  const parts = markings.granular.flatMap(({ markingRef }) => markingRef ?? []);
  const definitionIds = [...refs, ...parts].filter((ref) => tlpOfMarkingId(ref) === undefined);
  if (markings.tlp !== undefined && tlpInForce(markings, markings.tlp) === tlp) return { text, definitionIds };
  const label = markingIdOfTlp(tlp);
  const kept = refs.filter((ref) => tlpOfMarkingId(ref) === undefined);
  const labelled = { ...value, object_marking_refs: [label, ...kept] };
  return { text: JSON.stringify(labelled), definitionIds };
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
