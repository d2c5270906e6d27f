import type { Clock } from '@comity/protocol/base';
import type { AuditBook } from '../../audit/index.ts';
import type { Store } from '../../store/index.ts';
import type { RandomBytes } from './secret.ts';

/** What every book of access works with. */
export interface AccessDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly audit: Pick<AuditBook, 'append'>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}
