import { z } from 'zod';
import type { ErrorCode } from '../base/index.ts';
import type { AuditAct } from './audit-acts.ts';
import type { Scope } from './rights.ts';
import * as s from './shapes.ts';

/**
 * One route of the API as data: the server, the client, the OpenAPI document and the tests are made from it.
 *
 * `body`: `json` is validated with `request`; `bytes` is a stream handed to the handler as it comes, bounded by it.
 * `answer`: `json` is validated in tests with `response`; `bytes`, `text` and `events` (server-sent events) are streams.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly scope: Scope | 'none';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: 'json' | 'bytes';
  readonly request?: z.ZodType;
  readonly answer: 'json' | 'bytes' | 'text' | 'events' | 'nothing';
  readonly response?: z.ZodType;
  /** Media types of an answer of `bytes`; without parameters. */
  readonly mediaTypes?: readonly string[];
  readonly status?: number;
  /**
   * Takes an `Idempotency-Key`: the same request sent again under it is done once and answered the same. The sentence says
   * how long a key is remembered.
   */
  readonly idempotent?: string;
  /** What the audit trail calls it when it was done; missing: it is not written down, or by what does it. */
  readonly audited?: AuditAct;
  readonly errors: readonly ErrorCode[];
}

/** Keeps the literal types of a route, so that the client and the handlers are typed by it. */
export const route = <const R extends Route>(value: R): R => value;

export const idParam = z.object({ id: z.string().max(300) });
/** Query of a list: where to go on and how many rows. */
export const page = { cursor: s.cursor.optional(), limit: z.coerce.number().int().min(1).max(500).default(100) };
/** Answer of a list; `next` is the cursor of what follows. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: s.cursor.optional(), total: z.int().optional() });
/** A switch in a query. */
export const flag = z.enum(['true', 'false']).optional();
