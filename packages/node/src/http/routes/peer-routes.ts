import { ComityError, parseJson, parseMemberId, parseStixId, quote, timestampOfUs } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import type { PeerView } from '@comity/protocol/api';
import type { Federation, PeerState } from '../../federation/index.ts';
import type { Intel } from '../../intel/index.ts';
import type { Members } from '../../members/index.ts';
import type { Handlers } from '../handler.ts';
import { deliveryView } from '../views/delivery-view.ts';
import { optional, optionalInstant } from '../views/instants.ts';

export interface PeerRoutesDeps {
  readonly federation: Federation;
  readonly members: Pick<Members, 'list'>;
  readonly intel: Pick<Intel, 'findStored' | 'recall'>;
  readonly nameOfMember: (member: MemberId) => string;
  /** Aborts when the node closes. */
  readonly stop: AbortSignal;
}

type PeerRoutes = Pick<
  Handlers,
  | 'listPeers'
  | 'setHandling'
  | 'setQuota'
  | 'syncPeer'
  | 'listDeliveries'
  | 'listReceipts'
  | 'recallObject'
  | 'disagreeWithObject'
  | 'holdObject'
  | 'unholdObject'
  | 'listEvidence'
>;

/** What was kept of what members signed. */
const keptCharsMax = 2 * 1024 * 1024;

/** What goes between members, for whoever looks after it. */
export function peerRoutes({ federation, members, intel, nameOfMember, stop }: PeerRoutesDeps): PeerRoutes {
  const peerView = ({ member, ...state }: PeerState): PeerView => {
    const { tlp, hops, leaseDays } = federation.handlingOf(member);
    return {
      id: member,
      name: nameOfMember(member),
      handling: { tlp, hops, indicatorDays: leaseDays.indicator, reportDays: leaseDays.report },
      waiting: state.waiting,
      acknowledged: state.acknowledged,
      takenUpTo: state.after,
      ...optionalInstant('lastPullAt', state.pulledUs),
      ...(state.failure !== undefined && {
        failure: { at: timestampOfUs(state.failure.atUs), message: state.failure.message },
      }),
      receiptsDue: state.receiptsDue,
      quota: federation.quotaOf(member),
      used: state.used,
      reached: state.reached.map(({ limit, untilUs }) => ({ limit, ...optionalInstant('until', untilUs) })),
    };
  };
  const getPeer = (id: string): PeerView => {
    const member = parseMemberId(id);
    const state = federation.states().find((each) => each.member === member);
    if (state === undefined)
      throw new ComityError('NOT_FOUND', `Cannot find the member ${quote(id)} among those joined`);
    return peerView(state);
  };
  const deliveries = (id: string) => ({
    rows: federation.deliveries(parseStixId(id)).map((each) => deliveryView(each, nameOfMember)),
  });
  const stored = (text: string): StixId => {
    const id = parseStixId(text);
    if (intel.findStored(id) === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${quote(id)}`);
    return id;
  };
  return {
    listPeers: () => ({ rows: federation.states().map(peerView) }),
    async setHandling({ params, body }) {
      const { id } = getPeer(params.id);
      const { tlp, hops, indicatorDays: indicator, reportDays: report } = body;
      await federation.setHandling(parseMemberId(id), { tlp, hops, leaseDays: { indicator, report } });
      return getPeer(id);
    },
    async setQuota({ params, body }) {
      const { id } = getPeer(params.id);
      await federation.setQuota(parseMemberId(id), body);
      return getPeer(id);
    },
    async syncPeer({ params, signal }) {
      const member = parseMemberId(getPeer(params.id).id);
      const either = AbortSignal.any([signal, stop]);
      await federation.tellSightings();
      await federation.publish();
      const taken = await federation.pull(member, either);
      await federation.sendReceipts(member, either);
      return { taken, peer: getPeer(member) };
    },
    listDeliveries: ({ params }) => deliveries(params.id),
    listReceipts: ({ params }) => ({
      rows: federation.receipts(parseStixId(params.id)).map(({ member, origin, index, text }) => ({
        member,
        name: nameOfMember(member),
        ledger: origin,
        ...optional('index', index),
        receipt: parseJson(text, keptCharsMax),
      })),
    }),
    async recallObject({ params, body }) {
      const id = stored(params.id);
      await federation.recall(id, body.reason);
      await intel.recall([id], `taken back from everybody (${body.reason})`);
      return deliveries(id);
    },
    async disagreeWithObject({ params }) {
      return { opinion: await federation.disagree(parseStixId(params.id)) };
    },
    async holdObject({ params, body, actor }) {
      await federation.hold(stored(params.id), { reason: body.reason, by: actor.by });
    },
    async unholdObject({ params }) {
      await federation.hold(stored(params.id), undefined);
    },
    listEvidence() {
      const frozen = members.list().flatMap(({ id, evidence }) => (evidence === undefined ? [] : [{ id, evidence }]));
      return {
        rows: [
          ...federation.evidence().map(({ member, kind, foundUs, text }) => ({
            member,
            name: nameOfMember(member),
            kind,
            foundAt: timestampOfUs(foundUs),
            statements: parseJson(text, keptCharsMax),
          })),
          ...frozen.map(({ id, evidence }) => ({
            member: id,
            name: nameOfMember(id),
            kind: 'double-speaking' as const,
            statements: { ...evidence, common: [...evidence.common], spoken: [...evidence.spoken] },
          })),
        ],
      };
    },
  };
}
