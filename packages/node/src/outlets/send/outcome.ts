/** How a try to send went. A refusal of the receiver is an answer, no error. */
export type Outcome =
  | { readonly isSent: true }
  | {
      readonly isSent: false;
      /** A clause, safe to show: no secret is in it. */
      readonly reason: string;
      /** How long the receiver asked to be left alone. */
      readonly retryAfterMs?: number;
      /** A smaller piece may go. */
      readonly wantsLess?: boolean;
    };

export const sent: Outcome = { isSent: true };

/** What a connection failed with, as a clause. */
export function failure(error: unknown): Outcome {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === 'TimeoutError' || /TIMEOUT/.test(codeOf(each))) {
      return { isSent: false, reason: 'it took too long', wantsLess: true };
    }
    // Several addresses were tried.
    if (each instanceof AggregateError && each.errors.length > 0) return failure(each.errors[0]);
    if (each.cause === undefined) return { isSent: false, reason: (each.message || codeOf(each)).slice(0, 300) };
  }
  return { isSent: false, reason: String(error).slice(0, 300) };
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
