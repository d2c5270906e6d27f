import type { Role } from '@comity/protocol/api';
import type { IdentityProvider } from '../access/index.ts';

/** What an identity provider says of somebody: the claims of an ID token whose signature was verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** Values of a claim that are looked at; providers put every group of somebody into one. */
const valuesMax = 2000;
/** Characters of a claim that become a name; the rest of the 100 an account's may have is room for a number behind it. */
const nameCharsMax = 80;
const claimCharsMax = 1000;

/** What the claim makes somebody: the first of the mapped values that they have counts. Undefined: nothing. */
export function roleOf(claims: Claims, { roleClaim, roles, others }: IdentityProvider): Role | undefined {
  const theirs = new Set(textsOf(claimOf(claims, roleClaim)));
  return roles.find(({ value }) => theirs.has(value))?.role ?? (others === 'viewer' ? 'viewer' : undefined);
}

/**
 * A name for the account of somebody, of the form of `accountName`. It is for people to read; nobody is known by it.
 *
 * Small letters without accents stay, blanks become `-`, and every other character is left out: letters of other scripts that look
 * the same, what turns text round, and what is no letter at all. When nothing is left: `person`.
 */
export function accountNameOf(claims: Claims, { nameClaim }: Pick<IdentityProvider, 'nameClaim'>): string {
  const claim = claimOf(claims, nameClaim);
  const text = typeof claim === 'string' ? claim.slice(0, claimCharsMax) : '';
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .trim()
    .replaceAll(/\s+/g, '-')
    .replaceAll(/[^a-z0-9._@+-]/g, '')
    .slice(0, nameCharsMax)
    .replace(/^[^a-z0-9]+/, '');
  return name === '' ? 'person' : name;
}

/** The claim of a name, or of a path through objects: `realm_access.roles`. A name with dots in it comes first. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Claims)[part];
  }
  return at;
}

function textsOf(claim: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(claim) ? claim.slice(0, valuesMax) : [claim];
  return values.filter((value): value is string => typeof value === 'string');
}
