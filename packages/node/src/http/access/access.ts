import { openAccountBook } from './account-book.ts';
import type { AccountBook } from './account-book.ts';
import { openCertificateBook } from './certificate-book.ts';
import type { CertificateBook } from './certificate-book.ts';
import type { AccessDeps } from './deps.ts';
import { openIdentityBook } from './identity-book.ts';
import type { IdentityBook } from './identity-book.ts';
import { openPasskeyBook } from './passkey-book.ts';
import type { PasskeyBook } from './passkey-book.ts';
import { openProposalBook } from './proposal-book.ts';
import type { ProposalBook } from './proposal-book.ts';
import { openSessionBook } from './session-book.ts';
import type { SessionBook } from './session-book.ts';
import { openTokenBook } from './token-book.ts';
import type { TokenBook } from './token-book.ts';

/** Who may call, and what: accounts of people, their sessions, API tokens, and what waits for a second person. */
export interface Access {
  readonly accounts: AccountBook;
  readonly sessions: SessionBook;
  readonly identities: IdentityBook;
  readonly passkeys: PasskeyBook;
  readonly tokens: TokenBook;
  readonly certificates: CertificateBook;
  readonly proposals: ProposalBook;
}

/** Opens access on a store whose schemas include `accessSchema`. */
export function openAccess(deps: AccessDeps): Access {
  const accounts = openAccountBook(deps);
  const sessions = openSessionBook(deps);
  const tokens = openTokenBook(deps);
  const certificates = openCertificateBook(deps);
  return {
    accounts: {
      ...accounts,
      async change(name, change, actor) {
        await accounts.change(name, change, actor);
        // What a token may do follows its maker at once.
        tokens.forget();
      },
    },
    sessions,
    identities: openIdentityBook({ ...deps, sessions, tokens }),
    passkeys: openPasskeyBook(deps),
    tokens,
    certificates: {
      ...certificates,
      async bind(binding, caller, actor) {
        await certificates.bind(binding, caller, actor);
        tokens.forget();
      },
      async unbind(tokenId, sha256, actor) {
        await certificates.unbind(tokenId, sha256, actor);
        tokens.forget();
      },
    },
    proposals: openProposalBook(deps),
  };
}
