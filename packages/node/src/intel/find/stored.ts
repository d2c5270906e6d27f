import { setImmediate } from 'node:timers/promises';
import type { StixId } from '@comity/protocol/base';
import { isStixId, parseJson } from '@comity/protocol/base';
import { papOfCode, stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import type { IntelQuery } from '../intel.ts';
import type { StoredObject } from '../stored-object.ts';
import { versionRefsOf } from '../version-refs.ts';
import { revokedText } from './arrivals.ts';
import { findRow } from './detail.ts';
import { RowReader } from './row-reader.ts';
import type { FullObjectRow } from './row-reader.ts';
import { findRefs } from './search.ts';
import type { SearchDeps } from './search.ts';

const refsAtOnce = 200;
const textsMax = 1000;

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

/** A content that is kept of an object and passes, the newest that came first; at most {@link textsMax} are looked at. */
export function findKept(rows: RowReader, id: StixId, isWanted: (text: string) => boolean): string | undefined {
  const row = findRow(rows, id);
  if (row === undefined) return undefined;
  const versions = rows.db
    .prepare<{ text: string }>('select text from intel_version where ref between ? and ? order by ref desc limit ?')
    .iterate(...versionRefsOf(row.ref), textsMax);
  for (const { text } of versions) if (isWanted(text)) return text;
  return undefined;
}

/**
 * Whether a source of our own supplied this content of an object: as its text, as what is read of it, or in the revoked version a
 * source that took it back speaks of. A second look at what `own` of {@link StoredObject} says, by no more than the versions.
 */
export function isOwnWord(rows: RowReader, id: StixId, text: string): boolean {
  const row = findRow(rows, id);
  if (row === undefined) return false;
  const versions = rows.db
    .prepare<{ text: string }>(
      `select v.text from intel_version v join intel_import i on i.ref = v.import_ref
       where v.ref between ? and ? and i.own = 1 order by v.ref desc`,
    )
    .iterate(...versionRefsOf(row.ref));
  for (const version of versions) {
    if (version.text === text || JSON.stringify(parseJson(version.text, version.text.length)) === text) return true;
    if (revokedText(rows.db, row.ref, version.text)?.text === text) return true;
  }
  return false;
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
    lentPap: papOfCode(row.lent_pap),
    recalled: stateOfCode(row.state) === 'recalled',
    own: row.own === 1,
  };
}
