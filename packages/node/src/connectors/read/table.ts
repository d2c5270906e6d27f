import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { ComityError, limits, quote } from '@comity/protocol/base';
import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import type { CsvMapping, Item, LossItem, ValueContext } from '../item.ts';
import { cellTimeUs, meaningOfHeader, meaningOfType, portsOfCell, valuesOfCell, wordOf } from './column-meaning.ts';
import type { ColumnMeaning, TypeMeaning } from './column-meaning.ts';

interface ValueColumn {
  readonly column: number;
  readonly meaning: TypeMeaning | undefined;
  readonly port?: number | undefined;
}

/** Columns by what they hold, as indices into a row. */
export interface TableLayout {
  /** Columns with indicators, what each promises, and the column of the port that belongs to it. */
  readonly values: readonly ValueColumn[];
  readonly type?: number | undefined;
  readonly description?: number | undefined;
  readonly labels: readonly number[];
  readonly firstSeen?: number | undefined;
  readonly validUntil?: number | undefined;
  readonly confidence?: number | undefined;
}

/** Rows looked at before the layout of a table without a header is decided. */
const sampleRows = 50;

interface Row {
  readonly cells: readonly string[];
  readonly number: number;
}

/**
 * Reads a table: with a header that says which columns hold what, with a mapping, or with neither, when the cells of the
 * first rows show it. Columns that hold nothing known are named once as a loss.
 */
export async function* readTable(
  texts: AsyncIterable<string>,
  delimiter: string,
  mapping?: CsvMapping,
): AsyncGenerator<Item> {
  const skipped: Item[] = [];
  const head: Row[] = [];
  let layout: TableLayout | undefined;
  let started = false;
  for await (const row of rowsOf(texts, delimiter, skipped)) {
    yield* skipped.splice(0);
    if (started) {
      if (layout !== undefined) yield* readRow(row, layout);
      continue;
    }
    head.push(row);
    if (head.length < sampleRows) continue;
    started = true;
    layout = yield* begin(head, mapping);
  }
  yield* skipped.splice(0);
  if (!started && head.length > 0) yield* begin(head, mapping);
}

function* begin(head: readonly Row[], mapping: CsvMapping | undefined): Generator<Item, TableLayout | undefined> {
  const header = head[0]?.cells ?? [];
  const named = mapping === undefined ? layoutOfHeader(header) : layoutOfMapping(header, mapping);
  const layout = named ?? layoutOfCells(head);
  if (layout === undefined) {
    const error = new ComityError(
      'FORMAT_UNKNOWN',
      `Cannot read the table: no column holds known values; name the columns (value, type …). The first row is ${quote(header.join(', '))}`,
    );
    yield { kind: 'rejected', place: `line ${head[0]?.number ?? 1}`, error };
    return undefined;
  }
  const hasHeader = named !== undefined && !isNumbered(mapping);
  if (hasHeader) yield* unusedColumns(header, layout);
  for (const row of hasHeader ? head.slice(1) : head) yield* readRow(row, layout);
  return layout;
}

async function* rowsOf(texts: AsyncIterable<string>, delimiter: string, skipped: Item[]): AsyncGenerator<Row> {
  const parser = Readable.from(texts).pipe(
    parse({
      delimiter,
      bom: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
      ltrim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: limits.listLineBytesMax,
      on_skip: (error) => {
        if (error === undefined) return;
        const line = Number(error['lines'] ?? 0);
        const message = `Cannot read the row at line ${line}: ${error.message.slice(0, 200)}`;
        skipped.push({ kind: 'rejected', place: `line ${line}`, error: new ComityError('VALUE_MALFORMED', message) });
      },
    }),
  );
  for await (const parsed of parser) {
    const { record, info } = parsed as { record: string[]; info: { lines: number } };
    yield { cells: record, number: info.lines };
  }
}

function* readRow(row: Row, layout: TableLayout): Generator<Item> {
  yield* readRecord(row.cells, layout, `line ${row.number}`);
}

