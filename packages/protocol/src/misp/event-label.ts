import type { JsonObject } from '../base/index.ts';
import {
  comparePap,
  compareTlp,
  markingsOf,
  strictestPap,
  strictestTlp,
  tlpInForce,
  unreadMarkingTlp,
} from '../markings/index.ts';
import type { Pap, Tlp } from '../markings/index.ts';
import type { LossTally } from './loss-tally.ts';
import { textIn } from './stix-fields.ts';

/** What a thing of an event is labelled; undefined: nothing is said. */
export interface EventLabel {
  readonly tlp: Tlp | undefined;
  readonly pap: Pap | undefined;
}

/** Reads the labels of objects, each once: what MISP has no form for is one loss, however often it is looked at. */
export class LabelReader {
  readonly #losses: LossTally;
  readonly #known = new Map<JsonObject, EventLabel>();

  constructor(losses: LossTally) {
    this.#losses = losses;
  }

  labelOf(value: JsonObject): EventLabel {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const label = this.#read(value);
    this.#known.set(value, label);
    return label;
  }

  /** That of a cluster or an organisation: it stands on thousands of events, so that one without a label takes each one's. */
  labelOfShared(value: JsonObject): EventLabel {
    const { tlp, pap } = this.labelOf(value);
    return { tlp: tlp ?? 'clear', pap };
  }

  #read(value: JsonObject): EventLabel {
    const markings = markingsOf(value, () => undefined);
    const { tlp, partsTlp, unknownRefs, pap } = markings;
    if (unknownRefs.length > 0)
      this.#losses.add(
        `${textIn(value['type']).slice(0, 60)}.object_marking_refs`,
        `MISP has no form for the marking: held at ${unreadMarkingTlp}`,
        unknownRefs.length,
      );
    const isUnlabelled = tlp === undefined && partsTlp === undefined && unknownRefs.length === 0;
    return { tlp: isUnlabelled ? undefined : tlpInForce(markings, 'clear'), pap };
  }
}

/** The label of what is made of several. One that bears none tightens the others, since it may be under any. */
export function strictestLabel(labels: readonly EventLabel[]): EventLabel {
  const stated = labels.flatMap(({ tlp }) => tlp ?? []);
  const isMixed = stated.length > 0 && stated.length < labels.length;
  return {
    tlp: strictestTlp(isMixed ? [...stated, unreadMarkingTlp] : stated),
    pap: strictestPap(labels.flatMap(({ pap }) => pap ?? [])),
  };
}

/** Whether what bears `one` would go further than it may on what bears `other`. */
export function isStricter(one: EventLabel, other: EventLabel): boolean {
  return (
    compareTlp(one.tlp ?? unreadMarkingTlp, other.tlp ?? unreadMarkingTlp) > 0 ||
    comparePap(one.pap ?? 'clear', other.pap ?? 'clear') > 0
  );
}
