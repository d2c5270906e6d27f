import { ComityError, isStixId, quote } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { lastVersion } from '@comity/protocol/taxii';
import type { RemoteStatus } from '@comity/protocol/taxii';
import type { Recipient, RecipientBook } from '../../sharing/index.ts';
import { isFor } from '../is-for.ts';
import { readPage } from '../read-page.ts';
import type { Collection, CollectionBook, Page, PageDeps } from '../taxii.ts';
import { attemptsMax } from './push.ts';
import type { Answered, PendingSend, Push, PushBook, PushStep, PushTarget } from './push.ts';

export interface RunPushDeps {
  readonly pushes: PushBook;
  readonly collections: Pick<CollectionBook, 'find'>;
  readonly recipients: Pick<RecipientBook, 'find'>;
  readonly arrivals: PageDeps['arrivals'];
  /** What one envelope to the recipient goes out through: opened anew for each, so that it keeps to the law in force. */
  readonly openExits: (recipient: Recipient, url: string) => Pick<PageDeps, 'exit' | 'rehearsal' | 'isGuarded'>;
  /** Finds the collection elsewhere. @throws {ComityError} when it is not there or takes nothing. */
  readonly openTarget: (push: Push, signal: AbortSignal) => Promise<PushTarget>;
  /** Waits; shorter when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onStopped: PageDeps['onStopped'];
}

/** Objects of an envelope. */
const objectsMax = 500;
/** Bytes a character of an envelope may take, and what stands round its objects. */
const bytesOfCharMax = 3;
const wrapperBytes = 100;
/** Objects in a row the server refuses alone before the rest is left: it will not take any. */
const refusedInARowMax = 20;
/** Times the status of an envelope is asked for, and the longest wait between two. */
const pollsMax = 12;
const pollMsMax = 30_000;
/** Objects that failed before, sent again in one envelope. */
const retriedAtOnce = 100;

/**
 * Sends a collection on from where its push stands, and notes the outcome on it. A failure is an outcome and not an exception.
 *
 * Each envelope is a page of the collection as its recipient would get it: what may not leave is as if it was not there. The
 * position moves behind a page once the server says what became of it; if we stop before, the page is sent again, which the
 * standard has servers take as a success (TAXII 2.1 §5.5).
 *
 * @throws the store's own errors.
 */
export async function runPush(push: Push, signal: AbortSignal, deps: RunPushDeps): Promise<void> {
  deps.pushes.noteRunning(push.id);
  try {
    await new Run(push, signal, deps).all();
    if (signal.aborted) deps.pushes.noteStopped(push.id);
    else await deps.pushes.noteDone(push.id);
  } catch (error) {
    if (signal.aborted) deps.pushes.noteStopped(push.id);
    else {
      const seconds = error instanceof ComityError ? error.details['retryAfterSeconds'] : undefined;
      const reason = error instanceof Error ? error.message : String(error);
      await deps.pushes.noteFailure(push.id, reason, typeof seconds === 'number' ? seconds : undefined);
    }
    if (!(error instanceof ComityError)) throw error;
  }
}

/** A page as it is sent. */
interface Envelope {
  readonly page: Page;
  readonly ids: readonly string[];
  readonly bytes: Uint8Array;
}

class Run {
  readonly #push: Push;
  readonly #signal: AbortSignal;
  readonly #deps: RunPushDeps;
  /** Objects of the next envelope: fewer after one that was refused. */
  #limit = objectsMax;
  #refusedInARow = 0;

  constructor(push: Push, signal: AbortSignal, deps: RunPushDeps) {
    this.#push = push;
    this.#signal = signal;
    this.#deps = deps;
  }

