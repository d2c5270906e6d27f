import type { LookupAnswerView, LookupOfferView } from '@comity/protocol/api';
import { timestampOfUs } from '@comity/protocol/base';
import type { LookupAnswer, LookupOffer, LookupUse } from '../../lookup/index.ts';
import { optional, optionalInstant } from './instants.ts';

export function lookupAnswerView({ member, askedUs, results, leak, key }: LookupAnswer): LookupAnswerView {
  return {
    member,
    askedAt: timestampOfUs(askedUs),
    values: results.map(({ text, value, outcome, listed, record }) => ({
      text,
      ...optional('value', value),
      outcome,
      ...optional('listed', listed),
      ...(record !== undefined && {
        record: {
          id: record.id,
          name: record.name,
          labels: [...record.labels],
          tlp: record.tlp,
          pap: record.pap,
          ...optional('validUntil', record.validUntil),
          objects: record.objects,
          decides: record.decides,
        },
      }),
    })),
    leak: { ...leak },
    ...optional('key', key),
  };
}

/** @param use - how much the recipient asked; undefined: nothing. */
export function lookupOfferView(offer: LookupOffer, use: LookupUse | undefined): LookupOfferView {
  return {
    recipient: offer.recipient,
    values: offer.values,
    leftOut: offer.leftOut,
    withheld: offer.withheld,
    withheldBy: Object.entries(offer.withheldBy)
      .map(([rule, count]) => ({ rule, count }))
      .toSorted((a, b) => b.count - a.count),
    builtAt: timestampOfUs(offer.builtUs),
    askedToday: use?.today ?? 0,
    askedInEpoch: use?.inEpoch ?? 0,
    refused: use?.refused ?? 0,
    ...optionalInstant('lastAskedAt', use?.lastUs),
  };
}
