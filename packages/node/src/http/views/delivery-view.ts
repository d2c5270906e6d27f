import { timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { DeliveryView } from '@comity/protocol/api';
import type { Delivery } from '../../federation/index.ts';
import { optional, optionalInstant } from './instants.ts';

/** What became of an object at one member. */
export function deliveryView(
  { origin, member, state, version, sentUs, leaseUntilUs, receipt }: Delivery,
  nameOfMember: (member: MemberId) => string,
): DeliveryView {
  return {
    origin,
    member,
    name: nameOfMember(member),
    state,
    version,
    sentAt: timestampOfUs(sentUs),
    ...optionalInstant('leaseUntil', leaseUntilUs),
    ...(receipt !== undefined && {
      receipt: { effect: receipt.effect, ...optional('reason', receipt.reason), at: timestampOfUs(receipt.atUs) },
    }),
  };
}
