/** Every right of a session or token, with what it lets do. A route asks for one; see {@link roles} for who has which. */
export const rights = {
  read: 'see everything the node holds',
  write: 'bring in intelligence, change feeds and sources',
  release: 'let values through that the known-good gate holds back, and change its lists',
  records: 'send records to be screened',
  govern: 'say who may have what: recipients, groups, collections, outlets and the law',
  audit: 'read the audit trail, and open what the ledger commits to',
  admin: 'manage accounts, sessions, API tokens and backups',
  share: 'get what may be given to the recipient it belongs to',
  contribute: 'send objects to collections that take some, over TAXII or MISP',
} as const;

/** One right of a session or token: a key of {@link rights}. */
export type Scope = keyof typeof rights;

/** Every right, in the order they are shown in. */
export const scopes = [
  'read',
  'write',
  'release',
  'records',
  'govern',
  'audit',
  'admin',
  'share',
  'contribute',
] as const satisfies readonly Scope[];

/** What people do on a node, and the rights that takes. The one table of roles. */
export const roles = {
  viewer: { does: 'looks', rights: ['read'] },
  analyst: { does: 'brings intelligence and records in', rights: ['read', 'write', 'records'] },
  releaser: {
    does: 'does what an analyst does, and answers for values that are let through',
    rights: ['read', 'write', 'records', 'release'],
  },
  officer: { does: 'answers for who may have what, and reads who did what', rights: ['read', 'govern', 'audit'] },
  administrator: { does: 'does everything, and says who else may do what', rights: scopes },
} as const satisfies Record<string, { readonly does: string; readonly rights: readonly Scope[] }>;

/** What somebody does on a node: a key of {@link roles}. */
export type Role = keyof typeof roles;

/** Every role, from the least to the most. */
export const roleNames = ['viewer', 'analyst', 'releaser', 'officer', 'administrator'] as const satisfies Role[];

/** The roles that have a right, as a sentence names them; empty when only API tokens can have it. */
export function rolesWith(scope: Scope): readonly Role[] {
  return roleNames.filter((role) => (roles[role].rights as readonly Scope[]).includes(scope));
}
