/**
 * Where matches leave on their own: to the tools of whoever operates security, each decided on by its indicator.
 */
export { openOutlets } from './open-outlets.ts';
export type { Outlets } from './open-outlets.ts';
export { outletSchema } from './outlet-schema.ts';
export type { Outlet } from './outlet.ts';
export { matchDocument } from './form/match-text.ts';
export { ownMatch } from './tell-match.ts';
export type { ToldMatch } from './form/told-match.ts';
