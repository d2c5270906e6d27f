import type { HuntReportView, Match, RecordSourceView } from '@comity/protocol/api';
import type { ListedValue } from '@comity/protocol/values';
import type { Description } from '../../intel/index.ts';
import type { HuntReport, MatchIndicator, RecordSource, ScreeningMatch } from '../../screening/index.ts';
import { instantOfMs, optional } from './instants.ts';

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
    ...optional('hunt', match.hunt),
    indicator: match.indicator,
  };
}

export function huntReportView({ values, left, knownSinceMs, damaged }: HuntReport): HuntReportView {
  return {
    values: values.map(({ value: { kind, value }, isNoted, places, records }) => ({
      value,
      kind,
      noted: isNoted,
      places: places.map(({ sourceId, sourceName, firstMs, lastMs, times, basis }) => ({
        sourceId,
        sourceName,
        from: instantOfMs(firstMs),
        to: instantOfMs(lastMs),
        times: Math.round(times),
        basis,
      })),
      records: records.map(({ sourceId, file, line, value: shown, field, record }) => ({
        sourceId,
        file,
        line,
        value: shown,
        ...(field === '' ? {} : { field }),
        record: record.slice(0, recordCharsMax),
      })),
    })),
    left,
    ...optional('knownSince', knownSinceMs === undefined ? undefined : instantOfMs(knownSinceMs)),
    damaged: [...damaged],
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
