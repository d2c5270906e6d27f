import { setImmediate } from 'node:timers/promises';
import { timestampOfUs } from '@comity/protocol/base';
import { listedValueOf } from '../admit/value-book.ts';
import { stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import type { ExportFormat, ExportGate, IntelQuery, StoredObject } from '../intel.ts';
import { RowReader, distinctSources, textOf } from './row-reader.ts';
import type { FullObjectRow } from './row-reader.ts';
import { findRefs } from './search.ts';
import type { SearchDeps } from './search.ts';
import { storedOf } from './stored.ts';

const refsAtOnce = 200;
const csvHeader = 'kind,value,port,indicator,name,state,confidence,tlp,sources,first_seen,last_seen,valid_until\r\n';

/**
 * Objects that pass a query and the gate, piece by piece, for a file.
 *
 * `stix`: one bundle of the live versions, each in the text the gate gives. `csv`: a row a value (RFC 4180), cells that a
 * spreadsheet would run made harmless. `plain`: a value a line, each once.
 */
export async function* exportObjects(
  format: ExportFormat,
  query: Omit<IntelQuery, 'cursor' | 'limit'>,
  gate: ExportGate,
  deps: SearchDeps & { readonly uuid: () => string },
): AsyncGenerator<string> {
  const rows = new RowReader(deps.db);
  const write = writers[format](rows, gate.forOthers);
  if (format === 'stix') yield `{"type":"bundle","id":"bundle--${deps.uuid()}","objects":[`;
  else if (gate.heading !== undefined) yield gate.heading;
  if (format === 'csv') yield csvHeader;
  let cursor: string | undefined;
  do {
    const page = findRefs({ ...query, ...(cursor === undefined ? {} : { cursor }) }, refsAtOnce, deps);
    const found = page.refs.map((ref) => rows.get(ref));
    const stored = new Map(found.map((row) => [storedOf(rows, row), row]));
    const piece = gate
      .admit([...stored.keys()])
      .map(({ object, text, definitions }) => {
        // Also of what only values are taken from: what may not leave whole does not leave in part.
        for (const each of [...definitions, text]) gate.check(each);
        return write(rowOf(stored, object), text, definitions);
      })
      .join('');
    if (piece !== '') yield piece;
    ({ cursor } = page);
    await Promise.all([gate.room(), setImmediate()]);
  } while (cursor !== undefined);
  if (format === 'stix') yield '\n]}\n';
}

function rowOf(rows: ReadonlyMap<StoredObject, FullObjectRow>, object: StoredObject): FullObjectRow {
  const row = rows.get(object);
  if (row === undefined) throw new Error('Assertion failed: a gate lets through what it was given');
  return row;
}

type Write = (row: FullObjectRow, text: string, definitions: readonly string[]) => string;

const writers: Record<ExportFormat, (rows: RowReader, forOthers: boolean) => Write> = {
  stix: () => {
    let isFirst = true;
    return (_row, text, definitions) =>
      [...definitions, text]
        .map((each) => {
          const comma = isFirst ? '\n' : ',\n';
          isFirst = false;
          return comma + each;
        })
        .join('');
  },
  csv: (rows, forOthers) => (row) => {
    const provenance = rows.provenanceOf(row).filter((item) => !forOthers || item.object_ref === row.ref);
    const sources = distinctSources(provenance)
      .map((source) => source.name)
      .join('; ');
    const tail = [
      stixIdOfKey(row.key),
      textOf(rows.liveValue(row)['name']) ?? '',
      stateOfCode(row.state),
      String(row.confidence),
      tlpOfCode(row.tlp),
      sources,
      timestampOfUs(Math.min(...provenance.map((item) => item.first_seen_us), row.added_us)),
      timestampOfUs(Math.max(...provenance.map((item) => item.last_seen_us), row.added_us)),
      row.valid_until_us === null ? '' : timestampOfUs(row.valid_until_us),
    ];
    return rows
      .valuesOf(row.ref)
      .map(listedValueOf)
      .map(
        ({ kind, value, port }) =>
          `${[kind, value, port === undefined ? '' : String(port), ...tail].map(cell).join(',')}\r\n`,
      )
      .join('');
  },
  plain: (rows) => {
    // A value is written at its newest lead only, so that no set of what was written has to be kept.
    const newest = rows.db.prepare<{ ref: number | null }>(
      `select max(o.ref) as ref from intel_listing l join intel_object o on o.ref = l.object_ref
       where l.value_ref = ? and o.lead = 1 and o.state = ? and o.complete <> 2`,
    );
    return (row) =>
      rows
        .valuesOf(row.ref)
        .filter((value) => (newest.get(value.ref, row.state)?.ref ?? row.ref) === row.ref)
        .map((value) => {
          const port = value.port === 0 ? '' : `:${value.port}`;
          return `${value.value}${port}\n`;
        })
        .join('');
  },
};

/** A cell that begins like a formula is given an apostrophe: spreadsheets run what others wrote (CWE-1236). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
