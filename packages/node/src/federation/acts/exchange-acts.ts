import { assert, base64Of, ComityError } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { hourOf, parseEntry, printEntry } from '@comity/protocol/acts';
import type { ExchangeEntry } from '@comity/protocol/acts';
import { openedParts } from '@comity/protocol/peer';
import type { CommittedPart, OpenedAct } from '@comity/protocol/peer';
import type { Connection, Store } from '../../store/index.ts';
import type { FederationDeps } from '../federation.ts';
import { forgetExchange, isWaiting, withholdTexts } from '../outbox/forget-exchange.ts';
import { actsAbout, actsDue, betweenWhom, buryAct, findAct, noteDue } from './act-book.ts';
import type { ActObject, Erasure, KeptAct } from './act-book.ts';

/** Acts that are erased in one transaction. */
const actsAtOnce = 100;
/** Acts of one object that are listed. */
const actsListed = 500;

/** What is asked for when something is erased: why, and how many people decided it. */
export type ErasureOrder = Pick<Erasure, 'reason' | 'approvals'>;

/** An act of the ledger that exchanged something, as far as it can still be opened here. */
export interface ShownExchange {
  readonly index: number;
  readonly entry: Uint8Array;
  /** The hour of the act, as the entry has it. */
  readonly at: string;
  /** Undefined: it was erased. */
  readonly opened:
    | {
        readonly act: OpenedAct;
        readonly direction: 'sent' | 'received';
        readonly member: MemberId;
        /** Whether each part opens what stands in the ledger. */
        readonly holds: Readonly<Record<CommittedPart, boolean>>;
      }
    | undefined;
  readonly objects: readonly ActObject[];
  /** With where in the ledger that stands; undefined: not yet. */
  readonly erasure: (Omit<Erasure, 'redaction'> & { readonly index: number | undefined }) | undefined;
  /** It is erased as soon as its receipt is there. */
  readonly isDue: boolean;
}

/** What became of the acts about an object that is erased. */
export interface ErasedAbout {
  readonly erased: number;
  /** Whose receipt is still to come, or to be sent: they are erased with it. */
  readonly waiting: number;
}

/** The acts of this member's ledger by which something was exchanged: shown to whoever audits, and erased. */
export interface ExchangeActs {
  /** @throws {ComityError} `NOT_FOUND`: no such entry, or it exchanged nothing. */
  show(index: number): ShownExchange;
  /** Places of the acts about an object that were not erased, in the ledger that is written, the oldest first; at most 500. */
  about(id: StixId): readonly number[];
  /** @throws {ComityError} as {@link erase} would now. */
  assertErasable(index: number): void;
  /**
   * Destroys what opens an act and what it committed to, and all that is kept of that exchange, and says so in the ledger: one transaction.
   *
   * @throws {ComityError} `NOT_FOUND` as {@link show}; `CONFLICT`: it was erased before, or the exchange is not over.
   */
  erase(index: number, order: ErasureOrder): Promise<ShownExchange>;
  /** The same of every act about an object; what waits for its receipt later. Its text goes to nobody any more. */
  eraseAbout(id: StixId, order: ErasureOrder): Promise<ErasedAbout>;
  /** Erases what is due and whose exchange is over by now. */
  settle(): Promise<void>;
}

type Deps = Pick<FederationDeps, 'ledger' | 'directory' | 'crypto' | 'randomBytes' | 'clock'>;

