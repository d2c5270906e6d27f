/**
 * A TAXII 2.1 server's own business: collections, cursors, statuses, and pages of what an exit lets out. Knows the store of
 * intelligence only by what it is handed.
 */
export { openTaxii } from './open-taxii.ts';
export { isThere, readPage } from './read-page.ts';
export { taxiiSchema } from './schema.ts';
export type { Collection, Page, PageDeps, PageRequest, Taxii } from './taxii.ts';
