import { ComityError } from '@comity/protocol/base';
import { shownUrl } from './shown-url.ts';

/** What a request to `url` failed with, as the error it is told by: one of ours that is among its causes, else `REMOTE_FAILED`. */
export function remoteError(url: URL, cause: unknown): ComityError {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof ComityError) return error;
  }
  const timedOut =
    cause instanceof Error &&
    (cause.name === 'TimeoutError' || /TIMEOUT/.test(String((cause as { code?: unknown }).code)));
  const reason = timedOut ? 'it took too long' : cause instanceof Error ? cause.message : String(cause);
  return new ComityError('REMOTE_FAILED', `Cannot fetch ${shown(url)}: ${reason.slice(0, 300)}`, { cause });
}

/** A URL as messages show it: without credentials, at most 500 characters. */
export function shown(url: URL): string {
  return shownUrl(url.href).slice(0, 500);
}
