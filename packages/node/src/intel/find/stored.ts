import { setImmediate } from 'node:timers/promises';
import type { StixId } from '@comity/protocol/base';
import { isStixId } from '@comity/protocol/base';
import { stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import type { IntelQuery, StoredObject } from '../intel.ts';
import { findRow } from './detail.ts';
import { RowReader } from './row-reader.ts';
import type { FullObjectRow } from './row-reader.ts';
import { findRefs } from './search.ts';
import type { SearchDeps } from './search.ts';

const refsAtOnce = 200;

/** Objects that pass a query, newest first, some hundred at a time. */
export async function* readStored(
  query: Omit<IntelQuery, 'cursor' | 'limit'>,
  deps: SearchDeps,
): AsyncGenerator<readonly StoredObject[]> {
  const rows = new RowReader(deps.db);
  let cursor: string | undefined;
  do {
    const page = findRefs({ ...query, ...(cursor === undefined ? {} : { cursor }) }, refsAtOnce, deps);
    if (page.refs.length > 0) yield page.refs.map((ref) => storedOf(rows, rows.get(ref)));
    ({ cursor } = page);
    await setImmediate();
  } while (cursor !== undefined);
}

/** An object by its id, or by an id one of its sources knows it by. */
export function findStored(rows: RowReader, id: string): StoredObject | undefined {
  const row = isStixId(id) ? findRow(rows, id) : undefined;
  return row === undefined ? undefined : storedOf(rows, row);
}

export function storedOf(rows: RowReader, row: FullObjectRow): StoredObject {
  const text = rows.db
    .prepare<{ text: string }>('select text from intel_version where ref = ?')
    .get(row.live_ref)?.text;
  if (text === undefined) throw new Error('Assertion failed: an object has a version');
  const id: StixId = stixIdOfKey(row.key);
  return {
    id,
    type: id.slice(0, id.lastIndexOf('--')),
    modifiedUs: row.modified_us ?? undefined,
    text,
    tlp: tlpOfCode(row.tlp),
    leaseUntilUs: row.lease_until_us ?? undefined,
    recalled: stateOfCode(row.state) === 'recalled',
    own: row.own === 1,
  };
}
