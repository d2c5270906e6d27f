import type { RowId } from '@comity/protocol/base';
import type { RemoteStatus } from '@comity/protocol/taxii';

/** `pushing` stands only while a push runs in this process; after a crash it is simply due. */
export type PushStatus = 'new' | 'ok' | 'failing' | 'pushing';

/** Objects that were sent and of which the server has not said yet what became of them. */
export interface PendingSend {
  /** To ask its status with. */
  readonly statusId: string;
  readonly ids: readonly string[];
  /** Where the push stands once it took them, µs. */
  readonly upToUs: number;
  /** How many of them count as objects, not as definitions that go with them. */
  readonly objects: number;
}

/** A collection of ours that is sent to one elsewhere, for a recipient. */
export interface Push {
  readonly id: RowId;
  /** Of ours, by its id. */
  readonly collection: string;
  /** Key of whom the server elsewhere belongs to: what the law lets them have is sent, and nothing else. */
  readonly recipient: string;
  /** As it may be shown; what is asked is {@link PushBook.targetOf}. */
  readonly url: string;
  /** Id, alias or title of the collection elsewhere; undefined: the URL says it, or there is only one. */
  readonly remoteCollection: string | undefined;
  readonly intervalMinutes: number;
  readonly allowPrivate: boolean;
  readonly enabled: boolean;
  readonly status: PushStatus;
  /** Everything that came into the collection up to then was decided on, and what may leave is there. µs; 0: nothing yet. */
  readonly positionUs: number;
  readonly pending: PendingSend | undefined;
  /** Objects the server said it took, since the push was made or begun anew. */
  readonly sentCount: number;
  /** Objects it did not take: some are tried again, see {@link PushFailure}. */
  readonly failedCount: number;
  readonly lastPushUs: number | undefined;
  readonly nextPushUs: number;
  readonly lastError: string | undefined;
  /** Runs that failed in a row. */
  readonly failureCount: number;
}

interface PushOptions {
  readonly collection: string;
  readonly recipient: string;
  readonly url: string;
  readonly remoteCollection: string | undefined;
  /** Bearer token for the origin of the URL, which then holds no user and password. Sealed. */
  readonly token: string | undefined;
  /** 5 to 43,200. */
  readonly intervalMinutes: number;
  readonly allowPrivate: boolean;
}

/** An object the server did not take. */
export interface PushFailure {
  readonly id: string;
  /** What the server says is wrong; untrusted. */
  readonly message: string;
  /** How often it was sent; after {@link attemptsMax} it is left until somebody begins anew. */
  readonly attempts: number;
  readonly lastUs: number;
}

/** Times one object is sent that the server does not take. */
export const attemptsMax = 5;

/** What an envelope came to. */
export interface PushStep {
  readonly positionUs: number;
  readonly sent: number;
  /** Ids the server took: what is kept of them as failed is done with. */
  readonly taken: readonly string[];
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

/** The pushes of a node, kept in its store. Reads are synchronous, writes durable when they resolve. */
export interface PushBook {
  /** By collection, then by URL. */
  list(): Push[];
  find(id: RowId): Push | undefined;
  /**
   * Where a push goes, with its credentials: for the sender alone, never shown, logged or kept.
   *
   * @throws {ComityError} `NOT_FOUND`, or `FILE_UNREADABLE` when they were sealed with another key than that of the folder.
   */
  targetOf(id: RowId): { readonly url: string; readonly token: string | undefined };
  /** @throws {ComityError} `ARGUMENT_INVALID`, or `CONFLICT` when there are too many. */
  add(options: PushOptions): Promise<Push>;
  /** @throws {ComityError} `NOT_FOUND` or `ARGUMENT_INVALID`. */
  change(id: RowId, change: Partial<Pick<Push, 'intervalMinutes' | 'enabled' | 'allowPrivate'>>): Promise<Push>;
  /** What was sent stays there. @throws {ComityError} `NOT_FOUND`. */
  remove(id: RowId): Promise<void>;
  /** Begins at the beginning of the collection: everything that may leave is sent once more. @throws {ComityError} `NOT_FOUND`. */
  restart(id: RowId): Promise<void>;
  /** Enabled pushes whose time has come, the most overdue first. */
  due(): Push[];
  /** When the next enabled push is due, µs; undefined when there is none. */
  nextDueUs(): number | undefined;
  /** Objects that were not taken, in the order of their ids. */
  failures(id: RowId): PushFailure[];
  noteRunning(id: RowId): void;
  /** The run was called off by us: the push is due at once. */
  noteStopped(id: RowId): void;
  notePending(id: RowId, pending: PendingSend): Promise<void>;
  /** The server knows nothing of what was sent: it is sent again. */
  noteLost(id: RowId): Promise<void>;
  /** In one transaction: the position moves, and what was not taken is kept. @throws {ComityError} `CONFLICT` when that is too much. */
  noteStep(id: RowId, step: PushStep): Promise<void>;
  noteDone(id: RowId): Promise<void>;
  noteFailure(id: RowId, reason: string, retryAfterSeconds: number | undefined): Promise<void>;
  /** Called after a change is on the disk. Returns how to stop. */
  onChange(fn: (push: Push) => void): () => void;
}

/** A collection elsewhere that objects are sent to. */
export interface PushTarget {
  /** Largest body it takes, bytes. */
  readonly contentBytesMax: number;
  /** Sends an envelope. */
  send(envelope: Uint8Array): Promise<Answered>;
  /** What became of what was sent; undefined when the server knows nothing of it. */
  statusOf(id: string): Promise<RemoteStatus | undefined>;
}

/** What a server answers to an envelope. `refused`: it takes none of it as it is, but may take a smaller or another one. */
export type Answered =
  { readonly kind: 'status'; readonly status: RemoteStatus } | { readonly kind: 'refused'; readonly reason: string };
