import { getDomain, getPublicSuffix, parse } from 'tldts';

/**
 * Top labels outside the root zone that name hosts all the same: RFC 2606 and RFC 6761 (examples and tests, this project's own
 * samples among them), RFC 7686, and I2P.
 */
const specialSuffixes = ['example', 'test', 'invalid', 'onion', 'i2p'];
/** Top labels of private networks: RFC 6762 §3 and appendix G, and `.internal`, which ICANN keeps for them. */
const privateSuffixes: ReadonlySet<string> = new Set([
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
]);

const knownSuffixes = new Map<string, boolean>([...specialSuffixes, ...privateSuffixes].map((label) => [label, true]));
/** Unknown labels come from untrusted text: the memory of them is bounded. */
const KNOWN_SUFFIXES_MAX = 20_000;

/** Whether `label` (lower case) is a top label of private networks: the same name is another host in each of them. */
export function isPrivateSuffix(label: string): boolean {
  return privateSuffixes.has(label);
}

/** Whether `label` (lower case) is a top-level domain of the public suffix list, a special one or one of private networks. */
export function isKnownSuffix(label: string): boolean {
  const known = knownSuffixes.get(label);
  if (known !== undefined) return known;
  // `.za` itself is in no rule of the list, only `co.za` and its siblings are.
  const fresh = label.length <= 63 && [`x.${label}`, `x.co.${label}`].some(isIcannName);
  if (knownSuffixes.size < KNOWN_SUFFIXES_MAX) knownSuffixes.set(label, fresh);
  return fresh;
}

function isIcannName(name: string): boolean {
  return parse(name, { validateHostname: false }).isIcann === true;
}

/** Whether a name is itself a suffix under which a registry sells names (`co.uk`): it belongs to nobody who can be bad. */
export function isRegistrySuffix(name: string): boolean {
  return getPublicSuffix(name, { allowPrivateDomains: false, validateHostname: false }) === name;
}

/** More labels than any suffix of the list has: most names are passed over without a look at it. */
const SUFFIX_LABELS_MAX = 5;

/** Whether a registry of the public suffix list sells names below a name (`co.uk`); platforms (`ddns.net`) are names of theirs. */
export function isPublicSuffix(name: string): boolean {
  if (name.split('.', SUFFIX_LABELS_MAX + 1).length > SUFFIX_LABELS_MAX) return false;
  const { publicSuffix, isIcann } = parse(name, { allowPrivateDomains: false, validateHostname: false });
  return publicSuffix === name && isIcann === true;
}

/**
 * The name somebody registered, which everything below it belongs to: `evil.co.uk` of `a.b.evil.co.uk`; under a shared
 * platform of the list's private part (`github.io`) the customer's name. Undefined for suffixes and addresses.
 */
export function registrableDomain(name: string): string | undefined {
  return getDomain(name, { allowPrivateDomains: true, validateHostname: false }) ?? undefined;
}
