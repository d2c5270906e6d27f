import type { JsonObject } from '@comity/protocol/base';
import { tlpLabel, papLabel } from '@comity/protocol/markings';
import { withoutUndefined } from './nested-fields.ts';
import type { Teller, ToldMatch } from './told-match.ts';

/**
 * A match in our own form: the names of the API's `Match`, and the label its indicator is handled under beside it.
 *
 * Spec: docs/guides/outlets.md, "Our own form".
 */
export function ownForm(match: ToldMatch, { hostname, version }: Teller): JsonObject {
  const { indicator, isTest = false } = match;
  const { label } = indicator;
  return withoutUndefined({
    type: isTest ? 'test' : 'match',
    id: match.id,
    at: match.at,
    recordedAt: match.recordedAt,
    tlp: label && tlpLabel(label.tlp),
    pap: label?.pap && papLabel(label.pap),
    value: match.value,
    kind: match.kind,
    relation: match.relation,
    port: match.port,
    alarm: match.alarm,
    field: match.field,
    sourceName: match.sourceName,
    file: match.file === '' ? undefined : match.file,
    line: match.line === 0 ? undefined : match.line,
    record: match.record === '' ? undefined : match.record,
    hunt: match.hunt,
    indicator: withoutUndefined({
      id: indicator.id,
      listed: indicator.listed,
      name: indicator.name,
      description: indicator.description,
      confidence: indicator.confidence,
      types: indicator.types === undefined || indicator.types.length === 0 ? undefined : [...indicator.types],
      modified: indicator.modified,
    }),
    node: { host: hostname, version },
  });
}
