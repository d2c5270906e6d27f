import { ComityError } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import type { Connection, Statement } from '../../store/index.ts';
import { stixIdOfKey } from '../codes.ts';
import type { ObjectRow } from './object-book.ts';

/** What was erased here: its row stays, so that no import and no member brings the content back under its id. */
export class ErasedBook {
  readonly #reason: Statement<{ reason: string }>;
  /** Nearly all nodes erase nothing, and an import should not pay for asking. */
  readonly #isEmpty: boolean;

  constructor(db: Connection) {
    this.#reason = db.prepare('select reason from intel_erased where object_ref = ?');
    this.#isEmpty = db.prepare('select 1 from intel_erased limit 1').get() === undefined;
  }

  /** Why nothing is taken in under the id of an object any more; undefined: it was not erased. */
  refusalOf({ ref, key }: Pick<ObjectRow, 'ref' | 'key'>): ComityError | undefined {
    const reason = this.#isEmpty ? undefined : this.#reason.get(ref)?.reason;
    return reason === undefined ? undefined : erasedError(stixIdOfKey(key), reason);
  }
}

/** Says no word of what was erased: whoever imports it again reads this in the report. */
function erasedError(id: StixId, reason: string): ComityError {
  return new ComityError('CONFLICT', `Cannot take ${id}: it was erased here (${reason})`, {
    details: { reason: 'erased' },
  });
}