export function openExchangeActs(store: Pick<Store, 'reader' | 'write'>, deps: Deps): ExchangeActs {
  const { ledger, directory, crypto } = deps;
  const db = store.reader;
  const nowUs = (): number => deps.clock() * 1000;

  /** Place in the log that is written: what stands in one before it nothing can be said of any more. */
  function placeOf(act: number): number | undefined {
    const index = ledger.indexOf(act);
    return index !== undefined && ledger.actAt(index) === act ? index : undefined;
  }

  function getExchange(index: number): { act: number; bytes: Uint8Array; entry: ExchangeEntry } {
    const act = ledger.actAt(index);
    const bytes = act === undefined ? undefined : ledger.entryOf(act);
    if (act === undefined || bytes === undefined)
      throw new ComityError('NOT_FOUND', `Cannot find entry ${index} of the ledger`);
    const entry = recogniseExchange(bytes);
    if (entry !== undefined) return { act, bytes, entry };
    throw new ComityError('NOT_FOUND', `Cannot open entry ${index} of the ledger: it is no act of an exchange`, {
      details: { reason: 'no-exchange' },
    });
  }

  function show(index: number): ShownExchange {
    const { act, bytes, entry } = getExchange(index);
    const kept = findAct(db, act);
    const { opened, erasure } = kept ?? {};
    return {
      index,
      entry: bytes,
      at: entry.at,
      opened:
        opened === undefined
          ? undefined
          : { act: opened, ...betweenWhom(opened), holds: openedParts(entry, opened, crypto.sha256) },
      objects: kept?.objects ?? [],
      erasure:
        erasure === undefined
          ? undefined
          : {
              atUs: erasure.atUs,
              reason: erasure.reason,
              approvals: erasure.approvals,
              index: erasure.redaction === undefined ? undefined : placeOf(erasure.redaction),
            },
      isDue: kept?.isDue ?? false,
    };
  }

  /** Whether it has its place in the ledger, and the other side, a member we speak with, has it and has said, or heard, what became of it. */
  function isOver(connection: Connection, act: number, kept: KeptAct | undefined): boolean {
    const member = isWaiting(connection, act, kept?.opened);
    return ledger.indexOf(act) !== undefined && (member === undefined || !directory.joined().includes(member));
  }

  /** Openings, payload and all that is kept of the exchange go; the act that says so comes, where its ledger is still written. */
  function bury(connection: Connection, act: number, kept: KeptAct | undefined, order: ErasureOrder): void {
    connection.overwriting(() => {
      const index = placeOf(act);
      const redaction =
        index === undefined
          ? undefined
          : ledger.append(
              connection,
              printEntry({
                v: 1,
                form: 'open',
                type: 'redaction',
                at: hourOf(nowUs()),
                salt: base64Of(deps.randomBytes(16)),
                content: { index, ...order },
              }),
            );
      forgetExchange(connection, act, kept?.opened);
      buryAct(connection, act, { atUs: nowUs(), ...order, redaction });
    });
  }

  /** An act that can be erased now. */
  function getErasable(connection: Connection, index: number): { act: number; kept: KeptAct | undefined } {
    const { act } = getExchange(index);
    const kept = findAct(connection, act);
    if (kept?.erasure !== undefined) {
      throw new ComityError('CONFLICT', `Cannot erase entry ${index} of the ledger: it was erased before`, {
        details: { reason: 'erased-before' },
      });
    }
    if (isOver(connection, act, kept)) return { act, kept };
    throw new ComityError(
      'CONFLICT',
      `Cannot erase entry ${index} of the ledger yet: the receipt of that exchange has not come, or has not been sent`,
      {
        details: {
          reason: 'exchange-under-way',
          hint: 'comity share sync asks the member at once; of one that never answers, erase once it is suspended or removed',
        },
      },
    );
  }

  return {
    show,
    assertErasable: (index) => void getErasable(db, index),
    about: (id) => actsAbout(db, id, actsListed).flatMap((act) => placeOf(act) ?? []),

    async erase(index, order) {
      await store.write((connection) => {
        const { act, kept } = getErasable(connection, index);
        bury(connection, act, kept, order);
      });
      return show(index);
    },

    async eraseAbout(id, order) {
      const done = { erased: 0, waiting: 0 };
      const seen = new Set<number>();
      for (;;) {
        const left = await store.write((connection) =>
          connection.overwriting(() => {
            const waiting = withholdTexts(connection, id);
            const acts = new Set([...actsAbout(connection, id, seen.size + actsAtOnce), ...waiting]).difference(seen);
            for (const act of acts) {
              seen.add(act);
              const kept = findAct(connection, act);
              assert(kept?.erasure === undefined, 'what was erased is about no object');
              const isNow = isOver(connection, act, kept);
              if (isNow) bury(connection, act, kept, order);
              else noteDue(connection, act, order);
              done[isNow ? 'erased' : 'waiting'] += 1;
            }
            return acts.size;
          }),
        );
        if (left < actsAtOnce) return done;
      }
    },

    async settle() {
      const over = actsDue(db).filter(({ act }) => isOver(db, act, findAct(db, act)));
      for (let from = 0; from < over.length; from += actsAtOnce) {
        await store.write((connection) => {
          for (const { act, reason, approvals } of over.slice(from, from + actsAtOnce)) {
            const kept = findAct(connection, act);
            if (kept?.isDue === true) bury(connection, act, kept, { reason, approvals });
          }
        });
      }
    },
  };
}

/** The act of an exchange an entry is; undefined: it is another act, or none. */
function recogniseExchange(bytes: Uint8Array): ExchangeEntry | undefined {
  try {
    const entry = parseEntry(bytes);
    return entry.form === 'committed' ? entry : undefined;
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}
