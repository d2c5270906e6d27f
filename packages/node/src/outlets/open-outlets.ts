import { ComityError } from '@comity/protocol/base';
import type { Clock, RowId } from '@comity/protocol/base';
import type { PlacedMatch, Screening } from '../screening/index.ts';
import type { Exit, ShareableObject, Sharing } from '../sharing/index.ts';
import type { Store } from '../store/index.ts';
import { asciiJson, matchText } from './form/match-text.ts';
import type { Teller, ToldMatch } from './form/told-match.ts';
import { openOutletBook } from './open-outlet-book.ts';
import type { OutletBookDeps } from './open-outlet-book.ts';
import { parseOutletAddress } from './outlet-address.ts';
import type { OutletTarget } from './outlet-address.ts';
import type { Outlet, OutletBook } from './outlet.ts';
import { packMatches } from './pack-matches.ts';
import type { Packed } from './pack-matches.ts';
import { failure, sent } from './send/outcome.ts';
import type { Outcome } from './send/outcome.ts';
import { sendSyslog } from './send/send-syslog.ts';
import { sendWebhook } from './send/send-webhook.ts';
import { signedHeaders, signingKeyBytes } from './send/sign-webhook.ts';
import { syslogHead } from './send/syslog-message.ts';
import { testMatch } from './test-match.ts';

/** Matches of one batch, and bytes of what is sent of them. */
const matchesMax = 500;
const batchBytesMax = 1024 * 1024;
/** Bytes of one document, where nothing else bounds it; the record in it has at most 8 KiB. */
const documentBytesMax = 256 * 1024;
/** Bytes of one datagram: what every receiver has to take, and should (RFC 5424 §6.1). */
const datagramBytesMax = 2048;
const timeoutMsDefault = 30_000;

export interface OutletsDeps extends Omit<OutletBookDeps, 'clock'> {
  readonly clock: Clock;
  readonly screening: Pick<Screening, 'matchesAfter' | 'matchesWaiting' | 'newestMatch'>;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients'>;
  readonly findObject: (id: string) => ShareableObject | undefined;
  readonly teller: Teller;
  /** Longest try of one batch, in ms. */
  readonly timeoutMs?: number;
}

/** What became of one round of an outlet. `more`: there may be further matches at once. */
type Round = 'more' | 'done' | 'failed';

/** Where matches are sent on their own. */
export interface Outlets {
  readonly book: OutletBook;
  /**
   * Sends the next batch of an outlet and notes how far it came. One call at a time an outlet.
   *
   * The note comes after the receiver has it: what is sent and not noted, since we stopped between, is sent again under the
   * same ids.
   *
   * @param signal - Calls it off; nothing is noted then.
   */
  deliver(outlet: Outlet, signal: AbortSignal): Promise<Round>;
  /** Sends a made-up match, whatever waits. */
  sendTest(outlet: Outlet, signal: AbortSignal): Promise<Outcome>;
  /** How many matches an outlet has not come to yet; counted up to 100,000. */
  waiting(outlet: Outlet): number;
}

