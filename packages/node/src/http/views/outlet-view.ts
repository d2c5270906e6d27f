import type { OutletView } from '@comity/protocol/api';
import type { Outlet } from '../../outlets/index.ts';
import { optional, optionalInstant } from './instants.ts';

/** @param waiting - matches it has not come to yet. */
export function outletView(outlet: Outlet, waiting: number): OutletView {
  return {
    id: outlet.id,
    name: outlet.name,
    kind: outlet.kind,
    address: outlet.address,
    form: outlet.form,
    recipient: outlet.recipient,
    alarmsOnly: outlet.alarmsOnly,
    allowPrivate: outlet.allowPrivate,
    enabled: outlet.enabled,
    hasAuthorization: outlet.hasAuthorization,
    hasCa: outlet.ca !== undefined,
    status: statusOf(outlet, waiting),
    waiting,
    sent: outlet.sent,
    withheld: outlet.withheld,
    withheldBy: Object.entries(outlet.withheldBy)
      .map(([rule, count]) => ({ rule, count }))
      .toSorted((a, b) => b.count - a.count),
    lost: outlet.lost,
    ...optionalInstant('lastSentAt', outlet.lastSentUs),
    ...optionalInstant('failingSince', outlet.failingSinceUs),
    ...optional('lastError', outlet.lastError),
    ...optionalInstant('nextTryAt', outlet.failureCount > 0 ? outlet.nextTryUs : undefined),
  };
}

function statusOf({ enabled, failureCount }: Outlet, waiting: number): OutletView['status'] {
  if (!enabled) return 'paused';
  if (failureCount > 0) return 'failing';
  return waiting > 0 ? 'sending' : 'waiting';
}
