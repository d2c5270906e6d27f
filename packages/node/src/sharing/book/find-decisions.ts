import { setImmediate as nextTurn } from 'node:timers/promises';
import { isStixId } from '@comity/protocol/base';
import { sharingActions } from '@comity/protocol/sharing';
import type { Connection } from '../../store/index.ts';
import type { KeptDecision, Sharing } from '../sharing.ts';

/** Rows looked through between two turns of the event loop, of up to a thousand objects each. */
const rowsAtOnce = 500;

interface DecidedRow {
  readonly objects: string;
  readonly recipient: string;
  readonly action: number;
  readonly law: string;
  readonly allowed: number;
  readonly rules: string;
  readonly first_us: number;
  readonly last_us: number;
  readonly count: number;
}

/**
 * Kept decisions, newest first: one for a version of an object, a recipient, an action, a law, an answer and its rules, in
 * however many rows it stands. Asked for one object all rows are looked through; else as many as are wanted.
 */
export async function findDecisions(
  db: Connection,
  query: Parameters<Sharing['decisions']>[0],
): Promise<readonly KeptDecision[]> {
  const limit = Math.min(Math.max(query.limit ?? 100, 1), 500);
  const total = db.prepare<{ count: number }>('select count(*) as count from sharing_decided').get()?.count ?? 0;
  const found = new Map<string, KeptDecision>();
  for (let offset = 0; offset < total; offset += rowsAtOnce) {
    for (const row of readRows(db, query, offset)) addTo(found, row, query.object, limit);
    if (query.object === undefined && found.size >= limit) break;
    await nextTurn();
  }
  return [...found.values()];
}

function readRows(db: Connection, query: Parameters<Sharing['decisions']>[0], offset: number): readonly DecidedRow[] {
  const wanted = [
    ...(query.recipient === undefined ? [] : ['recipient = (select ref from sharing_word where text = ?)']),
    ...(query.result === undefined ? [] : [`allowed = ${query.result === 'allow' ? 1 : 0}`]),
  ];
  const where = wanted.length === 0 ? '' : `where ${wanted.join(' and ')}`;
  return db
    .prepare<DecidedRow & Record<string, string | number>>(
      `select o.objects, r.text as recipient, d.action, l.text as law, d.allowed, w.text as rules, d.first_us, d.last_us, d.count
       from (select * from sharing_decided ${where} order by last_us desc limit ? offset ?) d
         join sharing_decided_objects o on o.ref = d.ref join sharing_word r on r.ref = d.recipient
         join sharing_word l on l.ref = d.law join sharing_word w on w.ref = d.rules
       where ? = '' or instr(o.objects, ?) > 0 order by d.last_us desc`,
    )
    .all(
      ...(query.recipient === undefined ? [] : [query.recipient]),
      rowsAtOnce,
      offset,
      query.object ?? '',
      query.object ?? '',
    );
}

function addTo(found: Map<string, KeptDecision>, row: DecidedRow, only: string | undefined, limit: number): void {
  for (const line of row.objects.split('\n')) {
    const [id = '', modified = '0'] = line.split(' ', 2);
    if (only !== undefined && id !== only) continue;
    const key = `${line}\n${row.recipient}\n${row.action}\n${row.law}\n${row.allowed}\n${row.rules}`;
    const known = found.get(key);
    if (known !== undefined) {
      const firstUs = Math.min(known.firstUs, row.first_us);
      found.set(key, { ...known, firstUs, count: known.count + row.count });
    } else if (found.size < limit) found.set(key, viewOf(row, id, Number(modified)));
  }
}

function viewOf(row: DecidedRow, id: string, modifiedUs: number): KeptDecision {
  return {
    object: isStixId(id) ? id : undefined,
    modifiedUs: modifiedUs === 0 ? undefined : modifiedUs,
    recipient: row.recipient,
    action: sharingActions[row.action] ?? 'show',
    result: row.allowed === 1 ? 'allow' : 'deny',
    ruleIds: row.rules.split(' '),
    lawHash: row.law,
    firstUs: row.first_us,
    lastUs: row.last_us,
    count: row.count,
  };
}