/** The values of one row with what the row says about them. */
export function* readRecord(cells: readonly string[], layout: TableLayout, place: string): Generator<Item> {
  const typeText = layout.type === undefined ? '' : (cells[layout.type] ?? '').trim();
  const context = contextOf(cells, layout);
  let isEmpty = true;
  let found = 0;
  let unread = '';
  for (const { column, meaning, port } of layout.values) {
    const text = (cells[column] ?? '').trim();
    if (text === '') continue;
    isEmpty = false;
    // Of a row whose type is none that is known, the cell is no value merely because it has the form of a name.
    const values = valuesOfCell(text, meaning ?? (typeText === '' ? 'recognise' : meaningOfType(typeText)));
    if (values.length === 0) unread ||= text;
    const portText = port === undefined ? '' : (cells[port] ?? '');
    for (const value of values) {
      found += 1;
      for (const item of withPorts(value, portText)) {
        yield item.kind === 'value' ? { ...item, place, context } : item;
      }
    }
  }
  if (found > 0) return;
  if (isEmpty) {
    if (cells.every((cell) => cell.trim() === '')) return;
    const message = `Cannot use ${place}: nothing stands where its value belongs`;
    yield { kind: 'rejected', place, error: new ComityError('VALUE_MALFORMED', message) };
    return;
  }
  if (typeText !== '' && meaningOfType(typeText) === undefined) {
    yield {
      kind: 'loss',
      field: `type "${typeText.slice(0, 60)}"`,
      count: 1,
      reason: 'is no kind of value that is looked for',
    };
    return;
  }
  const message = `Cannot use ${place}: ${quote(unread)} is no ${typeText === '' ? 'known value' : typeText}`;
  yield { kind: 'rejected', place, error: new ComityError('VALUE_MALFORMED', message) };
}

