import { ComityError, quote } from '@comity/protocol/base';
import type { HuntReportView } from '@comity/protocol/api';
import { loadValues } from '../load-values.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

/** Values of one request. */
const valuesPerRequest = 10_000;
const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Characters of a record that are printed. */
const recordChars = 200;

export const huntValues: NodeCommand<'hunt'> = async ({ flags, positionals }, client, terminal) => {
  const values: string[] = [];
  for (const word of positionals) values.push(...(await loadValues(word)));
  const since = flags.since === undefined ? undefined : parseSince(flags.since);
  let hasSeen = false;
  for (let from = 0; from < values.length; from += valuesPerRequest) {
    const body = { values: values.slice(from, from + valuesPerRequest), since, confirm: flags.confirm };
    const report = await client.hunt({ body });
    hasSeen ||= report.values.some(({ places }) => places.length > 0);
    await write(terminal.stdout, flags.json ? jsonText(report) : reportText(report));
  }
  return hasSeen ? 0 : 1;
};

function parseSince(text: string): string {
  const ago = /^(\d{1,6})([mhd])$/.exec(text);
  const ms = ago === null ? Date.parse(text) : Date.now() - Number(ago[1]) * unitMs[ago[2] ?? 'd']!;
  if (Number.isNaN(ms)) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use ${quote(text)} as --since: it is a time, or 30m, 12h, 7d ago`,
    );
  }
  return new Date(ms).toISOString();
}

function reportText({ values, left, knownSince, damaged }: HuntReportView): string {
  const rows = values.flatMap(({ value, places }) =>
    places.map((place) => [
      value,
      place.sourceName === '' ? place.sourceId : place.sourceName,
      place.from.slice(0, 16),
      place.to.slice(11, 16),
      place.times,
      place.basis === 'value' ? '' : 'host or network only',
    ]),
  );
  const lines = rows.length === 0 ? ['Nothing seen.'] : [];
  for (const { value, noted } of values)
    if (!noted) lines.push(`${plain(value)}: never noted, only the records can tell`);
  for (const { records } of values) {
    for (const { file, line, record } of records) lines.push(plain(`${file}:${line}: ${record.slice(0, recordChars)}`));
  }
  if (left > 0) lines.push(`${left} more`);
  lines.push(knownSince === undefined ? 'Nothing is noted yet.' : `Noted since ${knownSince.slice(0, 10)}.`);
  for (const { file, reason } of damaged) lines.push(`Cannot ask ${plain(file)}: ${plain(reason)}`);
  const table = rows.length === 0 ? '' : tableText(['VALUE', 'SOURCE', 'FROM (UTC)', 'TO', 'ABOUT', 'NOTE'], rows);
  return `${table}${lines.join('\n')}\n`;
}
