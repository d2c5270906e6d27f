import type { MatchForm } from '@comity/protocol/api';
import type { RowId } from '@comity/protocol/base';
import type { Connection } from '../store/index.ts';

/** Where matches are sent on their own. */
export interface Outlet {
  readonly id: RowId;
  readonly name: string;
  readonly kind: 'webhook' | 'syslog';
  /** As it may be shown: without user, password and query. */
  readonly address: string;
  readonly form: MatchForm;
  /** Key of an organisation of ours. */
  readonly recipient: string;
  readonly alarmsOnly: boolean;
  readonly allowPrivate: boolean;
  readonly enabled: boolean;
  readonly hasAuthorization: boolean;
  /** PEM of what its certificate has to come from; undefined: what the system trusts. */
  readonly ca: string | undefined;
  /** Number of the last match that is done with: sent, withheld or left out. */
  readonly position: number;
  readonly sent: number;
  /** Matches that may not go there. */
  readonly withheld: number;
  /** How often each rule stood against one of them. */
  readonly withheldBy: Readonly<Record<string, number>>;
  /** Matches that were deleted before it was their turn. */
  readonly lost: number;
  readonly lastSentUs: number | undefined;
  /** Tries that failed in a row. */
  readonly failureCount: number;
  readonly failingSinceUs: number | undefined;
  readonly lastError: string | undefined;
  /** Not before; µs. */
  readonly nextTryUs: number;
}

/** What a person enters. What is undefined stays as it was, or has the default of the API. */
export interface OutletEntry {
  readonly id?: string | undefined;
  readonly name: string;
  readonly kind: Outlet['kind'];
  readonly address?: string | undefined;
  readonly form: MatchForm;
  readonly recipient: string;
  readonly alarmsOnly: boolean;
  readonly allowPrivate: boolean;
  readonly enabled: boolean;
  readonly from: 'now' | 'start';
  readonly authorization?: string | undefined;
  readonly signingKey?: string | undefined;
  /** Empty: none. */
  readonly ca?: string | undefined;
}

/** What is sealed of an outlet: for the sender alone, never shown, logged or kept in clear. */
export interface OutletSecrets {
  /** The whole address, with its query. */
  readonly address: string;
  readonly authorization?: string;
  readonly signingKey?: string;
}

/** How far an outlet came with one batch. */
interface Progress {
  /** Where it began: the note counts only where the outlet still stands there. */
  readonly from: number;
  readonly through: number;
  readonly sent: number;
  readonly withheld: number;
  readonly withheldBy: ReadonlyMap<string, number>;
}

/** The outlets of a node, kept in its store. Reads are synchronous, writes durable when they resolve. */
export interface OutletBook {
  list(): readonly Outlet[];
  find(id: string): Outlet | undefined;
  /** @throws {ComityError} `NOT_FOUND`. */
  get(id: string): Outlet;
  /**
   * Adds or changes an outlet. A new address forgets the credentials of the old one.
   *
   * @param newest - number of the newest match: where a new outlet begins from.
   * @returns the outlet, and the signing key if one was made.
   * @throws {ComityError} `ARGUMENT_INVALID`, `NOT_FOUND`, `CONFLICT` (too many) or `ADDRESS_REFUSED`.
   */
  save(
    entry: OutletEntry,
    newest: number,
  ): Promise<{ readonly outlet: Outlet; readonly signingKey: string | undefined }>;
  /** @throws {ComityError} `NOT_FOUND`. */
  remove(id: string): Promise<void>;
  /** @throws {ComityError} `NOT_FOUND`, or `FILE_UNREADABLE` when they were sealed with another key than that of the folder. */
  secretsOf(id: RowId): OutletSecrets;
  noteProgress(id: RowId, progress: Progress): Promise<void>;
  /** @param retryAfterMs - how long the receiver asked to be left alone. */
  noteFailure(id: RowId, reason: string, retryAfterMs?: number): Promise<void>;
  /** Counts matches that are deleted in this transaction for each outlet that has not come to them. */
  noteSwept(db: Connection, swept: readonly { readonly id: number; readonly alarm: number }[]): void;
  /** Called after a change is on the disk. Returns how to stop. */
  onChange(fn: (outlet: Outlet) => void): () => void;
}
