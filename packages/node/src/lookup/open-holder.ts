import { setTimeout } from 'node:timers/promises';
import { ComityError, hexOf, limits, quote } from '@comity/protocol/base';
import { parseQuestion, parseRecordRequest, printEvaluation, printShownKey } from '@comity/protocol/lookup';
import { elementBytes, generationBytes, bucketsMax } from '@comity/protocol/lookup';
import type { Intel } from '../intel/index.ts';
import type { Sharing } from '../sharing/index.ts';
import type { Store } from '../store/index.ts';
import { collectTellings } from './collect-tellings.ts';
import { epochUs } from './epoch-book.ts';
import type { EpochBook, HeldKey } from './epoch-book.ts';
import type { GenerationFiles } from './generation-files.ts';
import type { LookupHolder, LookupPeerRoute, LookupReply } from './lookup.ts';
import { openOfferBook } from './offer-book.ts';
import type { KeptOffer } from './offer-book.ts';
import type { OprfDesk } from './oprf-desk.ts';
import { openOutputBook } from './output-book.ts';
import { ToldMemory } from './told-memory.ts';
import type { UseBook } from './use-book.ts';
import { writeGeneration } from './write-generation.ts';

/** Questions of one recipient answered at once: one cannot keep the others waiting. */
const answeredAtOnceMax = 2;
/** What is offered is looked at anew at least this often: a law may look at the clock. */
const lastsUs = 3_600_000_000;
/** How long what is offered stays though something came in or was withdrawn: all indicators are gone through for it. */
const restUs = 900_000_000;
/** Who did not ask for so long is offered nothing until it asks: making a set goes through all there is. */
const wantedUs = epochUs;
/** That somebody asked is written down this often. */
const notedUs = 3_600_000_000;
/** How long a question waits for the first set; then it may be asked again. */
const firstSetMs = 20_000;

export interface HolderDeps {
  readonly nowUs: () => number;
  readonly intel: Pick<Intel, 'stored' | 'held' | 'writes'>;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients' | 'edition'>;
  readonly epochs: EpochBook;
  readonly uses: UseBook;
  readonly files: GenerationFiles;
  readonly desk: Pick<OprfDesk, 'do'>;
  /** Values offered to one recipient at most; the newest ones. */
  readonly valuesMax: number;
  readonly onStopped: (error: ComityError) => void;
}

