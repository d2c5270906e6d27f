import { Readable } from 'node:stream';
import { assert, ComityError } from '@comity/protocol/base';
import type { z } from 'zod';
import type { EventName, events } from '@comity/protocol/api';

type EventData<N extends EventName> = z.input<(typeof events)[N]>;

export interface LiveOptions {
  /** Streams open at once. */
  readonly clientsMax: number;
  /** Events waiting for one slow client; beyond it they are dropped and counted. */
  readonly queueMax: number;
  /** Past events kept for clients that come back. */
  readonly keptMax: number;
  /** A client that reads nothing for this long is cut off. Milliseconds. */
  readonly stalledMsMax: number;
}

/** Live events to every open page. */
export interface Live {
  publish<N extends EventName>(name: N, data: EventData<N>): void;
  /**
   * Opens a stream of server-sent events. `after` resumes behind an event; when it is no longer kept, the stream begins
   * with `lost`.
   *
   * @param stillMay - asked at each `beat`; the stream ends when the answer is no.
   * @throws {ComityError} `TOO_MANY_REQUESTS` when {@link LiveOptions.clientsMax} streams are open.
   */
  open(after: string | undefined, stillMay: () => Promise<boolean>): Readable;
  readonly clients: number;
  /** Events dropped for slow clients since the start. */
  readonly lost: number;
  /** Fullness of the fullest queue, 0 to 1. */
  readonly fullness: number;
  close(): void;
}

interface Kept {
  readonly id: number;
  readonly frame: string;
}

/** @param bootId - differs each start, so that an id of an earlier run is not taken for one of this. */
export function createLive(options: LiveOptions, bootId: string): Live {
  const clients = new Set<LiveStream>();
  const kept: Kept[] = [];
  let nextId = 1;
  let forgottenId = 0;
  let lost = 0;
  assert(options.keptMax < options.queueMax, 'a client that resumes must not overflow its queue by it');
  return {
    publish(name, data) {
      const id = nextId++;
      const frame = frameOf(name, data, `${bootId}-${id}`);
      // A beat is of the moment; nobody wants an old one.
      if (name !== 'beat') kept.push({ id, frame });
      if (kept.length > options.keptMax) forgottenId = kept.shift()?.id ?? forgottenId;
      for (const client of clients) {
        lost += client.offer(frame);
        if (name === 'beat') void client.askAgain();
      }
    },
    open(after, stillMay) {
      if (clients.size >= options.clientsMax) {
        throw new ComityError('TOO_MANY_REQUESTS', `Cannot open another live stream: ${clients.size} are open`);
      }
      const client = new LiveStream(options, stillMay, () => clients.delete(client));
      clients.add(client);
      client.offer(': live\n\n');
      const resumed = after === undefined ? [] : framesAfter(after, bootId, kept, { forgottenId, nextId });
      if (resumed === undefined) client.offer(frameOf('lost', { count: 0 }, `${bootId}-${nextId - 1}`));
      else for (const frame of resumed) client.offer(frame);
      return client;
    },
    get clients() {
      return clients.size;
    },
    get lost() {
      return lost;
    },
    get fullness() {
      return Math.max(0, ...[...clients].map((client) => client.waiting / options.queueMax));
    },
    close() {
      for (const client of clients) client.end();
    },
  };
}

/** Frames behind the event `after`, or undefined when it is of another run or some since then are no longer kept. */
function framesAfter(
  after: string,
  bootId: string,
  kept: readonly Kept[],
  range: { readonly forgottenId: number; readonly nextId: number },
): string[] | undefined {
  const cut = after.lastIndexOf('-');
  const id = Number(after.slice(cut + 1));
  const isOurs = after.slice(0, cut) === bootId && Number.isSafeInteger(id) && id < range.nextId;
  if (!isOurs || id < range.forgottenId) return undefined;
  return kept.filter((event) => event.id > id).map((event) => event.frame);
}

function frameOf<N extends EventName>(name: N, data: EventData<N>, id: string): string {
  // JSON.stringify leaves no line break, so one data line holds it.
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One client's stream: what its socket does not take waits here, up to a bound. */
class LiveStream extends Readable {
  readonly #options: LiveOptions;
  readonly #stillMay: () => Promise<boolean>;
  readonly #onClose: () => void;
  readonly #stalled: NodeJS.Timeout;
  #queue: string[] = [];
  #lost = 0;
  #wanted = false;

  constructor(options: LiveOptions, stillMay: () => Promise<boolean>, onClose: () => void) {
    super({ highWaterMark: 16_384 });
    this.#options = options;
    this.#stillMay = stillMay;
    this.#onClose = onClose;
    this.#stalled = setTimeout(() => this.#cutIfStalled(), options.stalledMsMax);
    this.#stalled.unref();
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Returns how many events were dropped by it. */
  offer(frame: string): number {
    let dropped = 0;
    if (this.#queue.length >= this.#options.queueMax) {
      dropped = this.#queue.length;
      this.#lost += dropped;
      this.#queue = [];
    }
    this.#queue.push(frame);
    if (this.#wanted) this.#pump();
    return dropped;
  }

  end(): void {
    this.push(null);
  }

  /** Ends the stream of a caller who may no longer read it; also when that cannot be found out. */
  async askAgain(): Promise<void> {
    if (!(await this.#stillMay().catch(() => false))) this.destroy();
  }

  override _read(): void {
    this.#wanted = true;
    this.#stalled.refresh();
    this.#pump();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#stalled);
    this.#queue = [];
    this.#onClose();
    done(error);
  }

  #pump(): void {
    if (this.#lost > 0) {
      // No id: whoever reconnects after it resumes at the last event it really saw.
      const frame = `event: lost\ndata: ${JSON.stringify({ count: this.#lost })}\n\n`;
      this.#lost = 0;
      this.#wanted = this.push(frame);
    }
    while (this.#wanted && this.#queue.length > 0) this.#wanted = this.push(this.#queue.shift());
  }

  #cutIfStalled(): void {
    // Wanting more means that the socket took everything: an idle stream, not a stalled one.
    if (this.#wanted) this.#stalled.refresh();
    else this.destroy();
  }
}
