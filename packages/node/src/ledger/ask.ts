/** A question to somebody else's node. */
interface Question {
  readonly url: string;
  /** Posted when it is there. */
  readonly body?: string;
  /** Whether the address may be a private one. */
  readonly allowPrivate: boolean;
  /** Longest time for the whole answer, in ms. */
  readonly timeoutMs: number;
}

/**
 * The network: the whole answer to a question, whatever its status; hostile, and of bounded size. Rejects with a `ComityError` when there
 * is none in time.
 */
export type Ask = (question: Question) => Promise<{ readonly status: number; readonly body: Uint8Array }>;