/** This node as others ask it: what it offers to each member its exit lets have something. */
export function openHolder(store: Pick<Store, 'reader' | 'write'>, deps: HolderDeps): LookupHolder {
  const { nowUs, intel, sharing, epochs, uses, files, desk } = deps;
  const offers = openOfferBook(store);
  const outputs = openOutputBook(store, desk);
  const told = new ToldMemory();
  /** What the offers were made of. */
  let offered: { readonly mark: string; readonly edition: object; readonly atUs: number } | undefined;
  let key: HeldKey | undefined;
  let rebuilding: Promise<void> | undefined;
  const closing = new AbortController();
  /** Who asked since the start, and when last. */
  const asked = new Map<string, number>();
  const askedUs = (recipient: string): number => asked.get(recipient) ?? offers.find(recipient)?.askedUs ?? 0;

  const rebuild = async (signal: AbortSignal): Promise<void> => {
    await epochs.sweep();
    await uses.sweep(Math.floor(nowUs() / epochUs) - 1);
    const recipients = sharing.recipients
      .list()
      .filter(({ kind, key: recipient }) => kind === 'member' && askedUs(recipient) > nowUs() - wantedUs);
    await offers.keepOnly(recipients.map((recipient) => recipient.key));
    if (recipients.length > 0) await offer(recipients, signal);
    files.keepOnly(offers.list().map(({ generation }) => generation));
  };

  const offer = async (recipients: Parameters<typeof collectTellings>[0], signal: AbortSignal): Promise<void> => {
    const now = await epochs.current(signal);
    if (now.epoch !== key?.epoch) told.clear();
    key = now;
    const atUs = nowUs();
    const mark = `${now.epoch} ${intel.writes()} ${Math.floor(atUs / lastsUs)}`;
    const edition = sharing.edition();
    // A change of the law or of a recipient waits for nothing.
    const isSame = offered?.edition === edition && offers.list().length === recipients.length;
    if (isSame && (offered?.mark === mark || (offered?.atUs ?? 0) > atUs - restUs)) return;
    const collected = await collectTellings(recipients, deps.valuesMax, signal, {
      intel,
      sharing,
      told,
      onStopped: deps.onStopped,
    });
    if (collected === undefined) return;
    for (const { recipient, tellables, leftOut, withheld, withheldBy } of collected) {
      const generation = await writeGeneration(tellables, now, signal, { outputs, desk, files });
      if (generation === undefined) return;
      const counts = { values: tellables.length, leftOut, withheld, withheldBy };
      const times = { builtUs: nowUs(), askedUs: askedUs(recipient) };
      await offers.save({ recipient, generation, epoch: now.epoch, ...counts, ...times });
    }
    offered = { mark, edition, atUs };
  };

  /** What a recipient is offered, if its key may still be answered with. */
  const findOffer = async (recipient: string): Promise<KeptOffer | undefined> => {
    const found = offers.find(recipient);
    return found !== undefined && (await epochs.find(found.epoch)) !== undefined ? found : undefined;
  };

  /** The same; made now for who has none yet. @throws {ComityError} `NOT_FOUND`, `TOO_MANY_REQUESTS`. */
  const offerOf = async (recipient: string): Promise<KeptOffer> => {
    if (sharing.recipients.find(recipient)?.kind !== 'member')
      throw new ComityError('NOT_FOUND', `Cannot find a set for ${quote(recipient)}: nothing is offered to it`);
    const isToNote = askedUs(recipient) <= nowUs() - notedUs;
    asked.set(recipient, nowUs());
    if (isToNote) await offers.noteAsked(recipient, nowUs());
    return (await findOffer(recipient)) ?? (await makeFirst(recipient));
  };

  const makeFirst = async (recipient: string): Promise<KeptOffer> => {
    const late = setTimeout(firstSetMs, undefined, { ref: false });
    // One that was under way may have begun before this was asked.
    for (let tries = 0; tries < 2; tries += 1) {
      await Promise.race([rebuildOnce(closing.signal), late]);
      const made = await findOffer(recipient);
      if (made !== undefined) return made;
    }
    throw new ComityError('TOO_MANY_REQUESTS', `Cannot answer ${quote(recipient)} yet: its set is being made`, {
      details: { retryAfterSeconds: 30 },
    });
  };

  /** A file that was replaced while it was asked for. */
  const readFresh = async (read: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    try {
      return await read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw replaced();
    }
  };

  const rebuildOnce = (signal: AbortSignal): Promise<void> =>
    (rebuilding ??= rebuild(AbortSignal.any([signal, closing.signal])).finally(() => (rebuilding = undefined)));

  const answering = new Map<string, number>();
  const oneOfFew = async (recipient: string, answer: () => Promise<LookupReply>): Promise<LookupReply> => {
    const running = answering.get(recipient) ?? 0;
    if (running >= answeredAtOnceMax)
      throw new ComityError('TOO_MANY_REQUESTS', `Cannot answer yet: ${running} questions are being answered`, {
        details: { retryAfterSeconds: 1 },
      });
    answering.set(recipient, running + 1);
    try {
      return await answer();
    } finally {
      answering.set(recipient, (answering.get(recipient) ?? 1) - 1);
    }
  };

  const routes: readonly LookupPeerRoute[] = [
    {
      method: 'GET',
      path: '/peer/v1/lookup',
      bodyBytesMax: 0,
      async handle({ recipient, query }) {
        const { generation } = await offerOf(recipient);
        if (new URLSearchParams(query).get('have') === hexOf(generation))
          return { status: 204, body: new Uint8Array() };
        return { status: 200, body: await readFresh(() => files.readSet(generation)) };
      },
    },
    {
      method: 'GET',
      path: '/peer/v1/lookup/key',
      bodyBytesMax: 0,
      async handle({ query }) {
        const asked = new URLSearchParams(query).get('epoch') ?? '';
        const shown = /^\d{1,10}$/.test(asked) ? await epochs.show(Number(asked)) : undefined;
        if (shown === undefined) throw new ComityError('NOT_FOUND', `Cannot show a key of epoch ${quote(asked)} now`);
        return { status: 200, body: printShownKey(shown) };
      },
    },
    {
      method: 'POST',
      path: '/peer/v1/lookup/evaluate',
      bodyBytesMax: 4 + limits.lookupBatchMax * elementBytes,
      handle: ({ recipient, body }) =>
        oneOfFew(recipient, async () => {
          await offerOf(recipient);
          const { epoch, elements } = parseQuestion(body);
          const held = await epochs.find(epoch);
          if (held === undefined)
            throw new ComityError('CONFLICT', `Cannot evaluate: epoch ${epoch} is over or has no key here`);
          await uses.takeEvaluations(recipient, epoch, elements.length);
          const { publicKey, secretKey } = held;
          const evaluation = await desk.do({ kind: 'evaluate', key: { publicKey, secretKey }, elements });
          return { status: 200, body: printEvaluation(evaluation) };
        }),
    },
    {
      method: 'POST',
      path: '/peer/v1/lookup/records',
      bodyBytesMax: generationBytes + 2 * bucketsMax,
      handle: ({ recipient, body }) =>
        oneOfFew(recipient, async () => {
          const { generation, epoch } = await offerOf(recipient);
          const { generation: asked, buckets } = parseRecordRequest(body);
          if (hexOf(asked) !== hexOf(generation)) throw replaced();
          const read = () =>
            files.readCells(generation, buckets.length === 0 ? undefined : buckets, limits.lookupAnswerBytesMax);
          const records = await readFresh(read);
          await uses.takeRecords(recipient, epoch, records.length);
          return { status: 200, body: records };
        }),
    },
  ];

  return {
    routes,
    rebuild: rebuildOnce,
    offers: () => offers.list(),
    uses: () => uses.list(key?.epoch ?? Math.floor(nowUs() / epochUs)),
    key: () => key,
    async close() {
      closing.abort();
      await rebuilding?.catch(() => undefined);
    },
  };
}

function replaced(): ComityError {
  return new ComityError('NOT_FOUND', 'Cannot find these records: what is offered has changed. Fetch the set again');
}
