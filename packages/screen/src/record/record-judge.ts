import { ComityError } from '@comity/protocol/base';
import { parseValue } from '@comity/protocol/values';
import type { Value, ValueKind } from '@comity/protocol/values';
import { FieldList, fieldForms } from '../formats/index.ts';
import type { FieldContext, RecordContext, RecordReader } from '../formats/index.ts';
import { HitList, relations, scan } from '../match/index.ts';
import type { SeenKeys } from '../seen/index.ts';
import type { Table } from '../table/index.ts';
import type { PortVerdict, RecordMatch } from './match.ts';
import { verdictRank } from './told-matches.ts';
import type { ToldMatches } from './told-matches.ts';

const gate = relations.indexOf('gate');
const noField: FieldContext = { name: undefined, ports: () => [] };

/** Finds the matches of one record: splits it into fields, looks at each, and puts together what belongs together. */
export class RecordJudge {
  table: Table;
  private readonly reader: RecordReader;
  private readonly fields = new FieldList();
  private readonly hits = new HitList();
  /** `hits` from this index on are of the field with the same number. */
  private firstHit = new Uint32Array(64);

  constructor(table: Table, reader: RecordReader) {
    this.table = table;
    this.reader = reader;
  }

  /**
   * Matches of the record `[start, end)`, by field where it has the form of its format, as one text where not.
   *
   * @param seen - is told what its fields show; for a record with escapes, of which the raw look has not seen all.
   */
  judge(bytes: Uint8Array, start: number, end: number, seen?: SeenKeys): readonly RecordMatch[] {
    if (!this.reader.read(bytes, start, end, this.fields)) return this.judgeRaw(bytes, start, end);
    const { fields, hits } = this;
    hits.reset();
    if (this.firstHit.length < fields.count) this.firstHit = new Uint32Array(fields.starts.length);
    for (let index = 0; index < fields.count; index++) {
      this.firstHit[index] = hits.count;
      if (fields.forms[index] === fieldForms.scalar) continue;
      scan(this.table, fields.bytesOf(index), fields.starts[index]!, fields.ends[index]!, hits, seen);
    }
    // Up to here no string was made; from here on the record has at least a candidate.
    if (hits.count === 0) return [];
    const context = this.reader.describe(fields);
    const found = new Found(this.table, start);
    for (let index = 0; index < fields.count; index++) {
      const last = index + 1 < fields.count ? this.firstHit[index + 1]! : hits.count;
      if (this.firstHit[index] === last) continue;
      const field = context.field(index);
      const inLine = fields.forms[index] === fieldForms.inLine;
      for (let hit = this.firstHit[index]!; hit < last; hit++) {
        if (hits.relation[hit] !== gate) found.add(hits, hit, fields.bytesOf(index), field, inLine);
      }
    }
    if (hits.gates > 0) this.addComposedUrls(context, found);
    return found.matches();
  }

  /**
   * Matches of bytes that have no fields.
   *
   * @param told - of a record in pieces: what earlier pieces had, which is left out and added to.
   * @param seen - is told what the bytes show.
   */
  judgeRaw(bytes: Uint8Array, start: number, end: number, told?: ToldMatches, seen?: SeenKeys): readonly RecordMatch[] {
    const { hits } = this;
    hits.reset();
    scan(this.table, bytes, start, end, hits, seen);
    if (hits.count === hits.gates) return [];
    const found = new Found(this.table, start);
    for (let hit = 0; hit < hits.count; hit++) {
      if (hits.relation[hit] !== gate) found.add(hits, hit, bytes, noField, true);
    }
    return told === undefined ? found.matches() : found.matchesNew(told);
  }

  /** URLs stated in parts; their hosts were looked at in their own fields, so only listed URLs count here. */
  private addComposedUrls(context: RecordContext, found: Found): void {
    for (const { name, url } of context.urls()) {
      const bytes = Buffer.from(url, 'latin1');
      this.hits.reset();
      scan(this.table, bytes, 0, bytes.length, this.hits);
      const field = { name, ports: () => [] };
      for (let hit = 0; hit < this.hits.count; hit++) {
        if (this.hits.relation[hit] === gate || this.table.kindOf(this.hits.entry[hit]!) !== 'url') continue;
        found.add(this.hits, hit, bytes, field, false);
      }
    }
  }
}

/** The matches of one record: once for each listed value, field and relation. */
class Found {
  private readonly table: Table;
  private readonly recordStart: number;
  private readonly byKey = new Map<string, RecordMatch>();

  constructor(table: Table, recordStart: number) {
    this.table = table;
    this.recordStart = recordStart;
  }

  add(hits: HitList, hit: number, bytes: Uint8Array, field: FieldContext, inLine: boolean): void {
    const entry = hits.entry[hit]!;
    const relation = relations[hits.relation[hit]!]! as RecordMatch['relation'];
    const key = `${entry} ${relation} ${field.name ?? ''}`;
    const known = this.byKey.get(key);
    if (known !== undefined && (known.port === undefined || known.port === 'same')) return;

    const rows = this.table.rowsOf(entry);
    // Its owner in another thread has removed it since it was found.
    if (rows.length === 0) return;
    const port = verdictOf(rows, hits.port[hit]!, field);
    if (known?.port !== undefined && port !== undefined && verdictRank[port] <= verdictRank[known.port]) return;
    const start = hits.start[hit]!;
    const end = hits.end[hit]!;
    const seen = seenValue(this.table.kindOf(entry), bytes, start, end);
    this.byKey.set(key, {
      value: seen.value,
      kind: seen.kind,
      relation,
      ...(field.name === undefined ? {} : { field: field.name }),
      indicator: this.table.valueOf(entry),
      rows,
      ...(port === undefined ? {} : { port, listedPorts: portsOf(rows) }),
      ...(inLine ? { start: start - this.recordStart, end: end - this.recordStart } : {}),
    });
  }

  /** Those that say more than what was told; they are told now. */
  matchesNew(told: ToldMatches): readonly RecordMatch[] {
    return [...this.byKey].flatMap(([key, match]) => (told.add(key, match.port) ? [match] : []));
  }

  /** What stands without a name between named fields (BIND writes the query twice) counts only where no field has it. */
  matches(): readonly RecordMatch[] {
    const all = [...this.byKey.values()];
    if (all.every((match) => match.field === undefined)) return all;
    const inFields = new Set(
      all.map((match) => (match.field === undefined ? '' : `${match.relation} ${match.indicator}`)),
    );
    return all.filter((match) => match.field !== undefined || !inFields.has(`${match.relation} ${match.indicator}`));
  }
}

type Rows = RecordMatch['rows'];

/** A listing without port holds for every port, so it decides for all; otherwise one listed port that is seen is enough. */
function verdictOf(rows: Rows, writtenPort: number, field: FieldContext): PortVerdict | undefined {
  if (rows.some((row) => row.port === undefined)) return undefined;
  const seen = writtenPort >= 0 ? [writtenPort] : field.ports();
  if (seen.length === 0) return 'unknown';
  return rows.some((row) => row.port !== undefined && seen.includes(row.port)) ? 'same' : 'other';
}

function portsOf(rows: Rows): number[] {
  return [...new Set(rows.flatMap((row) => row.port ?? []))].sort((a, b) => a - b);
}

function seenValue(kind: ValueKind, bytes: Uint8Array, start: number, end: number): Value {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
  try {
    return parseValue(text, kind);
  } catch (error) {
    // The scan is laxer than the parser in nothing that matters here: show what stands there.
    if (error instanceof ComityError) return { kind, value: text.toLowerCase() };
    throw error;
  }
}
