/**
 * What may be done with an object, from looking at it to telling the world.
 *
 * `show`: put it before the recipient's eyes here. `store`: keep it. `match`: look for it in records. `block`: act on it in
 * the recipient's network. `query-outside`: ask a service about it; the recipient is the service. `forward`: hand the
 * recipient a copy (sync, TAXII, MISP, an export made for somebody). `publish`: put it where anybody can get it.
 */
export const sharingActions = ['show', 'store', 'match', 'block', 'query-outside', 'forward', 'publish'] as const;
/** One of {@link sharingActions}. */
export type SharingAction = (typeof sharingActions)[number];

/**
 * What a recipient is to the member that decides.
 *
 * `owner`: the member itself, signed in to its node or at its command line. `person`: somebody named. `organisation`: an
 * organisation of the member's own. `client`: one of its constituency. `member`: another member of the federation. `public`:
 * anybody.
 */
export const recipientKinds = ['owner', 'person', 'organisation', 'client', 'member', 'public'] as const;
/** One of {@link recipientKinds}. */
export type RecipientKind = (typeof recipientKinds)[number];

const outside: ReadonlySet<RecipientKind> = new Set(['client', 'member', 'public']);

/** Whether what the recipient gets has left the member's organisation. */
export function isOutside(kind: RecipientKind): boolean {
  return outside.has(kind);
}
