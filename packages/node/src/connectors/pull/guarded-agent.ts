import { Agent } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { guardedLookup } from './guarded-lookup.ts';
import type { Resolve } from './guarded-lookup.ts';

/** Connections to addresses the guard allows: judged when they are connected to, after a name is resolved. */
export function agentOf(guard: AddressGuard, { resolve }: { readonly resolve?: Resolve }, timeoutMs: number): Agent {
  return new Agent({
    connect: { lookup: guardedLookup(guard, resolve), timeout: Math.min(timeoutMs, 20_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 64 * 1024,
    connections: 8,
    pipelining: 1,
  });
}
