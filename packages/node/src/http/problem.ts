import { ComityError, errorCodes } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import type { Problem } from '@comity/protocol/api';

export const problemType = 'application/problem+json';

/** Fastify's own errors that a request provokes, as ours. */
const codesOfFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'INPUT_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'ARGUMENT_INVALID',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'JSON_MALFORMED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'JSON_MALFORMED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'ARGUMENT_INVALID',
  FST_ERR_BAD_URL: 'ARGUMENT_INVALID',
  FST_ERR_MAX_PARAM_LENGTH: 'ARGUMENT_INVALID',
};

/** What an error becomes for the caller, and whether it is a fault of ours that belongs into the log. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly fault: boolean;
}

/**
 * The problem document of an error (RFC 9457).
 *
 * A {@link ComityError} is told as it is; anything else is a fault of ours: the caller gets `INTERNAL` with `errorId`
 * to look for in the log, and nothing of message or stack.
 */
export function problemOf(error: unknown, errorId: string): ProblemAnswer {
  if (error instanceof ComityError)
    return { problem: problemWith(error.code, error.message, error.details), fault: false };
  const foreign = error as { code?: unknown; message?: unknown } | null;
  const code = typeof foreign?.code === 'string' ? codesOfFastify[foreign.code] : undefined;
  if (code !== undefined)
    return { problem: problemWith(code, `Cannot read the request: ${String(foreign?.message)}`, {}), fault: false };
  return {
    problem: problemWith('INTERNAL', `Cannot answer: a fault of the program, error ${errorId}`, { errorId }),
    fault: true,
  };
}

function problemWith(code: ErrorCode, detail: string, details: ComityError['details']): Problem {
  const { status, sentence } = errorCodes[code];
  return {
    type: `urn:comity:error:${code}`,
    title: sentence,
    status,
    code,
    detail,
    ...(Object.keys(details).length > 0 && { details }),
  };
}
