import type { Recipient } from '../sharing/index.ts';
import type { Collection } from './taxii.ts';

/** Whether a collection is there for somebody: it is the owner's, and its audience's. */
export function isFor({ audience }: Collection, { key, kind, groups }: Recipient): boolean {
  return kind === 'owner' || audience.includes(key) || groups.some((group) => audience.includes(`group:${group}`));
}
