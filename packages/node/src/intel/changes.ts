import type { Connection } from '../store/index.ts';
import type { ValueChanges } from './admit/value-book.ts';
import { listedValueOf } from './admit/value-book.ts';
import { deltasKept } from './bounds.ts';
import type { Delta, ScreenedValue } from './intel.ts';

/** A change of the screen's table as it stands in the log of changes. */
export interface LoggedChange extends ValueChanges {
  readonly sequence: number;
}

/** Logs what a transaction changed in the screen's table; undefined when it changed nothing. */
export function logChange(db: Connection, changes: ValueChanges): LoggedChange | undefined {
  if (changes.added.length === 0 && changes.removed.length === 0) return undefined;
  const sequence = lastSequence(db) + 1;
  db.prepare('insert into intel_delta (sequence, added, removed) values (?, ?, ?)').run(
    sequence,
    bytesOfRefs(changes.added),
    bytesOfRefs(changes.removed),
  );
  db.prepare(`update intel_indexed set upto = upto + ? where name = 'screened'`).run(
    changes.added.length - changes.removed.length,
  );
  db.prepare('delete from intel_delta where sequence <= ?').run(sequence - deltasKept);
  return { sequence, ...changes };
}

/** How many values the screen looks for. */
export function countScreened(db: Connection): number {
  return db.prepare<{ upto: number }>(`select upto from intel_indexed where name = 'screened'`).get()?.upto ?? 0;
}

export function lastSequence(db: Connection): number {
  return db.prepare<{ last: number | null }>('select max(sequence) as last from intel_delta').get()?.last ?? 0;
}

/** The change with the values its refs stand for. */
export function deltaOf(db: Connection, change: LoggedChange): Delta {
  const byRef = db.prepare<{ ref: number; kind: number; port: number; value: string }>(
    'select ref, kind, port, value from intel_value where ref = ?',
  );
  const valueOf = (ref: number): ScreenedValue => {
    const row = byRef.get(ref);
    if (row === undefined) throw new Error(`Assertion failed: value ${ref} exists`);
    return { ref, value: listedValueOf(row) };
  };
  return { sequence: change.sequence, added: change.added.map(valueOf), removed: change.removed.map(valueOf) };
}

function bytesOfRefs(refs: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(refs.length * 4);
  for (const [index, ref] of refs.entries()) bytes.writeUInt32LE(ref, index * 4);
  return bytes;
}

export function refsOfBytes(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: view.length >>> 2 }, (_, index) => view.readUInt32LE(index * 4));
}
