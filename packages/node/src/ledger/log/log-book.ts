import { assert, ComityError, quote } from '@comity/protocol/base';
import { emptyRoot } from '@comity/protocol/tlog';
import type { Checkpoint, Sha256 } from '@comity/protocol/tlog';
import type { Connection, Store } from '../../store/index.ts';

/** A checkpoint of ours as readers are given it. */
export interface Published {
  readonly size: number;
  readonly note: string;
  readonly atUs: number;
}

/** Why a log of ours signs nothing any more. */
export interface Frozen {
  readonly atUs: number;
  /** A sentence. */
  readonly reason: string;
  /** What shows it: a checkpoint with our signature that we know nothing of. */
  readonly note: string | undefined;
}

/** A log of this node. Its head, size and root, is the most it has ever signed: it is kept before anything is signed. */
export interface OwnLog extends Checkpoint {
  /** 1, 2, …: the last is the one that is written. */
  readonly number: number;
  /** Id of the entry with index 0. */
  readonly firstId: number;
  /** Hashes the root is folded of (`growEdge`). */
  readonly edge: readonly Uint8Array[];
  /** Undefined until the first checkpoint is out. */
  readonly published: Published | undefined;
  /** Tiles that are full up to this size have no partial ones beside them any more. */
  readonly sweptSize: number;
  readonly frozen: Frozen | undefined;
}

interface LogRow {
  readonly number: number;
  readonly origin: string;
  readonly first_id: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly edge: Uint8Array;
  readonly published_size: number | null;
  readonly published_us: number | null;
  readonly published_note: string | null;
  readonly swept_size: number;
  readonly frozen_us: number | null;
  readonly frozen_reason: string | null;
  readonly frozen_note: string | null;
}

const hashBytes = 32;
const columns = `number, origin, first_id, size, root, edge, published_size, published_us, published_note, swept_size,
  frozen_us, frozen_reason, frozen_note`;

/** Every log of this node, the oldest first. */
export function readLogs(db: Connection): OwnLog[] {
  return db.prepare<LogRow>(`select ${columns} from ledger_log order by number`).all().map(logOf);
}

/** The log that is written; undefined before the first start. */
export function findLog(db: Connection): OwnLog | undefined {
  const row = db.prepare<LogRow>(`select ${columns} from ledger_log order by number desc limit 1`).get();
  return row && logOf(row);
}

/**
 * Moves the head of a log, if it is where whoever moves it left it.
 *
 * @param from - the log as it was when it was last read or moved.
 * @throws {ComityError} `DATA_LOCKED` when somebody else moved it: two that write one log would sign two trees.
 */
export function moveHead(db: Connection, from: OwnLog, to: Pick<OwnLog, 'size' | 'root' | 'edge'>): OwnLog {
  const { changes } = db
    .prepare('update ledger_log set size = ?, root = ?, edge = ? where number = ? and size = ? and root = ?')
    .run(to.size, to.root, Buffer.concat(to.edge), from.number, from.size, from.root);
  if (changes === 1) return { ...from, ...to };
  throw new ComityError(
    'DATA_LOCKED',
    `Cannot write the ledger ${quote(from.origin)}: another process has written it since it had ${from.size} entries. Stop that process, then start this one again`,
  );
}

/** Keeps what readers are given from now on. */
export async function notePublished(
  store: Pick<Store, 'write'>,
  { number }: OwnLog,
  published: Published,
): Promise<void> {
  await store.write((db) =>
    db
      .prepare('update ledger_log set published_size = ?, published_us = ?, published_note = ? where number = ?')
      .run(published.size, published.atUs, published.note, number),
  );
}

export async function noteSwept(store: Pick<Store, 'write'>, { number }: OwnLog, size: number): Promise<void> {
  await store.write((db) => db.prepare('update ledger_log set swept_size = ? where number = ?').run(size, number));
}

/** For good: what a log signed and does not know of cannot be made unsaid. The first reason stays. */
export async function noteFrozen(store: Pick<Store, 'write'>, { number }: OwnLog, frozen: Frozen): Promise<void> {
  await store.write((db) =>
    db
      .prepare(
        'update ledger_log set frozen_us = ?, frozen_reason = ?, frozen_note = ? where number = ? and frozen_us is null',
      )
      .run(frozen.atUs, frozen.reason, frozen.note ?? null, number),
  );
}

/** Opens the next log. Entries no checkpoint before has shown go into it: what was sequenced alone, nobody can prove. */
export function addLog(db: Connection, origin: string, sha256: Sha256): void {
  const last = findLog(db);
  db.prepare("insert into ledger_log (number, origin, first_id, size, root, edge) values (?, ?, ?, 0, ?, x'')").run(
    (last?.number ?? 0) + 1,
    origin,
    last === undefined ? 1 : last.firstId + (last.published?.size ?? 0),
    emptyRoot(sha256),
  );
}

function logOf(row: LogRow): OwnLog {
  const { published_size, published_us, published_note, frozen_us, frozen_reason, frozen_note } = row;
  assert(row.edge.length % hashBytes === 0, 'an edge is of whole hashes');
  return {
    number: row.number,
    origin: row.origin,
    firstId: row.first_id,
    size: row.size,
    root: row.root,
    edge: Array.from({ length: row.edge.length / hashBytes }, (_, at) =>
      row.edge.subarray(at * hashBytes, (at + 1) * hashBytes),
    ),
    published:
      published_size === null
        ? undefined
        : { size: published_size, atUs: published_us ?? 0, note: published_note ?? '' },
    sweptSize: row.swept_size,
    frozen:
      frozen_us === null ? undefined : { atUs: frozen_us, reason: frozen_reason ?? '', note: frozen_note ?? undefined },
  };
}
