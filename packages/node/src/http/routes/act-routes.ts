import { ComityError, parseStixId, timestampOfUs } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { parseEntry } from '@comity/protocol/acts';
import type { Entry } from '@comity/protocol/acts';
import type { ActOfObjectView, ExchangeActView, LedgerActView } from '@comity/protocol/api';
import type { RecallReason } from '@comity/protocol/peer';
import type { ErasedAbout, ErasureOrder, Federation, ShownExchange } from '../../federation/index.ts';
import type { Intel } from '../../intel/index.ts';
import type { Transparency } from '../../ledger/index.ts';
import { numbersOfCursor } from '../cursor.ts';
import { eraseWhenAgreed } from '../erasures.ts';
import type { ErasuresDeps } from '../erasures.ts';
import type { Handlers } from '../handler.ts';
import { optional } from '../views/instants.ts';

export interface ActRoutesDeps extends ErasuresDeps {
  readonly federation: Pick<Federation, 'acts' | 'recall' | 'publish'>;
  readonly transparency: Pick<Transparency, 'ledger'>;
  readonly intel: Pick<Intel, 'findStored' | 'erase'>;
  readonly nameOfMember: (member: MemberId) => string;
}

type ActRoutes = Pick<
  Handlers,
  'listLedgerActs' | 'showExchangeAct' | 'listActsOfObject' | 'eraseExchangeAct' | 'eraseObject'
>;

/** Acts one page looks through: each that exchanged something is opened. */
const actsLookedAt = 500;

/** Why an object that is erased is taken back, as members are told: not that it was about somebody. */
const recallReasons = {
  'personal-data': 'order',
  order: 'order',
  contract: 'contract',
  mistake: 'mistake',
} as const satisfies Record<ErasureOrder['reason'], RecallReason>;
/** Why it was erased, as people here read it. */
const words = {
  'personal-data': 'personal data',
  order: 'an order',
  contract: 'a contract',
  mistake: 'a mistake',
} as const satisfies Record<ErasureOrder['reason'], string>;

/** What the ledger of this node commits to: opened to whoever audits, and erased. */
export function actRoutes(deps: ActRoutesDeps): ActRoutes {
  const { federation, intel, nameOfMember } = deps;
  const { acts } = federation;
  const { ledger } = deps.transparency;

  async function proofOf(index: number): Promise<string | undefined> {
    try {
      return await ledger.proofFor(index);
    } catch (error) {
      // It is in no checkpoint yet.
      if (error instanceof ComityError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** Takes an object of ours back from everybody who ever had it; one that nobody had is nobody's to give back. */
  async function recallOwn(id: StixId, reason: RecallReason): Promise<void> {
    try {
      await federation.recall(id, reason);
    } catch (error) {
      if (!(error instanceof ComityError) || error.code !== 'NOT_FOUND') throw error;
    }
  }

  /** An act as the list has it: what everybody may read of it, and of an exchange what opens it here. */
  function listedAct(index: number, publishedSize: number): LedgerActView {
    const bytes = ledger.entryOf((ledger.log()?.firstId ?? 0) + index);
    const entry = bytes === undefined ? undefined : recogniseEntry(bytes);
    const isPublished = index < publishedSize;
    if (entry?.form !== 'committed')
      return {
        index,
        type: entry?.type ?? 'other',
        ...optional('at', entry?.at),
        objects: 0,
        isErased: false,
        isPublished,
      };
    const { opened, objects, erasure } = acts.show(index);
    return {
      index,
      type: 'exchange',
      at: entry.at,
      ...(opened !== undefined && {
        direction: opened.direction,
        member: opened.member,
        name: nameOfMember(opened.member),
      }),
      objects: objects.length,
      isErased: erasure !== undefined,
      isPublished,
    };
  }

  return {
    listLedgerActs({ query: { type, direction, member, cursor, limit } }) {
      const log = ledger.log();
      const size = log?.size ?? 0;
      const from = cursor === undefined ? size : Math.min(numbersOfCursor(cursor, 1)[0]!, size);
      const rows: LedgerActView[] = [];
      let index = from - 1;
      for (; index >= 0 && rows.length < limit && from - index <= actsLookedAt; index -= 1) {
        const act = listedAct(index, log?.published?.size ?? 0);
        const isWanted =
          (type === undefined || (act.type === 'exchange') === (type === 'exchange')) &&
          (direction === undefined || act.direction === direction) &&
          (member === undefined || act.member === member);
        if (isWanted) rows.push(act);
      }
      return { rows, total: size, ...(index >= 0 && { next: String(index + 1) }) };
    },
    async showExchangeAct({ params: { index } }) {
      const proof = await proofOf(index);
      const shown = acts.show(index);
      return {
        ledger: ledger.log()?.origin ?? '',
        ...exchangeActView(shown, nameOfMember),
        ...optional('proof', proof),
      };
    },
    listActsOfObject({ params }) {
      return { rows: acts.about(parseStixId(params.id)).flatMap((index) => rowOf(acts.show(index), nameOfMember)) };
    },
    async eraseExchangeAct({ params: { index }, body: { reason }, caller, actor }) {
      // What cannot be erased nobody need agree to.
      acts.assertErasable(index);
      return await eraseWhenAgreed(
        { about: `act ${index}`, reason, by: caller.account, actor, act: 'act.erased' },
        deps,
        (order) => acts.erase(index, order),
      );
    },
    async eraseObject({ params, body: { reason }, caller, actor }) {
      const id = intel.findStored(parseStixId(params.id))?.id;
      if (id === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${params.id}`);
      let done: ErasedAbout | undefined;
      const wish = { about: id, reason, by: caller.account, actor, act: 'object.erased' } as const;
      const erasure = await eraseWhenAgreed(wish, deps, async (order) => {
        // If we stop between two of these, asking again goes on: each can be done twice.
        await recallOwn(id, recallReasons[reason]);
        await intel.erase(id, words[reason]);
        done = await acts.eraseAbout(id, order);
      });
      if (done === undefined) return erasure;
      // Whoever has another's object from here hears that it is lent no longer.
      await federation.publish();
      return { ...erasure, acts: { ...done } };
    },
  };
}

/** Undefined: nothing this version writes. */
function recogniseEntry(bytes: Uint8Array): Entry | undefined {
  try {
    return parseEntry(bytes);
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

function exchangeActView(
  { index, entry, at, opened, objects, erasure, isDue }: ShownExchange,
  nameOfMember: ActRoutesDeps['nameOfMember'],
): Omit<ExchangeActView, 'ledger' | 'proof'> {
  return {
    index,
    entry: Buffer.from(entry).toString('base64'),
    at,
    ...(opened !== undefined && {
      direction: opened.direction,
      member: opened.member,
      name: nameOfMember(opened.member),
      ...opened.act,
      holds: { ...opened.holds },
    }),
    objects: objects.map(({ id, version }) => ({ id, ...optional('version', version) })),
    ...(erasure !== undefined && {
      erased: {
        at: timestampOfUs(erasure.atUs),
        reason: erasure.reason,
        approvals: erasure.approvals,
        ...optional('index', erasure.index),
      },
    }),
    due: isDue,
  };
}

function rowOf(
  { index, at, opened }: ShownExchange,
  nameOfMember: ActRoutesDeps['nameOfMember'],
): readonly ActOfObjectView[] {
  if (opened === undefined) return [];
  const { direction, member } = opened;
  return [{ index, at, direction, member, name: nameOfMember(member) }];
}
