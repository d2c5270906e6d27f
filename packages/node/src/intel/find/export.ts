import { setImmediate } from 'node:timers/promises';
import { timestampOfUs } from '@comity/protocol/base';
import { listedValueOf } from '../admit/value-book.ts';
import { stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import type { ExportFormat, ExportGate, ListWriter } from '../export.ts';
import type { IntelQuery, StoredObject } from '../intel.ts';
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
 * spreadsheet would run made harmless. A list: each value once.
 */
export async function* exportObjects(
  format: ExportFormat,
  query: Omit<IntelQuery, 'cursor' | 'limit'>,
  gate: ExportGate,
  deps: SearchDeps & { readonly uuid: () => string },
): AsyncGenerator<string> {
  const rows = new RowReader(deps.db);
  const { head, write, foot } = pieces(format, rows, gate, deps.uuid);
  yield head;
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
  yield foot();
  const closing = typeof format === 'object' && format.hasComments ? gate.closing?.() : undefined;
  if (closing !== undefined) yield `# ${closing}\n`;
}

interface Pieces {
  readonly head: string;
  readonly write: Write;
  readonly foot: () => string;
}

function pieces(format: ExportFormat, rows: RowReader, { label, forOthers }: ExportGate, uuid: () => string): Pieces {
  if (format === 'stix')
    return {
      head: `{"type":"bundle","id":"bundle--${uuid()}","objects":[`,
      write: writeStix(),
      foot: () => '\n]}\n',
    };
  const comment = label === undefined ? '' : `# ${label}\n`;
  if (format === 'csv') return { head: comment + csvHeader, write: writeCsv(rows, forOthers), foot: () => '' };
  return {
    head: (format.hasComments ? comment : '') + format.head,
    write: writeList(rows, format),
    foot: () => format.foot(),
  };
}

function rowOf(rows: ReadonlyMap<StoredObject, FullObjectRow>, object: StoredObject): FullObjectRow {
  const row = rows.get(object);
  if (row === undefined) throw new Error('Assertion failed: a gate lets through what it was given');
  return row;
}

type Write = (row: FullObjectRow, text: string, definitions: readonly string[]) => string;

function writeStix(): Write {
  let isFirst = true;
  return (_row, text, definitions) =>
    [...definitions, text]
      .map((each) => {
        const comma = isFirst ? '\n' : ',\n';
        isFirst = false;
        return comma + each;
      })
      .join('');
}

function writeCsv(rows: RowReader, forOthers: boolean): Write {
  return (row) => {
    const provenance = rows.provenanceOf(row).filter((item) => !forOthers || item.object_ref === row.ref);
    const sources = distinctSources(provenance)
      .map((source) => source.name)
      .join('; ');
    const tail = [
      stixIdOfKey(row.key),
      nameOf(rows, row) ?? '',
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
  };
}

function writeList(rows: RowReader, list: ListWriter): Write {
  // A value is written at its newest lead only, so that no set of what was written has to be kept.
  const newest = rows.db.prepare<{ ref: number | null }>(
    `select max(o.ref) as ref from intel_listing l join intel_object o on o.ref = l.object_ref
     where l.value_ref = ? and o.lead = 1 and o.state = ? and o.complete <> 2`,
  );
  return (row) => {
    const ofIndicator = {
      indicator: stixIdOfKey(row.key),
      name: () => nameOf(rows, row),
      confidence: row.confidence,
    };
    return rows
      .valuesOf(row.ref)
      .filter((value) => (newest.get(value.ref, row.state)?.ref ?? row.ref) === row.ref)
      .map((value) => list.item({ ...listedValueOf(value), ...ofIndicator }) ?? '')
      .join('');
  };
}

function nameOf(rows: RowReader, row: FullObjectRow): string | undefined {
  return textOf(rows.liveValue(row)['name']);
}

/** A cell that begins like a formula is given an apostrophe: spreadsheets run what others wrote (CWE-1236). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
