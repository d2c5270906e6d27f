/**
 * A TAXII 2.1 server's own business: collections, cursors, statuses, and pages of what an exit lets out; and the same pages
 * sent to servers elsewhere. Knows the store of intelligence, and the network, only by what it is handed.
 */
export { isFor } from './is-for.ts';
export { objectsOf } from './objects-of.ts';
export { openTaxii } from './open-taxii.ts';
export { openPushBook } from './push/push-book.ts';
export { attemptsMax } from './push/push.ts';
export type { Push, PushBook, PushFailure } from './push/push.ts';
export { assertPushable, runPush } from './push/run-push.ts';
export { isThere, readPage } from './read-page.ts';
export { taxiiSchema } from './schema.ts';
export type { Collection, Page, PageDeps, PageRequest, Taxii } from './taxii.ts';
