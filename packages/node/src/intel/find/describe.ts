import { timestampOfUs } from '@comity/protocol/base';
import { strictestTlp } from '@comity/protocol/markings';
import { completeness } from '../admit/object-facts.ts';
import { listedValueOf } from '../admit/value-book.ts';
import { stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import { objectOfPatternRef } from '../pattern-feed.ts';
import { isInForce } from '../lifecycle.ts';
import type { Description } from '../intel.ts';
import { distinctSources, textOf } from './row-reader.ts';
import type { FullObjectRow, RowReader, ValueOfObject } from './row-reader.ts';

/** Indicators looked at for one value; a value more objects list is described by the newest of them. */
const indicatorsMax = 100;

/** Why a listed value counts; undefined when no indicator ever listed it. */
export function describeValue(rows: RowReader, ref: number): Description | undefined {
  const value = rows.db
    .prepare<ValueOfObject>('select ref, kind, port, value, held, released, listed from intel_value where ref = ?')
    .get(ref);
  if (value === undefined) return undefined;
  const indicators = rows.db
    .prepare<{ object_ref: number }>(
      'select object_ref from intel_listing where value_ref = ? order by object_ref desc limit ?',
    )
    .all(ref, indicatorsMax)
    .map((listing) => rows.get(listing.object_ref))
    .filter((row) => row.complete !== completeness.noIndicator);
  const inForce = indicators.filter((row) => isInForce(stateOfCode(row.state)));
  const best = inForce.toSorted(byWeight)[0] ?? indicators[0];
  if (best === undefined) return undefined;
  const described = inForce.length > 0 ? inForce : [best];
  const provenance = described.flatMap((row) => rows.provenanceOf(row));
  const sources = distinctSources(provenance);
  const object = rows.liveValue(best);
  const firstSeenUs = Math.min(...provenance.map((item) => item.first_seen_us), best.added_us);
  const complete = best.complete === completeness.wholly;
  return {
    ref,
    value: listedValueOf(value),
    indicator: stixIdOfKey(best.key),
    name: textOf(object['name']),
    state: stateOfCode(best.state),
    pattern: textOf(object['pattern']),
    sources,
    tlp: strictestTlp(described.map((row) => tlpOfCode(row.tlp))) ?? 'red',
    confidence: best.confidence,
    complete,
    why: whySentence(sources, firstSeenUs, best.confidence, complete),
    otherIndicators: inForce.filter((row) => row.ref !== best.ref).map((row) => stixIdOfKey(row.key)),
  };
}

/** What is known about an indicator whose pattern is asked of records; undefined when there is none. */
export function describePattern(rows: RowReader, ref: number): Description | undefined {
  const row = rows.find(objectOfPatternRef(ref));
  if (row === undefined) return undefined;
  const provenance = rows.provenanceOf(row);
  const sources = distinctSources(provenance);
  const object = rows.liveValue(row);
  const firstSeenUs = Math.min(...provenance.map((item) => item.first_seen_us), row.added_us);
  return {
    ref,
    value: undefined,
    indicator: stixIdOfKey(row.key),
    name: textOf(object['name']),
    state: stateOfCode(row.state),
    pattern: textOf(object['pattern']),
    sources,
    tlp: tlpOfCode(row.tlp),
    confidence: row.confidence,
    complete: true,
    why: whySentence(sources, firstSeenUs, row.confidence, true),
    otherIndicators: [],
  };
}

/** A whole pattern before a part of one, then the surer, then the newer. */
function byWeight(a: FullObjectRow, b: FullObjectRow): number {
  return weightOf(b) - weightOf(a) || b.confidence - a.confidence || b.ref - a.ref;
}

function weightOf(row: FullObjectRow): number {
  return row.complete === completeness.wholly ? 1 : 0;
}

function whySentence(
  sources: readonly { readonly name: string; readonly reliability: string }[],
  firstSeenUs: number,
  confidence: number,
  complete: boolean,
): string {
  const [first] = sources.toSorted((a, b) => a.reliability.localeCompare(b.reliability));
  const others = sources.length > 1 ? ` and ${sources.length - 1} more` : '';
  const who = first === undefined ? 'no source' : `${first.name} (reliability ${first.reliability})${others}`;
  const part = complete ? '' : '; the value is one part of its pattern';
  return `Listed by ${who} since ${timestampOfUs(firstSeenUs).slice(0, 10)}, confidence ${confidence} of 100${part}`;
}