  async all(): Promise<void> {
    assertPushable(this.#push, this.#deps);
    const target = await this.#deps.openTarget(this.#push, this.#signal);
    const failedBefore = new Set(this.#deps.pushes.failures(this.#push.id).map(({ id }) => id));
    let next: number | undefined = this.#push.positionUs;
    const { pending } = this.#push;
    if (pending !== undefined) next = (await this.#settle(pending, target)) ?? next;
    while (next !== undefined && !this.#signal.aborted) next = await this.#sendAfter(next, target);
    // Last, so that what is new does not wait for what a server has refused before.
    await this.#retry(failedBefore, target);
  }

  /** One page. @returns Where to go on, µs; undefined at the end. */
  async #sendAfter(afterUs: number, target: PushTarget): Promise<number | undefined> {
    const envelope = await this.#read(target, afterUs, undefined);
    const { nextAfterUs, upToUs, records } = envelope.page;
    if (records.length === 0) {
      if (upToUs > afterUs) await this.#step({ positionUs: upToUs });
      return nextAfterUs;
    }
    const outcome = await this.#send(envelope, nextAfterUs ?? upToUs, target);
    if (outcome === 'smaller') return afterUs;
    this.#refusedInARow = outcome === 'refused' ? this.#refusedInARow + 1 : 0;
    if (this.#refusedInARow >= refusedInARowMax)
      throw new ComityError('REMOTE_FAILED', 'Cannot push: the server refuses every object; the failures say why');
    return nextAfterUs;
  }

  /**
   * Sends an envelope and waits for what became of it. What is refused as a whole is to be tried in `smaller` ones, until it is one
   * object that is `refused`.
   */
  async #send(
    { page, ids, bytes }: Envelope,
    upToUs: number,
    target: PushTarget,
  ): Promise<'sent' | 'smaller' | 'refused'> {
    const objects = page.records.length;
    const answered = await this.#answerTo(bytes, target);
    if (answered.kind === 'status') {
      this.#limit = Math.min(this.#limit * 2, objectsMax);
      const { status } = answered;
      if (status.isComplete) await this.#keep(status, { ids, upToUs, objects });
      else await this.#await(status, { ids, upToUs, objects }, target);
      return 'sent';
    }
    if (objects > 1) {
      this.#limit = Math.max(1, Math.floor(objects / 2));
      return 'smaller';
    }
    await this.#step({ positionUs: upToUs, failed: page.records.map(({ id }) => ({ id, message: answered.reason })) });
    return 'refused';
  }

  async #answerTo(bytes: Uint8Array, target: PushTarget): Promise<Answered> {
    if (bytes.length <= target.contentBytesMax) return await target.send(bytes);
    return { kind: 'refused', reason: `It is larger than the server takes: ${bytes.length} bytes` };
  }

  async #await(status: RemoteStatus, sent: Omit<PendingSend, 'statusId'>, target: PushTarget): Promise<void> {
    if (status.id === undefined)
      throw new ComityError('REMOTE_FAILED', 'Cannot push: the server says "pending" and not how to ask again');
    const pending = { ...sent, statusId: status.id };
    await this.#deps.pushes.notePending(this.#push.id, pending);
    const known = await this.#settle(pending, target);
    if (known === undefined)
      throw new ComityError('REMOTE_FAILED', 'Cannot push: the server forgot what it was sent; it is sent again');
  }

  /** Asks until the server says what became of what it was sent. @returns Where the push stands then; undefined: it knows nothing. */
  async #settle(pending: PendingSend, target: PushTarget): Promise<number | undefined> {
    for (let poll = 0; poll < pollsMax && !this.#signal.aborted; poll += 1) {
      const status = await target.statusOf(pending.statusId);
      if (status === undefined) {
        await this.#deps.pushes.noteLost(this.#push.id);
        return undefined;
      }
      if (status.isComplete) {
        await this.#keep(status, pending);
        return pending.upToUs;
      }
      await this.#deps.wait(Math.min(1000 * 2 ** poll, pollMsMax), this.#signal);
    }
    throw new ComityError('REMOTE_FAILED', 'Cannot push more now: the server is still at what it was sent before');
  }

  async #keep(status: RemoteStatus, { ids, upToUs, objects }: Omit<PendingSend, 'statusId'>): Promise<void> {
    const failed = failuresOf(status, ids);
    const isFailed = new Set(failed.map(({ id }) => id));
    const taken = ids.filter((id) => !isFailed.has(id));
    await this.#step({ positionUs: upToUs, sent: Math.max(0, objects - failed.length), taken, failed });
  }

  /** What failed before goes once more, as far as it may still leave. */
  async #retry(failedBefore: ReadonlySet<string>, target: PushTarget): Promise<void> {
    const failures = this.#deps.pushes.failures(this.#push.id);
    const due = failures.filter(({ id, attempts }) => attempts < attemptsMax && failedBefore.has(id));
    for (let from = 0; from < due.length; from += retriedAtOnce) {
      let left = due.slice(from, from + retriedAtOnce).map(({ id }) => id);
      while (left.length > 0 && !this.#signal.aborted) left = await this.#retrySome(left, target);
    }
  }

