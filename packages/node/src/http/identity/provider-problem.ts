import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { ComityError, quote } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';

/** What may be wrong with what a provider says, and what it means for who wants to sign in. */
const problems = {
  unreachable: ['REMOTE_FAILED', 'it cannot be reached'],
  address: ['REMOTE_FAILED', 'its address is no public one, and it is not allowed others'],
  unfit: ['REMOTE_FAILED', 'what it answers is not what OpenID Connect asks for'],
  client: ['REMOTE_FAILED', 'it does not accept this node: client id, secret or redirect URI are not what it knows'],
  declined: ['NOT_SIGNED_IN', 'it said no'],
  code: ['NOT_SIGNED_IN', 'it does not take the code: it was used, or took too long; begin again'],
  clock: ['NOT_SIGNED_IN', 'its clock and the clock of this node are apart, or it took too long; set both right'],
  unproved: ['NOT_SIGNED_IN', 'what it sent does not prove who you are'],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

/** Why nobody was signed in by the identity provider. Its message holds no code, token or secret. */
export class SignInProblem extends ComityError {
  /** In a word, for the audit trail. */
  readonly reason: string;

  constructor(reason: string, code: ErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
    this.reason = reason;
  }
}

/** Something the identity provider did or did not do. */
export class ProviderProblem extends SignInProblem {
  /**
   * @param name - Of the provider.
   * @param more - A clause that may be shown to anybody.
   */
  constructor(reason: keyof typeof problems, name: string, more?: string, cause?: unknown) {
    const [code, clause] = problems[reason];
    const message = `Cannot sign in by ${quote(name)}: ${clause}${more === undefined ? '' : ` (${more})`}`;
    super(reason, code, message, cause);
  }

  /** With what lies behind it, for who sets the provider up. */
  inDetail(): ComityError {
    const { cause, message, code } = this;
    if (!(cause instanceof Error)) return this;
    const isRefused = cause instanceof ComityError && cause.code === 'ADDRESS_REFUSED';
    return new ComityError(isRefused ? cause.code : code, `${message}. ${cause.message}`, { cause });
  }
}

/** A URL a provider may have: https, or http on loopback, where there is nobody in between. @throws {ProviderProblem} `unfit`. */
export function assertProviderUrl(name: string, what: string, text: unknown): URL {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  const isFit =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
  if (!isFit) throw new ProviderProblem('unfit', name, `its ${what} is no https URL`);
  return url;
}

/** Whether a name or an address of a URL is this machine’s own. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** What an error of the library means. Only words of ours, and error codes of the standard, get into the message. */
export function providerProblem(name: string, otherwise: 'unproved' | 'unfit', error: unknown): ProviderProblem {
  const found = [...causesOf(error)];
  for (const each of found) if (each instanceof ProviderProblem) return each;
  for (const each of found) if (each instanceof ComityError) return fromFetch(name, each);
  if (error instanceof AuthorizationResponseError)
    return new ProviderProblem('declined', name, standardCode(error.error), error);
  if (error instanceof WWWAuthenticateChallengeError) return new ProviderProblem('client', name, undefined, error);
  if (error instanceof ResponseBodyError) {
    const isCode = error.error === 'invalid_grant';
    return new ProviderProblem(isCode ? 'code' : 'client', name, standardCode(error.error), error);
  }
  const code = error instanceof ClientError ? error.code : undefined;
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return new ProviderProblem('clock', name, undefined, error);
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT')
    return new ProviderProblem('unreachable', name, undefined, error);
  if (code === 'OAUTH_RESPONSE_IS_NOT_JSON') return new ProviderProblem('unfit', name, undefined, error);
  const status = error instanceof Error && error.cause instanceof Response ? error.cause.status : undefined;
  if (status === 401) return new ProviderProblem('client', name, undefined, error);
  if (status !== undefined) return new ProviderProblem('unreachable', name, `it answered ${status}`, error);
  return new ProviderProblem(otherwise, name, undefined, error);
}

function fromFetch(name: string, error: ComityError): ProviderProblem {
  if (error.code === 'ADDRESS_REFUSED') return new ProviderProblem('address', name, undefined, error);
  if (error.code === 'INPUT_TOO_LARGE') return new ProviderProblem('unfit', name, 'its answer is too large', error);
  return new ProviderProblem('unreachable', name, undefined, error);
}

function* causesOf(error: unknown): Generator {
  for (let each = error, depth = 0; each instanceof Error && depth < 10; each = each.cause, depth += 1) yield each;
}

/** `access_denied` and its like; what does not look so is not repeated, since anybody may have written it. */
function standardCode(text: string): string | undefined {
  return /^[a-z_]{1,50}$/.test(text) ? text : undefined;
}
