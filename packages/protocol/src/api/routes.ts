import { z } from 'zod';
import type { ErrorCode } from '../base/index.ts';
import { accessRoutes } from './access-routes.ts';
import { actRoutes } from './act-routes.ts';
import { accountRoutes } from './account-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { importRoutes } from './import-routes.ts';
import { intelRoutes } from './intel-routes.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { listRoutes } from './list-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { lookupRoutes } from './lookup-routes.ts';
import { nodeRoutes } from './node-routes.ts';
import { outletRoutes } from './outlet-routes.ts';
import { outlet } from './outlet-shapes.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { peerRoutes } from './peer-routes.ts';
import { pushRoutes } from './push-routes.ts';
import { recordRoutes } from './record-routes.ts';
import type { Route } from './route.ts';
import { sharingRoutes } from './sharing-routes.ts';
import * as s from './shapes.ts';

/** Every route of the API by its name. */
export const routes = {
  ...nodeRoutes,
  ...accessRoutes,
  ...accountRoutes,
  ...passkeyRoutes,
  ...identityRoutes,
  ...auditRoutes,
  ...intelRoutes,
  ...importRoutes,
  ...recordRoutes,
  ...outletRoutes,
  ...sharingRoutes,
  ...pushRoutes,
  ...peerRoutes,
  ...exchangeRoutes,
  ...listRoutes,
  ...memberRoutes,
  ...ledgerRoutes,
  ...actRoutes,
  ...lookupRoutes,
} as const;

/** Name of a route, as the client calls it: `searchIntel`. */
export type RouteName = keyof typeof routes;

/**
 * Every error code a route may answer with: those it declares and those that follow from its scope and its input.
 *
 * `NOT_ALLOWED` is possible everywhere: a request under a foreign Host or from a foreign Origin is refused by all.
 */
export function errorsOf(value: Route): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(['NOT_ALLOWED', ...value.errors]);
  if (value.scope !== 'none') codes.add('NOT_SIGNED_IN');
  if (value.params ?? value.query ?? value.request) codes.add('ARGUMENT_INVALID');
  if (value.query !== undefined) codes.add('INPUT_TOO_LARGE');
  if (value.body === 'json') codes.add('JSON_MALFORMED').add('ENCODING_MALFORMED');
  if (value.body !== undefined) codes.add('INPUT_TOO_LARGE');
  if (value.idempotent !== undefined) codes.add('IDEMPOTENCY_KEY_REUSED').add('CONFLICT').add('ARGUMENT_INVALID');
  return [...codes].sort();
}

/** The events of `GET /api/v1/events`: the `event:` field and the shape of its `data:`. */
export const events = {
  match: s.match,
  import: s.importReport,
  feed: s.feed,
  source: s.recordSource,
  outlet,
  /** Sent every 15 s so that a stalled stream is noticed. */
  beat: z.object({ at: s.instant, recordsPerSecond: z.number(), bytesPerSecond: z.number(), tableSequence: z.int() }),
  /**
   * Events this client missed: it read too slowly, or resumed at an event no longer kept. `count` 0 means unknown.
   * Whoever gets it loads the lists again.
   */
  lost: z.object({ count: z.int() }),
} as const;
/** Name of a live event. */
export type EventName = keyof typeof events;
