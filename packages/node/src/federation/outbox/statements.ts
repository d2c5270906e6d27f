import { timestampOfUs } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { statementBytes } from '@comity/protocol/peer';
import type { RecallReason, SignedStatement, Statement, Terms } from '@comity/protocol/peer';
import { printBase64 } from '@comity/protocol/tlog';
import type { Connection } from '../../store/index.ts';
import type { Identity } from '../federation.ts';

/** What this member said last of an object of its own. */
interface Stated {
  readonly version: number;
  readonly digest: string;
  readonly recalled: number;
}

/**
 * The versions this member gives its own objects: one more for each change of content. Whoever drafts is the only one who
 * writes them, so that what is read before a transaction still holds in it.
 */
export class StatementBook {
  readonly #db: Connection;

  constructor(reader: Connection) {
    this.#db = reader;
  }

  /** The version content of this digest has, or gets: higher than any before it. */
  versionOf(id: StixId, digest: string): number {
    const known = this.find(id);
    if (known === undefined) return 1;
    return known.digest === digest && known.recalled === 0 ? known.version : known.version + 1;
  }

  find(id: StixId): Stated | undefined {
    return this.#db
      .prepare<{ version: number; digest: string; recalled: number }>(
        'select version, digest, recalled from peer_stated where id = ?',
      )
      .get(id);
  }
}

/** Writes down what was stated, in the transaction that puts it out. */
export function keepStated(db: Connection, statement: Statement): void {
  const { id, version } = statement;
  const isRecall = statement.state === 'recalled';
  db.prepare(
    `insert into peer_stated (id, version, digest, recalled, reason) values (?, ?, ?, ?, ?)
     on conflict (id) do update set version = excluded.version, recalled = excluded.recalled, reason = excluded.reason,
       digest = case when excluded.recalled then digest else excluded.digest end`,
  ).run(id, version, isRecall ? '' : statement.digest, Number(isRecall), isRecall ? statement.reason : null);
}

/** States that an object in a version is lent under terms. */
export function stateActive(
  self: Identity,
  about: { readonly id: StixId; readonly version: number; readonly digest: string; readonly terms: Terms },
  nowUs: number,
): SignedStatement {
  return signed(self, { ...about, v: 1, origin: self.id, state: 'active', statedAt: timestampOfUs(nowUs) });
}

/** States that an object is taken back. */
export function stateRecalled(
  self: Identity,
  about: { readonly id: StixId; readonly version: number; readonly reason: RecallReason },
  nowUs: number,
): SignedStatement {
  return signed(self, { ...about, v: 1, origin: self.id, state: 'recalled', statedAt: timestampOfUs(nowUs) });
}

function signed(self: Identity, statement: Statement): SignedStatement {
  return { statement, signature: printBase64(self.sign(statementBytes(statement))) };
}
