import { setImmediate } from 'node:timers/promises';
import { timestampOfUs } from '@comity/protocol/base';
import { listedValueOf } from '../admit/value-book.ts';
import { stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import type { ExportFormat, ExportGate, ListWriter } from '../export.ts';
import type { IntelQuery } from '../intel.ts';
import type { StoredObject } from '../stored-object.ts';
import { RowReader, distinctSources, textOf } from './row-reader.ts';
import type { FullObjectRow } from './row-reader.ts';
import { codeFilter, passes } from './filter.ts';
import type { CodedFilter } from './filter.ts';
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
  const { head, write, foot } =
    typeof format === 'object'
      ? listPieces(format, rows, gate, codeFilter(deps.db, query))
      : pieces(format, rows, gate, deps.uuid);
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
}

interface Pieces {
  readonly head: string;
  readonly write: Write;
  readonly foot: () => string;
}

function pieces(format: 'stix' | 'csv', rows: RowReader, gate: ExportGate, uuid: () => string): Pieces {
  if (format === 'csv')
    return { head: commentLine(gate.label) + csvHeader, write: writeCsv(rows, gate.forOthers), foot: () => '' };
  return { head: `{"type":"bundle","id":"bundle--${uuid()}","objects":[`, write: writeStix(), foot: () => '\n]}\n' };
}

function listPieces(list: ListWriter, rows: RowReader, gate: ExportGate, filter: CodedFilter | undefined): Pieces {
  const comment = (text: string | undefined): string => (list.hasComments ? commentLine(text) : '');
  return {
    head: comment(gate.label) + list.head,
    write: writeList(rows, list, filter),
    foot: () => list.foot() + comment(gate.closing?.()),
  };
}

function commentLine(text: string | undefined): string {
  return text === undefined ? '' : `# ${text}\n`;
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

/** Values whose newest object is remembered. */
const newestMax = 10_000;

/** @param filter - What the list is of; undefined: nothing passes. */
function writeList(rows: RowReader, list: ListWriter, filter: CodedFilter | undefined): Write {
  const holders = rows.db.prepare<{ ref: number }>(
    'select object_ref as ref from intel_listing where value_ref = ? order by object_ref desc',
  );
  const newest = new Map<number, number | undefined>();
  // A value is written at the newest object of the list that has it, so that no set of what was written has to be kept.
  const find = (valueRef: number): number | undefined => {
    for (const { ref } of holders.iterate(valueRef))
      if (filter !== undefined && passes(rows.db, rows.get(ref), filter)) return ref;
    return undefined;
  };
  const newestOf = (valueRef: number): number | undefined => {
    if (newest.has(valueRef)) return newest.get(valueRef);
    if (newest.size >= newestMax) newest.clear();
    const found = find(valueRef);
    newest.set(valueRef, found);
    return found;
  };
  return (row) => {
    const ofIndicator = { indicator: stixIdOfKey(row.key), name: () => nameOf(rows, row) };
    return rows
      .valuesOf(row.ref)
      .filter((value) => (newestOf(value.ref) ?? row.ref) === row.ref)
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
