import { ComityError, parseStixId, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { ActOfObjectView, ExchangeActView } from '@comity/protocol/api';
import type { Federation, ShownExchange } from '../../federation/index.ts';
import type { Transparency } from '../../ledger/index.ts';
import { eraseWhenAgreed } from '../erasures.ts';
import type { ErasuresDeps } from '../erasures.ts';
import type { Handlers } from '../handler.ts';
import { optional } from '../views/instants.ts';

export interface ActRoutesDeps extends ErasuresDeps {
  readonly federation: Pick<Federation, 'acts'>;
  readonly transparency: Pick<Transparency, 'ledger'>;
  readonly nameOfMember: (member: MemberId) => string;
}

type ActRoutes = Pick<Handlers, 'showExchangeAct' | 'listActsOfObject' | 'eraseExchangeAct'>;

/** What the ledger of this node commits to: opened to whoever audits, and erased. */
export function actRoutes(deps: ActRoutesDeps): ActRoutes {
  const { federation, nameOfMember } = deps;
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

  return {
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
  };
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
