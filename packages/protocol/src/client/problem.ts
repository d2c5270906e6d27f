import { ComityError, errorCodes, quote } from '../base/index.ts';
import type { ErrorCode } from '../base/index.ts';
import { problemShape } from '../api/index.ts';

/** Characters of a problem document that are read; a node writes far less. */
const problemCharsMax = 65_536;

/**
 * The error a node answered with, rebuilt: same code, message and details as where it was thrown.
 *
 * An answer that is no problem document (a proxy's error page, a cut connection) becomes `REMOTE_FAILED`.
 *
 * @param answer - an answer whose status is not 2xx; its body is read.
 */
export async function errorOfAnswer(answer: Response): Promise<ComityError> {
  const text = (await answer.text().catch(() => '')).slice(0, problemCharsMax);
  const parsed = problemShape.safeParse(jsonOrUndefined(text));
  if (!parsed.success || !isErrorCode(parsed.data.code)) {
    return new ComityError(
      'REMOTE_FAILED',
      `Cannot use the answer: status ${answer.status} ${quote(text.slice(0, 80))}`,
      {
        details: { status: answer.status },
      },
    );
  }
  return new ComityError(parsed.data.code, parsed.data.detail, { details: parsed.data.details ?? {} });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a problem document; the caller says so.
    return undefined;
  }
}
