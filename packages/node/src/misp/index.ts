/**
 * A MISP server's own business: which events a collection comes to, and what stands in one for somebody. Knows the store of
 * intelligence only by what it is handed.
 */
export { arrivalPieces } from './arrival-pieces.ts';
export { EventIndexes } from './event-index.ts';
export { buildEvent, buildEvents } from './build-event.ts';
export type { BuildDeps, BuiltEvent } from './build-event.ts';
export { eventMatches, parseEventFilter } from './event-filter.ts';
export type { EventFilter } from './event-filter.ts';
