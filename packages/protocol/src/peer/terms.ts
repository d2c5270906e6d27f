import { z } from 'zod';
import { assert, isMemberId, recogniseTimestampUs, timestampOfUs } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import { comparePap, compareTlp } from '../markings/index.ts';
import type { Pap, Tlp } from '../markings/index.ts';
import { hopsMax } from '../sharing/index.ts';

/** Most members an object can be addressed to by name. */
export const audienceMax = 64;

/** An instant as every message here writes it: to the millisecond, in UTC, in one form. */
export const instantText = z.string().refine((text) => {
  const us = recogniseTimestampUs(text);
  return us !== undefined && timestampOfUs(us) === text;
});

/** µs since the Unix epoch of an instant whose form the schema has seen. */
export function usOf(instant: string): number {
  const us = recogniseTimestampUs(instant);
  assert(us !== undefined, 'instants of messages are instants');
  return us;
}

export const memberText = z.custom<MemberId>(isMemberId);

/**
 * What whoever gets an object has to keep. RED is none of the labels: it goes to persons, never to a node.
 *
 * One form: members in `audience` are sorted and each stands there once.
 */
export const termsSchema = z.strictObject({
  tlp: z.enum(['clear', 'green', 'amber', 'amber+strict'] as const satisfies readonly Tlp[]),
  /** Null: the origin says nothing, which is handled as AMBER. */
  pap: z.enum(['clear', 'green', 'amber', 'red'] as const satisfies readonly Pap[]).nullable(),
  /** How often it may still be passed on. */
  hops: z.number().int().min(0).max(hopsMax),
  /** When it may no longer be used, unless renewed. */
  leaseUntil: instantText,
  /** The only members it may ever reach; null: every one the rest allows. Never empty: nobody would be meant, or everybody. */
  audience: z.array(memberText).min(1).max(audienceMax).refine(isSortedSet).nullable(),
});

/** Conditions under which an object is lent. */
export type Terms = z.infer<typeof termsSchema>;

/**
 * Whether terms are as narrow as others or narrower, after an object was passed on `hopsTaken` times: a relay may only narrow, and
 * what is AMBER never goes sideways to another member, however many hops its terms name.
 */
export function isWithin(inner: Terms, outer: Terms, hopsTaken: number): boolean {
  return (
    (hopsTaken === 0 || compareTlp(outer.tlp, 'green') <= 0) &&
    compareTlp(inner.tlp, outer.tlp) >= 0 &&
    comparePap(inner.pap ?? 'amber', outer.pap ?? 'amber') >= 0 &&
    inner.hops <= outer.hops - hopsTaken &&
    inner.leaseUntil <= outer.leaseUntil &&
    isAudienceWithin(inner.audience, outer.audience)
  );
}

function isAudienceWithin(inner: Terms['audience'], outer: Terms['audience']): boolean {
  return outer === null || (inner !== null && inner.every((member) => outer.includes(member)));
}

/** Whether a member may have what is lent under these terms, by their audience. */
export function isAddressedTo({ audience }: Terms, member: MemberId): boolean {
  return audience === null || audience.includes(member);
}

function isSortedSet(members: readonly string[]): boolean {
  return members.every((member, at) => at === 0 || members[at - 1]! < member);
}
