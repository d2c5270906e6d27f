import Database from 'better-sqlite3';
import { ComityError } from '@comity/protocol/base';
import type { Connection, SqlRow, SqlValue, Statement } from './store.ts';

export interface ConnectionOptions {
  /** A path, or the bytes of a database that is opened in memory. */
  readonly file: string | Uint8Array;
  readonly readOnly?: boolean;
  /** Upper bound of the page cache; memory is taken as pages are read. SQLite's default unless told. */
  readonly cacheBytes?: number;
  /** How long to wait for another connection's lock. */
  readonly busyTimeoutMs?: number;
}

/** A {@link Connection} with what only store/ may do to it. */
export interface OwnedConnection extends Connection {
  /** Runs `fn` between BEGIN IMMEDIATE and COMMIT; on any throw, ROLLBACK. */
  transaction<T>(fn: () => T): T;
  /**
   * Runs `fn` in the open transaction, or begins one with it; a throw undoes what `fn` did and nothing else (but a full
   * disk undoes all: see {@link isInTransaction}). The caller commits.
   */
  nest<T>(fn: () => T): T;
  begin(): void;
  commit(): void;
  /** Undoes the open transaction; nothing when there is none. */
  rollback(): void;
  isInTransaction(): boolean;
  pragma(text: string): SqlValue | undefined;
  /** Copies the database into `file` a few pages at a time; `file` must not exist. */
  copyTo(file: string, pagesAtOnce: number): Promise<void>;
  /** The database as the bytes of its file. */
  serialize(): Uint8Array;
  close(): void;
}

/** SQLite plans by the value of a bound limit, and so compiles the statement anew each time one is bound. A sum it does not look into. */
const boundLimit = /\blimit \?(?! \+)/gi;

const folded = (code: string): string => code.split('_').slice(0, 2).join('_');

/** Says in our words what the disk or the file did; anything else is a bug and stays what it is. */
function errorOfDriver(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const because = `${error.message} (${error.code})`;
  switch (folded(error.code)) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new ComityError(
        'DATA_DAMAGED',
        `Cannot use ${file}: it is damaged: ${because}. Stop the node, move the data folder aside and restore a backup with "comity restore FILE"`,
        { cause: error },
      );
    case 'SQLITE_FULL':
      return new ComityError(
        'DATA_UNWRITABLE',
        `Cannot write ${file}: the disk is full. Nothing of this write was kept; free some space and try again`,
        { cause: error },
      );
    case 'SQLITE_IOERR':
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
      return new ComityError('DATA_UNWRITABLE', `Cannot open or write ${file}: ${because}`, { cause: error });
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new ComityError('DATA_LOCKED', `Cannot write ${file}: another process is using it: ${because}`, {
        cause: error,
      });
    default:
      return error;
  }
}

/** Opens one connection. The pragmas of the database itself are set by the caller: see open-store.ts. */
export function openConnection(options: ConnectionOptions): OwnedConnection {
  const file = typeof options.file === 'string' ? options.file : 'a database in memory';
  const guard = <T>(fn: () => T): T => {
    try {
      return fn();
    } catch (error) {
      throw errorOfDriver(error, file);
    }
  };
  const raw = guard(
    () =>
      new Database(typeof options.file === 'string' ? options.file : Buffer.from(options.file), {
        readonly: options.readOnly ?? false,
        timeout: options.busyTimeoutMs ?? 5000,
      }),
  );
  const { cacheBytes } = options;
  if (cacheBytes !== undefined) {
    try {
      guard(() => raw.pragma(`cache_size = -${Math.ceil(cacheBytes / 1024)}`));
    } catch (error) {
      raw.close();
      throw error;
    }
  }
  const statements = new Map<string, Statement<never>>();

  const prepare = <Row = SqlRow>(sql: string): Statement<Row> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const planned = sql.replaceAll(boundLimit, '$& + 0');
    const statement: Statement<Row> = guard(() => new PreparedStatement(raw.prepare<SqlValue[], Row>(planned), file));
    statements.set(sql, statement as Statement<never>);
    return statement;
  };

  const between = <T>(begin: string, fn: () => T): T => {
    guard(() => raw.exec(begin));
    try {
      const result = fn();
      raw.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk or an I/O error may have rolled back already; then there is nothing left to undo.
      if (raw.inTransaction) raw.exec('ROLLBACK');
      throw errorOfDriver(error, file);
    }
  };

  return {
    prepare,
    exec: (sql) => guard(() => void raw.exec(sql)),
    snapshot: (fn) => (raw.inTransaction ? fn() : between('BEGIN', fn)),
    transaction: (fn) => between('BEGIN IMMEDIATE', fn),
    overwriting: (fn) => {
      const before = raw.pragma('secure_delete', { simple: true }) as number;
      raw.pragma('secure_delete = ON');
      try {
        return fn();
      } finally {
        raw.pragma(`secure_delete = ${['OFF', 'ON', 'FAST'][before]}`);
      }
    },
    nest: (fn) => {
      const isFirst = !raw.inTransaction;
      guard(() => raw.exec(isFirst ? 'BEGIN IMMEDIATE' : 'SAVEPOINT nested'));
      try {
        const result = fn();
        if (!isFirst) raw.exec('RELEASE nested');
        return result;
      } catch (error) {
        if (raw.inTransaction) raw.exec(isFirst ? 'ROLLBACK' : 'ROLLBACK TO nested; RELEASE nested');
        throw errorOfDriver(error, file);
      }
    },
    begin: () => guard(() => void raw.exec('BEGIN IMMEDIATE')),
    rollback: () => {
      // A full disk or an I/O error may have rolled back already; then there is nothing left to undo.
      if (raw.inTransaction) raw.exec('ROLLBACK');
    },
    commit: () => {
      try {
        raw.exec('COMMIT');
      } catch (error) {
        if (raw.inTransaction) raw.exec('ROLLBACK');
        throw errorOfDriver(error, file);
      }
    },
    isInTransaction: () => raw.inTransaction,
    pragma: (text) => guard(() => raw.pragma(text, { simple: true }) as SqlValue | undefined),
    copyTo: async (target, pagesAtOnce) => {
      try {
        await raw.backup(target, { progress: () => pagesAtOnce });
      } catch (error) {
        throw errorOfDriver(error, target);
      }
    },
    serialize: () => guard(() => raw.serialize()),
    close: () => void raw.close(),
  };
}

class PreparedStatement<Row> implements Statement<Row> {
  readonly #raw: Database.Statement<SqlValue[], Row>;
  readonly #file: string;

  constructor(raw: Database.Statement<SqlValue[], Row>, file: string) {
    this.#raw = raw;
    this.#file = file;
  }

  run(...params: readonly SqlValue[]): { changes: number; lastRowid: number } {
    try {
      const done = this.#raw.run(...params);
      return { changes: done.changes, lastRowid: done.lastInsertRowid as number };
    } catch (error) {
      throw errorOfDriver(error, this.#file);
    }
  }

  get(...params: readonly SqlValue[]): Row | undefined {
    try {
      return this.#raw.get(...params);
    } catch (error) {
      throw errorOfDriver(error, this.#file);
    }
  }

  all(...params: readonly SqlValue[]): Row[] {
    try {
      return this.#raw.all(...params);
    } catch (error) {
      throw errorOfDriver(error, this.#file);
    }
  }

  *iterate(...params: readonly SqlValue[]): IterableIterator<Row> {
    try {
      yield* this.#raw.iterate(...params);
    } catch (error) {
      throw errorOfDriver(error, this.#file);
    }
  }
}
