import type { Equivocation, VerifierKey } from '@comity/protocol/tlog';
import type { Connection } from '../../store/index.ts';
import type { Alarms } from '../alarms.ts';

/** A key that was rotated away. */
export interface FormerKey {
  readonly key: VerifierKey;
  /** When the log said that it signs with it no longer, in seconds. */
  readonly untilSeconds: number;
}

/** A log of somebody else, as we know it. */
export interface WatchedLog {
  /** Those it signs with: old and new ones while they change. */
  readonly keys: readonly VerifierKey[];
  /**
   * Those it signed with. What was seen under them binds it; what is shown under them later may be a thief's, and counts as far as a witness
   * states that it saw it in time.
   */
  readonly formerKeys: readonly FormerKey[];
  /** Of those who witness it, whose times say how fresh a view is; none: nobody says. */
  readonly witnessKeys: readonly VerifierKey[];
  /** Where its tiles stand, without a slash at the end. */
  readonly url: string;
  readonly allowPrivate: boolean;
}

/** A checkpoint of a log that we have seen. */
export interface SeenCheckpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** With the freshest cosignatures seen of it. */
  readonly note: string;
  readonly seenUs: number;
  /** Newest time a known witness states, in seconds; undefined when none does. */
  readonly cosignedSeconds: number | undefined;
  /** Whether the trees before and after it were shown to be of one history. */
  readonly isProven: boolean;
}

/** What came of a checkpoint that was shown. */
export type Observation =
  /** It says nothing: whose it is is not known, it is not signed, or it states a time that has not come. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'known' }
  | { readonly kind: 'proven' }
  /** The log has until then to prove that it only grew. */
  | { readonly kind: 'unproven'; readonly dueUs: number }
  | { readonly kind: 'equivocation'; readonly evidence: Equivocation };

/** An entry somebody signed for, that their log must come to hold: at which place nobody knows yet. */
export interface PromisedEntry {
  /** Whose log: a word {@link LogOwner}s are found by. */
  readonly owner: string;
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
  /** What they signed for, in words. Shown to people. */
  readonly what: string;
  /** It was made later than this: what the log showed by then cannot hold it. */
  readonly sinceUs: number;
  /** The log must show it by then. */
  readonly dueUs: number;
}

/** Somebody who owes entries. */
export interface LogOwner {
  readonly name: string;
  /** Of the log they write now; undefined: they have none that is known. */
  readonly origin: string | undefined;
}

/** What the logs of others say, and whether each says one thing to all. */
export interface Monitor {
  /**
   * Takes a checkpoint from whoever shows one: gossip, a witness, the log itself.
   *
   * Two of one size with two roots are evidence: kept for good, alarmed, and the log is trusted no more. Another size has to be proven
   * consistent, from the tiles of the log; silence is alarmed after ten minutes, and is no evidence.
   *
   * @param note - Hostile.
   */
  observe(note: string): Promise<Observation>;
  /** The largest proven checkpoint of a log. */
  latest(origin: string): SeenCheckpoint | undefined;
  /** The largest proven checkpoint of every log: what is told to others in gossip. */
  list(): readonly SeenCheckpoint[];
  /** Whether the latest view of a log was cosigned within two intervals. */
  isFresh(origin: string): boolean;
  /** Whether no evidence is held against a log. */
  isTrusted(origin: string): boolean;
  /** All evidence there is; it can be given to anybody. */
  evidence(): readonly Equivocation[];
  /**
   * Has a log watched for an entry it must come to hold, in the transaction that keeps what was signed. An entry that is not there when it
   * is due is alarmed until it is, for 30 days at most. Of one owner 20,000 are watched for; what comes beyond, while those are missing,
   * is not.
   */
  expect(db: Connection, entry: PromisedEntry): void;
  /** Asks for what is owed, and alarms about what is overdue. Runs by itself every minute. */
  check(): Promise<void>;
  readonly alarms: Alarms;
  start(): void;
  close(): Promise<void>;
}
