import type { SeenNotes } from './seen/seen-notes.ts';
import type { Batch, FromWorker, MatchDraft, StreamState } from './worker-messages.ts';

/** Batches of one source on their way that are not durable yet; at this many the source waits. */
const batchesMax = 8;
/** Matches on their way over all sources of a worker: with their records at most about 32 MB. */
const matchesMax = 4000;
/** Matches of one message, so that no transaction grows long. */
const matchesPerBatch = 500;

/** What is under way between one worker and the main thread, over all its sources. */
export class Traffic {
  matches = 0;
  readonly post: (message: FromWorker) => void;
  readonly sequence: () => number;

  constructor(post: (message: FromWorker) => void, sequence: () => number) {
    this.post = post;
    this.sequence = sequence;
  }
}

/** What a stream has to report since its last batch. */
export interface Judged {
  readonly stream: string;
  readonly state: StreamState | undefined;
  /** The state before, with the format as it is known now: kept with matches that are committed ahead of `state`. */
  readonly before?: StreamState;
  readonly matches: readonly MatchDraft[];
  readonly bytes: number;
  readonly records: number;
  readonly dropped?: number;
  readonly push?: Batch['push'];
  readonly sourceDone?: boolean;
  readonly error?: string | undefined;
}

/**
 * The bounded way of one source from the worker to the main thread.
 *
 * `isFull` is the back-pressure: a file is not read on, a TCP peer not heard, a datagram dropped and counted until the
 * main thread has committed enough.
 */
export class Outbox {
  readonly source: number;
  readonly epoch: number;
  /** Notes what the source shows, if that is wanted: what is new in it goes with the next batch. */
  readonly notes: SeenNotes | undefined;
  readonly #traffic: Traffic;
  readonly #sizes = new Map<number, number>();
  #number = 0;
  #waiting: (() => void)[] = [];

  constructor(source: number, epoch: number, traffic: Traffic, notes?: SeenNotes) {
    this.source = source;
    this.epoch = epoch;
    this.notes = notes;
    this.#traffic = traffic;
  }

  get isFull(): boolean {
    return this.#sizes.size >= batchesMax || this.#traffic.matches >= matchesMax;
  }

  /** Whether everything sent is durable. */
  get isEmpty(): boolean {
    return this.#sizes.size === 0;
  }

  /** Resolves once there is room; at once when there is. */
  async room(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Posts what was judged. More matches than fit in one batch go first, with the state before: a crash between them
   * judges the piece again in the same format, and what is there already stays once.
   */
  send(judged: Judged): void {
    const { matches } = judged;
    let at = 0;
    for (; matches.length - at > matchesPerBatch; at += matchesPerBatch) {
      this.#post(matches.slice(at, at + matchesPerBatch), {
        stream: judged.stream,
        state: judged.before,
        bytes: 0,
        records: 0,
        ...(judged.push === undefined ? {} : { push: { ...judged.push, last: false, print: undefined } }),
      });
    }
    this.#post(matches.slice(at), judged);
  }

  /** A batch is durable; one of another epoch is none of ours. */
  committed(epoch: number, number: number): void {
    const size = epoch === this.epoch ? this.#sizes.get(number) : undefined;
    if (size === undefined) return;
    this.#sizes.delete(number);
    this.#traffic.matches -= size;
    this.wake();
  }

  /** The source was stopped or begun anew: what is under way is no longer waited for. */
  forget(): void {
    for (const size of this.#sizes.values()) this.#traffic.matches -= size;
    this.#sizes.clear();
    this.wake();
  }

  /** Lets those who wait for room look again. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #post(matches: readonly MatchDraft[], judged: Omit<Judged, 'matches'>): void {
    const number = this.#number++;
    this.#sizes.set(number, matches.length);
    this.#traffic.matches += matches.length;
    this.#traffic.post({
      type: 'batch',
      batch: {
        source: this.source,
        epoch: this.epoch,
        number,
        stream: judged.stream,
        state: judged.state,
        matches,
        bytes: judged.bytes,
        records: judged.records,
        dropped: judged.dropped ?? 0,
        sequence: this.#traffic.sequence(),
        push: judged.push,
        sourceDone: judged.sourceDone ?? false,
        error: judged.error,
        seen: this.notes?.take(number) ?? [],
      },
    });
  }
}
