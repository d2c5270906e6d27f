import type { Match, RecordSourceView } from '@comity/protocol/api';
import type { ListedValue } from '@comity/protocol/values';
import type { Description } from '../../intel/index.ts';
import type { MatchIndicator, RecordSource, ScreeningMatch } from '../../screening/index.ts';
import { optional } from './instants.ts';

/** Records are shown up to this many characters. */
const recordCharsMax = 8192;

export function recordSourceView(source: RecordSource): RecordSourceView {
  return {
    id: source.id,
    name: source.name,
    kind: source.kind,
    location: source.location,
    format: source.format,
    status: source.status,
    since: source.since,
    ...optional('lastError', source.lastError),
    bytes: source.bytes,
    records: source.records,
    matches: source.matches,
    bytesPerSecond: source.bytesPerSecond,
    ...optional('lagBytes', source.lagBytes),
    dropped: source.dropped,
    ...optional('lastRecordAt', source.lastRecordAt),
  };
}

export function matchView(match: ScreeningMatch): Match {
  return {
    id: match.id,
    at: match.at,
    sourceId: match.sourceId,
    sourceName: match.sourceName,
    file: match.file,
    line: match.line,
    record: match.record.slice(0, recordCharsMax),
    value: match.value,
    kind: match.kind,
    relation: match.relation,
    ...optional('port', match.port),
    ...optional('field', match.field),
    alarm: match.alarm,
    indicator: match.indicator,
  };
}

/** What a match shows of the indicator behind the listed value. */
export function matchIndicatorOf(description: Description): MatchIndicator {
  const { value, name, pattern, sources } = description;
  return {
    id: description.indicator,
    listed: value === undefined ? (name ?? pattern ?? '') : listedText(value),
    source: sources.map((source) => source.name).join(', '),
    tlp: description.tlp,
    state: description.state,
    why: description.why,
  };
}

function listedText({ value, port }: ListedValue): string {
  return port === undefined ? value : `${value}:${port}`;
}
