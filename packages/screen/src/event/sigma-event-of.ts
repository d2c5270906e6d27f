import type { JsonObject } from '@comity/protocol/base';
import type { SigmaEvent, SigmaLogsource } from '@comity/protocol/sigma';
import type { FormatName } from '../formats/index.ts';
import { memberOf, timeOf } from '../observe/fields.ts';
import { ecsKind } from './ecs-kinds.ts';
import { eveKind } from './eve-kinds.ts';
import { jsonKind } from './json-kinds.ts';
import { MappedEvent } from './mapped-event.ts';
import { accessEvent, dnsEvent, syslogEvent } from './text-events.ts';
import { WindowsEvent } from './windows-event.ts';
import { zeekKind } from './zeek-kinds.ts';

/** A record as its format has it. Untrusted. */
export interface FormatRecord {
  /** A parsed JSON object; of a text format its fields by name. */
  readonly record: JsonObject;
  /** The whole text of a record of a text format. */
  readonly line?: string;
}

/** Times in the order they are looked for in records that name theirs in no known way. */
const timeNames = ['@timestamp', 'timestamp', 'ts', 'time', 'eventTime', 'stageTimestamp', 'requestReceivedTimestamp'];

/**
 * The event a record is to Sigma rules: its log sources, its fields by the names of the taxonomy, its time. One mapping for
 * all formats (docs/spec/sigma.md). Pure.
 */
export function sigmaEventOf(format: FormatName, { record, line = '' }: FormatRecord): SigmaEvent {
  switch (format) {
    case 'windows':
      return new WindowsEvent(record);
    case 'ecs':
      // What winlogbeat ships is a Windows event inside.
      if (memberOf(record, 'winlog') !== undefined) return new WindowsEvent(record);
      return new MappedEvent(ecsKind(record), record, { atUs: timeOf(memberOf(record, '@timestamp')) });
    case 'zeek-tsv':
    case 'zeek-json':
      return new MappedEvent(zeekKind(record), record, { atUs: timeOf(memberOf(record, 'ts')) });
    case 'eve':
      return new MappedEvent(eveKind(record), record, { atUs: timeOf(memberOf(record, 'timestamp')) });
    case 'access':
      return accessEvent(record, line);
    case 'bind':
    case 'unbound':
    case 'dnsmasq':
      return dnsEvent(format, record, line);
    case 'syslog':
    case 'raw':
      return syslogEvent(record, line);
    case 'ndjson':
    case 'csv':
      return new MappedEvent(jsonKind(record), record, { atUs: timeOfAny(record) });
  }
}

function timeOfAny(record: JsonObject): number | undefined {
  for (const name of timeNames) {
    const us = timeOf(memberOf(record, name));
    if (us !== undefined) return us;
  }
  return undefined;
}

/** An event that is of a log source its reader states, whatever the record looks like. */
export function withLogsource(event: SigmaEvent, logsources: readonly SigmaLogsource[]): SigmaEvent {
  return {
    logsources,
    atUs: event.atUs,
    field: (name) => event.field(name),
    texts: () => event.texts(),
  };
}
