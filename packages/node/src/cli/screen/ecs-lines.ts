import { hostname } from 'node:os';
import { timestampOfUs } from '@comity/protocol/base';
import type { FileMatch, MatchedRecord, RecordMatch } from '@comity/screen';
import type { ToldMatch } from '../../outlets/index.ts';
import { safeJson } from '../safe-json.ts';
import { version } from '../../version.ts';
import type { RuleMatch } from './rule-judge.ts';

/** Bytes of a record that are told, as a node keeps them. */
const recordBytesMax = 8192;

/** What is found as lines of documents of the Elastic Common Schema. Lists say nothing of markings, so there are none in it. */
export interface EcsLines {
  record(file: string, found: MatchedRecord, match: RecordMatch, sources: readonly string[]): string;
  file(match: FileMatch, sources: readonly string[]): string;
  rule(match: RuleMatch): string;
}

/** @param clock - Milliseconds since the Unix epoch. */
export async function ecsLines(clock: () => number): Promise<EcsLines> {
  const { matchDocument } = await import('../../outlets/index.ts');
  const teller = { hostname: hostname(), version };
  const line = (match: ToldMatch): string =>
    `${safeJson(matchDocument({ at: new Date(clock()).toISOString(), ...match }, 'ecs', teller))}\n`;
  return {
    record: (file, { line: number, record }, match, sources) =>
      line({
        file,
        line: number,
        record: textOf(record, match.start ?? 0),
        value: match.value,
        kind: match.kind,
        relation: match.relation,
        ...(match.port !== undefined && { port: match.port }),
        ...(match.field !== undefined && { field: match.field }),
        alarm: match.port !== 'other',
        indicator: { listed: match.indicator, ...providerOf(sources) },
      }),
    file: ({ file, member, value, kind, relation, indicator }, sources) =>
      line({
        file: member === undefined ? file : `${file}/${member}`,
        line: 0,
        record: '',
        value,
        kind,
        relation,
        alarm: true,
        indicator: { listed: indicator, ...providerOf(sources) },
      }),
    rule: ({ file = '', line: number = 0, rule, title, atUs, source }) =>
      line({
        file,
        line: number,
        record: '',
        recordedAt: timestampOfUs(atUs),
        value: title,
        kind: 'other',
        relation: 'pattern',
        alarm: true,
        indicator: { id: rule, listed: title, name: title, ...providerOf([source]) },
      }),
  };
}

function providerOf([source]: readonly string[]): { readonly provider?: string } {
  return source === undefined || source === '' ? {} : { provider: source };
}

/** All of a record, or a piece round the value. */
function textOf(record: Uint8Array, start: number): string {
  const from = record.length <= recordBytesMax ? 0 : Math.max(0, start - recordBytesMax / 2);
  return Buffer.from(record.subarray(from, from + recordBytesMax)).toString('utf8');
}
