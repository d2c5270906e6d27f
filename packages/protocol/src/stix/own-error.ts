import { ComityError } from '../base/index.ts';

/** What was caught, when it is an operational error; a bug goes on to whoever ends the job. */
export function asOwnError(error: unknown): ComityError {
  if (error instanceof ComityError) return error;
  throw error;
}