/** Opens the outlets of a store whose schemas include `outletSchema`. */
export function openOutlets(store: Pick<Store, 'reader' | 'write'>, deps: OutletsDeps): Outlets {
  const { screening, sharing, clock, teller, timeoutMs = timeoutMsDefault } = deps;
  const book = openOutletBook(store, deps);
  /** Matches of the next batch of an outlet that was told to send less; grows again as batches go. */
  const sizes = new Map<RowId, number>();
  /** Last match of a batch that was not taken. */
  const tried = new Map<RowId, number>();

  const targetOf = ({ id, kind }: Outlet): OutletTarget => parseOutletAddress(kind, book.secretsOf(id).address);

  /** @throws {ComityError} `NOT_FOUND`: the recipient was removed. */
  const openExit = (outlet: Outlet, encrypted: boolean, isRehearsal = false): Exit =>
    sharing.openExit({
      recipient: sharing.recipients.get(outlet.recipient),
      action: 'forward',
      channel: { encrypted, hidesOrigin: false },
      isRehearsal,
    });

  /** A match as it is sent, read by the guard. */
  const writerOf = (outlet: Outlet, target: OutletTarget, { guard }: Exit) => {
    if (target.kind === 'webhook')
      return (match: ToldMatch) => guard.match(matchText(match, outlet.form, teller, { bytesMax: documentBytesMax }));
    return (match: ToldMatch) => {
      const head = syslogHead(match, { hostname: teller.hostname, madeAt: new Date(clock()).toISOString() });
      const bytesMax = (target.transport === 'udp' ? datagramBytesMax : documentBytesMax) - Buffer.byteLength(head);
      return head + guard.match(matchText(match, outlet.form, teller, { bytesMax, write: asciiJson }));
    };
  };

  const send = async (
    outlet: Outlet,
    target: OutletTarget,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const { allowPrivate, ca, id } = outlet;
    if (target.kind === 'syslog')
      return await sendSyslog({ ...target, allowPrivate, ca }, texts, { signal, timeoutMs });
    const { authorization, signingKey = '' } = book.secretsOf(id);
    const isEcs = outlet.form === 'ecs';
    const body = isEcs ? texts.map((text) => `${text}\n`).join('') : `[${texts.join(',')}]`;
    const key = signingKeyBytes(signingKey);
    return await sendWebhook(
      { url: target.url, authorization, allowPrivate, ca },
      {
        body,
        type: isEcs ? 'application/x-ndjson' : 'application/json',
        headers: key === undefined ? {} : signedHeaders(id, body, key, clock()),
      },
      { signal, timeoutMs, nowMs: clock() },
    );
  };

  const sizeAfter = (id: RowId, outcome: Outcome, count: number): void => {
    const size = sizes.get(id) ?? matchesMax;
    if (!outcome.isSent && outcome.wantsLess === true)
      sizes.set(id, Math.max(1, Math.floor(Math.min(count, size) / 2)));
    else if (outcome.isSent && size < matchesMax) sizes.set(id, Math.min(matchesMax, size * 2));
  };

  /** What cannot be sent at all, since its recipient is gone or the key of the folder is another, fails as a refused one does. */
  const tryToSend = async (
    outlet: Outlet,
    placed: readonly PlacedMatch[],
    signal: AbortSignal,
  ): Promise<{ readonly packed?: Packed; readonly outcome: Outcome }> => {
    try {
      const target = targetOf(outlet);
      const exit = openExit(outlet, target.encrypted);
      await exit.room();
      const options = { alarmsOnly: outlet.alarmsOnly, bytesMax: batchBytesMax };
      const write = writerOf(outlet, target, exit);
      const packed = packMatches(placed, options, { exit, findObject: deps.findObject, write });
      const { length } = packed.texts;
      const outcome = length === 0 ? sent : await send(outlet, target, packed.texts, signal);
      sizeAfter(outlet.id, outcome, length);
      return { packed, outcome };
    } catch (error) {
      if (error instanceof ComityError) return { outcome: failure(error) };
      await book.noteFailure(outlet.id, 'an error of the program: its log says more');
      throw error;
    }
  };

  return {
    book,
    async deliver(outlet, signal) {
      const { id, position } = outlet;
      const limit = sizes.get(id) ?? matchesMax;
      const found = await screening.matchesAfter(position, limit);
      // What failed is tried as it was, so that it has the same id: what came since waits for the next batch.
      const through = tried.get(id) ?? Number.MAX_SAFE_INTEGER;
      const placed = found.filter((each) => each.position <= through);
      if (placed.length === 0) return found.length === 0 ? 'done' : (tried.delete(id), 'more');
      const { packed, outcome } = await tryToSend(outlet, placed, signal);
      if (signal.aborted) return 'failed';
      if (packed === undefined || !outcome.isSent) {
        if (packed !== undefined) tried.set(id, packed.through);
        const { reason = '', retryAfterMs } = outcome.isSent ? {} : outcome;
        await book.noteFailure(id, reason, retryAfterMs);
        return 'failed';
      }
      tried.delete(id);
      const { texts, ...done } = packed;
      await book.noteProgress(id, { from: position, sent: texts.length, ...done });
      return found.length === limit || packed.through < (found.at(-1)?.position ?? 0) ? 'more' : 'done';
    },
    async sendTest(outlet, signal) {
      try {
        const target = targetOf(outlet);
        const exit = openExit(outlet, target.encrypted, true);
        const match = testMatch(new Date(clock()).toISOString(), deps.uuid());
        return await send(outlet, target, [writerOf(outlet, target, exit)(match)], signal);
      } catch (error) {
        return failure(error);
      }
    },
    waiting: ({ position, alarmsOnly }) => screening.matchesWaiting(position, alarmsOnly),
  };
}
