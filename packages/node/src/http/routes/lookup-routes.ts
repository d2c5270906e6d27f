import { hexOf, timestampOfUs } from '@comity/protocol/base';
import type { Lookup } from '../../lookup/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import type { Handlers } from '../handler.ts';
import { lookupAnswerView, lookupOfferView } from '../views/lookup-view.ts';

export interface LookupRoutesDeps {
  readonly lookup: Lookup;
  readonly sharing: Pick<Sharing, 'recipients'>;
  /** Aborts when the node closes. */
  readonly stop: AbortSignal;
}

/** Asking other members about values without telling which, and what they may ask here. */
export function lookupRoutes({
  lookup: { asker, holder },
  sharing,
  stop,
}: LookupRoutesDeps): Pick<Handlers, 'askMember' | 'listLookups'> {
  return {
    async askMember({ body, actor, signal }) {
      const { key } = sharing.recipients.get(body.member);
      return lookupAnswerView(await asker.ask(key, body.values, actor, AbortSignal.any([signal, stop])));
    },
    listLookups() {
      const key = holder.key();
      const uses = new Map(holder.uses().map((use) => [use.recipient, use]));
      return {
        ...(key !== undefined && {
          epoch: key.epoch,
          key: hexOf(key.publicKey),
          until: timestampOfUs(key.untilUs),
        }),
        rows: holder.offers().map((offer) => lookupOfferView(offer, uses.get(offer.recipient))),
      };
    },
  };
}