/** A value with each port its row names; only an address or a name that has none of its own can bear one. */
function* withPorts(value: ListedValue, portText: string): Generator<{ kind: 'value'; value: ListedValue } | LossItem> {
  const ports = portsOfCell(portText);
  const loss = (field: string, reason: string): LossItem => ({ kind: 'loss', field, count: 1, reason });
  if (ports?.length === 0 || value.port !== undefined) yield { kind: 'value', value };
  else if (ports === undefined) {
    yield { kind: 'value', value };
    yield loss(`port ${quote(portText.trim().slice(0, 40))}`, 'is no port');
  } else if (!['ipv4', 'ipv6', 'domain'].includes(value.kind) || /[/*]/.test(value.value)) {
    yield { kind: 'value', value };
    yield loss('port', 'belongs to no single address or name');
  } else for (const port of ports) yield { kind: 'value', value: { ...value, port } };
}

function contextOf(cells: readonly string[], layout: TableLayout): ValueContext {
  const cell = (column: number | undefined): string => (column === undefined ? '' : (cells[column] ?? '').trim());
  const labels = layout.labels.flatMap((column) => cell(column).split(/[,;|]/)).map((label) => label.trim());
  const kept = labels.filter((label) => label !== '').map((label) => label.slice(0, 200));
  const description = cell(layout.description);
  const firstSeenUs = cellTimeUs(cell(layout.firstSeen));
  const validUntilUs = cellTimeUs(cell(layout.validUntil));
  const confidence = cell(layout.confidence);
  return {
    ...(kept.length > 0 ? { labels: kept.slice(0, 50) } : {}),
    ...(description === '' ? {} : { description: description.slice(0, 4000) }),
    ...(firstSeenUs === undefined ? {} : { firstSeenUs }),
    ...(validUntilUs === undefined ? {} : { validUntilUs }),
    ...(/^\d{1,3}$/.test(confidence) && Number(confidence) <= 100 ? { confidence: Number(confidence) } : {}),
  };
}

/** The layout a header names, or undefined when no column of it holds values. */
export function layoutOfHeader(header: readonly string[]): TableLayout | undefined {
  // A row with a value or a time in it is a row: `2026-08-16, someone, domain, evil.example`.
  if (header.some((cell) => cellTimeUs(cell) !== undefined || recogniseValue(cell) !== undefined)) return undefined;
  const meanings = header.map((name) => meaningOfHeader(name.replace(/^\ufeff/, '')));
  const first = (role: string): number | undefined => {
    const at = meanings.findIndex((meaning) => meaning?.role === role);
    return at < 0 ? undefined : at;
  };
  const generic = first('value');
  const typed = meanings.flatMap((meaning, column) =>
    meaning?.role === 'typed' ? [{ column, meaning: meaning.kinds }] : [],
  );
  const values = generic === undefined ? typed : [{ column: generic, meaning: undefined }];
  if (values.length === 0) return undefined;
  return {
    values: withPortColumns(values, header, meanings),
    type: first('type'),
    description: first('description'),
    labels: meanings.flatMap((meaning, column) => (meaning?.role === 'labels' ? [column] : [])),
    firstSeen: first('firstSeen'),
    validUntil: first('validUntil'),
    confidence: first('confidence'),
  };
}

/** Gives each port column the value column it names (`dst_port`: `dst_ip`), or else the one nearest before it, or the first. */
function withPortColumns(
  values: readonly ValueColumn[],
  header: readonly string[],
  meanings: readonly (ColumnMeaning | undefined)[],
): ValueColumn[] {
  const portOf = new Map<number, number>();
  for (const [column, meaning] of meanings.entries()) {
    if (meaning?.role !== 'port') continue;
    const free = values.filter((value) => bearsPort(value.meaning) && !portOf.has(value.column));
    const named = free.find((value) => meaning.of !== '' && wordOf(header[value.column] ?? '').startsWith(meaning.of));
    const owner = named ?? free.findLast((value) => value.column < column) ?? free[0];
    if (owner !== undefined) portOf.set(owner.column, column);
  }
  return values.map((value) => ({ ...value, port: portOf.get(value.column) }));
}

/** Whether values of a column may be addresses or names. */
function bearsPort(meaning: TypeMeaning | undefined): boolean {
  return meaning === undefined || meaning === 'recognise' || meaning === 'name';
}

/** @throws {ComityError} `ARGUMENT_INVALID` when the value column of the mapping is not there. */
function layoutOfMapping(header: readonly string[], mapping: CsvMapping): TableLayout {
  const columnOf = (name: string | undefined): number | undefined => {
    if (name === undefined) return undefined;
    if (/^\d{1,4}$/.test(name)) return Number(name) - 1;
    const at = header.findIndex((cell) => cell.trim().toLowerCase() === name.trim().toLowerCase());
    return at < 0 ? undefined : at;
  };
  const value = columnOf(mapping.value);
  if (value === undefined || value < 0) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot read the table: it has no column ${quote(mapping.value)}`);
  }
  const labels = columnOf(mapping.labels);
  return {
    values: [{ column: value, meaning: meaningOfType(header[value] ?? ''), port: columnOf(mapping.port) }],
    type: columnOf(mapping.type),
    description: columnOf(mapping.description),
    labels: labels === undefined ? [] : [labels],
    firstSeen: columnOf(mapping.firstSeen),
    validUntil: columnOf(mapping.validUntil),
    confidence: columnOf(mapping.confidence),
  };
}

function isNumbered(mapping: CsvMapping | undefined): boolean {
  return mapping !== undefined && /^\d{1,4}$/.test(mapping.value);
}

/** Without a header: a column of type words and the column they speak of, else the first column that is nearly all values. */
function layoutOfCells(head: readonly Row[]): TableLayout | undefined {
  const width = Math.min(50, Math.max(...head.map((row) => row.cells.length)));
  const share = (column: number, fits: (cell: string) => boolean): number =>
    head.filter((row) => fits((row.cells[column] ?? '').trim())).length / head.length;
  const columns = Array.from({ length: width }, (_, column) => column);
  const type = columns.find((column) => share(column, (cell) => meaningOfType(cell) !== undefined) >= 0.8);
  // Names under any ending make a column of values only where nothing surer does: `Trojan.Generic` has that form too.
  const [sure, possible] = ([undefined, 'recognise'] as const).map((meaning) =>
    columns.filter((column) => share(column, (cell) => valuesOfCell(cell, meaning).length > 0) >= 0.6),
  );
  const listed = sure?.length === 0 ? possible : sure;
  const value = (type === undefined ? undefined : listed?.find((column) => column > type)) ?? listed?.[0];
  if (value === undefined) return undefined;
  const firstSeen = columns.find((column) => share(column, (cell) => cellTimeUs(cell) !== undefined) >= 0.8);
  return { values: [{ column: value, meaning: undefined }], type, labels: [], firstSeen };
}

function* unusedColumns(header: readonly string[], layout: TableLayout): Generator<Item> {
  const single = [layout.type, layout.description, layout.firstSeen, layout.validUntil, layout.confidence];
  const values = layout.values.flatMap(({ column, port }) => [column, port]);
  const used = new Set([...values, ...layout.labels, ...single]);
  for (const [column, name] of header.slice(0, 100).entries()) {
    if (used.has(column) || name.trim() === '') continue;
    yield { kind: 'loss', field: `column ${quote(name.trim())}`, count: 1, reason: 'has no place in an indicator' };
  }
}
