import type { Clock } from '@comity/protocol/base';
import { ComityError } from '@comity/protocol/base';
import type { Store } from '../../store/index.ts';

const statementCharsMax = 20_000;
const statementsMax = 1000;

/** Statements of markings that a person has read and found to restrict nothing: `Copyright 2026, The MITRE Corporation`. */
export interface StatementBook {
  isRead(statement: string): boolean;
  /** The same object as long as no further one was noted. */
  edition(): object;
  /** @throws {ComityError} `ARGUMENT_INVALID`; `CONFLICT` when there are too many. */
  note(statement: string, by: string): Promise<void>;
}

export function openStatementBook(
  store: Pick<Store, 'reader' | 'write'>,
  { clock }: { readonly clock: Clock },
): StatementBook {
  let read: Set<string> | undefined;
  const all = (): Set<string> =>
    (read ??= new Set(
      store.reader
        .prepare<{ text: string }>('select text from sharing_statement')
        .all()
        .map((row) => row.text),
    ));
  return {
    isRead: (statement) => all().has(statement),
    edition: all,
    async note(statement, by) {
      if (statement.trim() === '' || statement.length > statementCharsMax)
        throw new ComityError('ARGUMENT_INVALID', `Cannot note a statement: 1 to ${statementCharsMax} characters`);
      await store.write((db) => {
        const count =
          db.prepare<{ count: number }>('select count(*) as count from sharing_statement').get()?.count ?? 0;
        if (count >= statementsMax)
          throw new ComityError('CONFLICT', `Cannot note a statement: there are ${statementsMax}`);
        db.prepare('insert or ignore into sharing_statement values (?, ?, ?)').run(
          statement,
          by,
          Math.floor(clock() * 1000),
        );
      });
      read = undefined;
    },
  };
}
