/**
 * Every code an operational error of Comity may carry, with what it means outside the process.
 *
 * Codes are API: `status` is the HTTP status of the problem+json answer, `exit` the exit code of a command, `sentence`
 * what the reference page says. A test provokes each one.
 */
export const errorCodes = {
  // input
  INPUT_TOO_LARGE: { status: 413, exit: 2, sentence: 'The input is larger than the limit named in the message.' },
  INPUT_TOO_DEEP: { status: 400, exit: 2, sentence: 'The input is nested deeper than the limit named in the message.' },
  JSON_MALFORMED: { status: 400, exit: 2, sentence: 'The text is not JSON; the message names the place.' },
  ENCODING_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'The bytes are not valid in the encoding the format asks for.',
  },
  ID_MALFORMED: { status: 400, exit: 2, sentence: 'An identifier does not have the form its kind asks for.' },
  TIMESTAMP_MALFORMED: { status: 400, exit: 2, sentence: 'A time is not an RFC 3339 UTC timestamp.' },
  VALUE_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A value is not an address, a name, a URL or a digest of the kind expected.',
  },
  MARKING_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A marking is not one of TLP, PAP or IEP, or contradicts its standard.',
  },
  LAW_MALFORMED: {
    status: 400,
    exit: 1,
    sentence: 'A law is not Cedar, does not fit what a law may speak of, or lacks an `@id` or a citation.',
  },
  SHARING_REFUSED: {
    status: 403,
    exit: 1,
    sentence:
      'Nothing of what was asked for may be given, or the guard read a marking in what was about to leave and stopped it.',
  },
  STIX_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A STIX object or bundle breaks a rule without which it cannot be used.',
  },
  PATTERN_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A STIX pattern does not follow the grammar; the message names the column.',
  },
  PATTERN_TOO_COMPLEX: {
    status: 400,
    exit: 2,
    sentence:
      'A STIX pattern exceeds a limit of length, depth, number of comparisons or of the steps to search what answers it.',
  },
  PATTERN_UNSUPPORTED: {
    status: 400,
    exit: 2,
    sentence:
      'A STIX pattern asks for a regular expression that cannot be searched in linear time; the message names what.',
  },
  SIGMA_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A Sigma rule does not have the form the specification asks for; the message names the place.',
  },
  SIGMA_TOO_COMPLEX: {
    status: 400,
    exit: 2,
    sentence: 'A Sigma rule exceeds a limit of size, depth, number of tests or of a regular expression.',
  },
  SIGMA_UNSUPPORTED: {
    status: 400,
    exit: 2,
    sentence:
      'A Sigma rule asks for what is not evaluated: a placeholder without values, an aggregation after `|`, a regular expression that needs backtracking.',
  },
  MISP_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A MISP event, feed or warninglist does not have the form its format asks for.',
  },
  LEDGER_MALFORMED: {
    status: 400,
    exit: 2,
    sentence:
      'A note, checkpoint, key, tile, proof, entry, policy or witness request of a transparency log does not have its form; the message names the place.',
  },
  LEDGER_UNPROVEN: {
    status: 422,
    exit: 1,
    sentence: 'The signatures, cosignatures or hashes of a transparency log do not show what they are said to show.',
  },
  PEER_MALFORMED: {
    status: 400,
    exit: 2,
    sentence:
      'What another member’s node sent does not have the form of the peer protocol; the message names the place.',
  },
  MEMBER_MALFORMED: {
    status: 400,
    exit: 2,
    sentence:
      'The description of a member’s node, a chain of them, or an invitation does not have its form; the message names the place.',
  },
  MEMBER_UNPROVEN: {
    status: 422,
    exit: 1,
    sentence:
      'The signatures of a member’s descriptors do not show what they are said to show, or evidence shows nothing; `reason` in the details says what.',
  },
  INVITATION_REFUSED: {
    status: 403,
    exit: 1,
    sentence:
      'An invitation is not one of the member that is asked, was used or withdrawn, is over, or was not signed by who takes it up; `reason` in the details says what.',
  },
  SIGNATURE_REFUSED: {
    status: 401,
    exit: 2,
    sentence:
      'The signature of a message between nodes is missing, is too old or too new, is meant for another node, was used before, or is not its sender’s; `reason` in the details says what.',
  },
  LOOKUP_MALFORMED: {
    status: 400,
    exit: 2,
    sentence:
      'A set, question, answer or record of a private look-up does not have its form; the message names the place.',
  },
  LOOKUP_UNPROVEN: {
    status: 502,
    exit: 2,
    sentence:
      'What a member answered to a private look-up does not come of the key it has published, or a record was not sealed for its value.',
  },
  CHARTER_MALFORMED: {
    status: 400,
    exit: 2,
    sentence:
      'A charter, proposal, decision or file of a charter’s history does not have its form, or names what cannot be proposed; the message names the place.',
  },
  FORMAT_UNKNOWN: {
    status: 415,
    exit: 2,
    sentence: 'The format of the input could not be recognised and none was named.',
  },
  ARCHIVE_MALFORMED: {
    status: 400,
    exit: 2,
    sentence: 'A compressed file or an archive is damaged or of a kind that is not read.',
  },
  ARCHIVE_BOMB: {
    status: 413,
    exit: 2,
    sentence: 'A compressed file grows beyond the limit of size, ratio or number of members.',
  },
  TABLE_UNUSABLE: {
    status: 400,
    exit: 2,
    sentence:
      'The file is no saved table of listed values, is damaged, or is of another version: the table must be built anew.',
  },
  // the caller
  ARGUMENT_INVALID: {
    status: 400,
    exit: 2,
    sentence: 'An argument, option or field is missing, unknown or out of its range.',
  },
  NOT_SIGNED_IN: { status: 401, exit: 2, sentence: 'The request carries no valid session or token.' },
  NOT_ALLOWED: {
    status: 403,
    exit: 2,
    sentence:
      'The session or token has not the scope the request needs, or the request comes from the page of another site.',
  },
  NOT_FOUND: { status: 404, exit: 1, sentence: 'There is nothing under that name.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    exit: 2,
    sentence: 'There is something under that path, but not for this method; `Allow` names those there are.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    exit: 2,
    sentence: 'The request accepts no media type the answer can have; the message names the one there is.',
  },
  CONFLICT: { status: 409, exit: 2, sentence: 'The request contradicts what is there.' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    exit: 2,
    sentence: 'Something else was sent under the same idempotency key.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    exit: 2,
    sentence: 'The caller is over its rate or the queue is full; try again later.',
  },
  // the surroundings
  FILE_UNREADABLE: {
    status: 400,
    exit: 2,
    sentence: 'A file or folder could not be read or written; the message says why.',
  },
  ADDRESS_REFUSED: {
    status: 400,
    exit: 2,
    sentence: 'A URL leads to an address that is not public and was not allowed.',
  },
  REMOTE_FAILED: {
    status: 502,
    exit: 2,
    sentence: 'A remote server did not answer, answered wrongly or took too long.',
  },
  NODE_UNREACHABLE: { status: 503, exit: 2, sentence: 'The node a command speaks to does not answer.' },
  INTERNAL: {
    status: 500,
    exit: 2,
    sentence: 'The program has a fault; its log says more under the error id in the message.',
  },
  // the data folder
  DATA_LOCKED: { status: 503, exit: 2, sentence: 'Another process has the data folder open.' },
  DATA_DAMAGED: { status: 503, exit: 2, sentence: 'The database in the data folder fails its integrity check.' },
  DATA_TOO_NEW: { status: 503, exit: 2, sentence: 'The data folder was written by a newer version of the program.' },
  DATA_UNWRITABLE: { status: 507, exit: 2, sentence: 'The data folder cannot be written: no right or no space.' },
  BACKUP_MALFORMED: { status: 400, exit: 2, sentence: 'The file is not a backup of a node or is damaged.' },
} as const satisfies Record<string, { status: number; exit: 1 | 2; sentence: string }>;

/** A code from the closed registry {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** What may be shown to whoever caused the error: never a secret, never another member's content. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * An operational error: something outside the program's control went wrong and is said in plain words.
 *
 * Messages begin with a verb and quote the value: `Cannot parse pattern: expected "]" at column 17`. Bugs are plain
 * `Error`s from {@link assert}; refusals are return values, not errors.
 */
export class ComityError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Throws when `condition` is false: a bug in Comity itself, caught only by a request, a job or `main`. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}

/** What was caught, when it is an operational error; a bug goes on to whoever ends the request, job or process. */
export function asOwnError(error: unknown): ComityError {
  if (error instanceof ComityError) return error;
  throw error;
}

/** Quotes an untrusted value for a message: control characters escaped, cut to 80 characters. */
export function quote(value: string): string {
  const cut = value.length > 80 ? `${value.slice(0, 79)}…` : value;
  return JSON.stringify(cut);
}
