import { ComityError, errorCodes, isJsonObject, quote } from '../base/index.ts';
import type { ErrorCode, ErrorDetails } from '../base/index.ts';

/** Characters of a problem document that are read; a node writes far less. */
const problemCharsMax = 65_536;

/**
 * The error a node answered with, rebuilt: same code, message and details as where it was thrown.
 *
 * An answer that is no problem document (a proxy's error page, a cut connection) becomes `REMOTE_FAILED`. Read by hand
 * and not by the schema, so that a page carries no validator for it.
 *
 * @param answer - an answer whose status is not 2xx; its body is read.
 */
export async function errorOfAnswer(answer: Response): Promise<ComityError> {
  const text = (await answer.text().catch(() => '')).slice(0, problemCharsMax);
  const problem = jsonOrUndefined(text);
  if (!isJsonObject(problem) || !isErrorCode(problem['code']) || typeof problem['detail'] !== 'string') {
    return new ComityError(
      'REMOTE_FAILED',
      `Cannot use the answer: status ${answer.status} ${quote(text.slice(0, 80))}`,
      { details: { status: answer.status } },
    );
  }
  return new ComityError(problem['code'], problem['detail'], { details: detailsOf(problem['details']) });
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}

function detailsOf(value: unknown): ErrorDetails {
  if (!isJsonObject(value)) return {};
  const plain = Object.entries(value).filter(([, one]) => /^(?:string|number|boolean)$/.test(typeof one));
  return Object.fromEntries(plain) as ErrorDetails;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a problem document; the caller says so.
    return undefined;
  }
}