  /** @returns Those that are still to be tried. */
  async #retrySome(ids: readonly string[], target: PushTarget): Promise<string[]> {
    const envelope = await this.#read(target, 0, ids.filter(isStixId));
    const { records, nextAfterUs } = envelope.page;
    const there = new Set<string>(records.map(({ id }) => id));
    const others = ids.filter((id) => !there.has(id));
    // The position is where it is: what is sent again stands before it.
    if (records.length > 0 && (await this.#send(envelope, 0, target)) === 'smaller') return [...ids];
    if (nextAfterUs !== undefined && records.length > 0) return others;
    const message = 'It is not in the collection, or may not be given any more';
    if (others.length > 0) await this.#step({ positionUs: 0, failed: others.map((id) => ({ id, message })) });
    return [];
  }

  async #step(step: Partial<PushStep> & Pick<PushStep, 'positionUs'>): Promise<void> {
    await this.#deps.pushes.noteStep(this.#push.id, { sent: 0, taken: [], failed: [], ...step });
  }

  async #read(target: PushTarget, afterUs: number, ids: readonly StixId[] | undefined): Promise<Envelope> {
    // Both may change while a push runs: who is not of the audience any more gets nothing more.
    const { collection, recipient } = assertPushable(this.#push, this.#deps);
    const none = { addedAfterUs: undefined, types: undefined, specVersions: undefined };
    const charsMax = Math.max(1, Math.floor((target.contentBytesMax - wrapperBytes) / bytesOfCharMax));
    const page = await readPage(
      {
        collection,
        object: undefined,
        filter: { ...none, ids, versions: lastVersion },
        limit: this.#limit,
        afterUs,
        charsMax,
      },
      {
        ...this.#deps.openExits(recipient, this.#push.url),
        arrivals: this.#deps.arrivals,
        onStopped: this.#deps.onStopped,
      },
    );
    const bytes = new TextEncoder().encode(`{"objects":[${page.texts.join(',')}]}`);
    const sent = new Set([...page.definitionIds, ...page.records.map(({ id }) => id)]);
    return { page, ids: [...sent], bytes };
  }
}

/**
 * The collection and the recipient of a push.
 *
 * @throws {ComityError} `NOT_FOUND`; `NOT_ALLOWED` for the owner, to whom nothing is shared, and for who is not of the
 *   collection's audience: that list says truly who gets something of it.
 */
export function assertPushable(
  push: Pick<Push, 'collection' | 'recipient'>,
  { collections, recipients }: Pick<RunPushDeps, 'collections' | 'recipients'>,
): { readonly collection: Collection; readonly recipient: Recipient } {
  const collection = collections.find(push.collection);
  if (collection === undefined)
    throw new ComityError('NOT_FOUND', `Cannot push the collection ${quote(push.collection)}: it is not there`);
  const recipient = recipients.find(push.recipient);
  if (recipient === undefined)
    throw new ComityError('NOT_FOUND', `Cannot push to the recipient ${quote(push.recipient)}: it is not there`);
  if (recipient.kind === 'owner')
    throw new ComityError('NOT_ALLOWED', 'Cannot push to yourself: say whose the server elsewhere is');
  if (!isFor(collection, recipient))
    throw new ComityError(
      'NOT_ALLOWED',
      `Cannot push ${quote(collection.title)} to ${quote(recipient.key)}: it is not of the audience of that collection`,
    );
  return { collection, recipient };
}

/**
 * Ids the server did not take. It may count failures it does not list: then everything it does not list as taken is tried again,
 * which costs a request and loses nothing.
 */
function failuresOf(status: RemoteStatus, ids: readonly string[]): PushStep['failed'] {
  const { failures, successes, failureCount = failures.length, successCount } = status;
  const listed = new Map(failures.map(({ id, message }) => [id, message]));
  const isTaken = new Set(successes.map(({ id }) => id));
  const told = (successCount ?? ids.length - failureCount) + failureCount;
  const isAllListed = failureCount <= failures.length && told >= ids.length;
  return ids.flatMap((id) => {
    if (listed.has(id)) return [{ id, message: listed.get(id) ?? 'The server does not say why' }];
    return isAllListed || isTaken.has(id) ? [] : [{ id, message: 'The server does not say what became of it' }];
  });
}
