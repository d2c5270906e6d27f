import type { PatternStream } from '@comity/protocol/pattern';
import type { SigmaEngine, SigmaEvent, SigmaLogsource, SigmaMatch } from '@comity/protocol/sigma';
import { sigmaEventOf, withLogsource } from '../event/index.ts';
import { observationOf } from '../observe/index.ts';
import type { FedRecord } from './record-feed.ts';

/** What is asked of records beside values. */
export interface AskedPatterns {
  /** Undefined: no Sigma rules. */
  readonly sigma: SigmaEngine | undefined;
  /** Undefined: no STIX patterns. */
  readonly stream: PatternStream | undefined;
  /** Log sources of every record, whatever it looks like; undefined: what the record shows decides. */
  readonly logsources?: readonly SigmaLogsource[] | undefined;
}

/** A rule or pattern that a record answers or completes. */
export type PatternAnswer =
  | { readonly kind: 'sigma'; readonly match: SigmaMatch }
  /** `id`: what the pattern is called in its stream; `atUs`: time of the record, microseconds since the Unix epoch. */
  | { readonly kind: 'stix'; readonly id: string; readonly atUs: number };

/**
 * Asks a record of all rules and patterns, whose state it changes.
 *
 * @param nowUs - when it is read, microseconds since the Unix epoch: the time of a record that states none.
 */
export function* askPatterns(
  asked: AskedPatterns,
  fed: FedRecord,
  nowUs: number,
): Generator<PatternAnswer, void, void> {
  if (asked.sigma !== undefined) {
    for (const match of asked.sigma.advance(eventOf(fed, asked.logsources), nowUs)) yield { kind: 'sigma', match };
  }
  const observation = asked.stream === undefined ? undefined : observationOf(fed.format, fed.record, nowUs);
  if (asked.stream === undefined || observation === undefined) return;
  const { lastUs } = observation;
  for (const { id } of asked.stream.advance(observation, lastUs)) yield { kind: 'stix', id, atUs: lastUs };
}

function eventOf({ format, record, text }: FedRecord, logsources: AskedPatterns['logsources']): SigmaEvent {
  const event = sigmaEventOf(format, { record, ...(text !== undefined && { line: text }) });
  return logsources === undefined ? event : withLogsource(event, logsources);
}
