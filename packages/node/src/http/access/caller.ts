import { ComityError } from '@comity/protocol/base';
import { scopes as allScopes } from '@comity/protocol/api';
import type { Role, Scope } from '@comity/protocol/api';

/** Who makes a request. */
export interface Caller {
  /** The account, the name of the token, or `command line`. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Of the account that is signed in; undefined for a token and for a command. */
  readonly role?: Role;
  /**
   * The account that answers for what is done: the one signed in; for a token whoever made it; for a command on the data folder
   * the first administrator. Two callers of one account are one pair of eyes.
   */
  readonly account: string;
  /**
   * The account whose role bounds what they may do, and what the tokens they make may; undefined: nobody's, as for a command on the
   * data folder, and for tokens that one made.
   */
  readonly boundBy: string | undefined;
  readonly expiresAtMs?: number;
  /** The session that ends on sign-out. */
  readonly sessionId?: string;
  /** Id of the API token. Undefined: a person, or a command on the data folder. */
  readonly tokenId?: string;
  /** SHA-256 of the client certificate by which it came, where one stands for the token. */
  readonly certificate?: string;
}

/** The first administrator: signs in by the link the node prints, and answers for commands on the data folder. */
export const operatorAccount = 'operator';

const scopeNames: ReadonlySet<string> = new Set(allScopes);

/** Rights as they are stored; what an older or a newer version called a right is left out. */
export function parseScopes(text: string): Scope[] {
  return text.split(' ').filter((scope): scope is Scope => scopeNames.has(scope));
}

/**
 * Refuses to hand on a right the caller has not: nobody makes somebody else, or a token, of more than they are.
 *
 * @throws {ComityError} `NOT_ALLOWED`, naming the right.
 */
export function assertMayGive(caller: Pick<Caller, 'scopes'>, given: readonly Scope[]): void {
  const missing = given.find((scope) => !caller.scopes.includes(scope));
  if (missing === undefined) return;
  throw new ComityError('NOT_ALLOWED', `Cannot give the right "${missing}": you have not got it yourself`, {
    details: { scope: missing },
  });
}

/** Who did something, for the audit trail. */
export interface Actor {
  readonly by: string;
  readonly via: string;
  readonly address: string;
}

/** @param address - Where the request came from. */
export function actorOf({ account, tokenId, sessionId, certificate }: Caller, address: string): Actor {
  const by = certificate === undefined ? '' : ` certificate:${certificate}`;
  const via = tokenId !== undefined ? `token:${tokenId}${by}` : sessionId !== undefined ? 'session' : 'command';
  return { by: account, via, address: via === 'command' ? '' : address };
}
