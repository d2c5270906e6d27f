import type { Warninglist } from '@comity/protocol/misp';
import { tooBroadList } from './gate.ts';

const list = (name: string, type: Warninglist['type'], description: string, entries: string[]): Warninglist => ({
  name,
  description,
  type,
  matchingAttributes: [],
  list: entries,
  version: 1,
  skipped: 0,
});

/**
 * What no network can do without, held back even before a list is loaded.
 *
 * The documentation ranges and names (RFC 5737, RFC 3849, RFC 2606) are left out on purpose: no packet bears them, and
 * the sample and every manual use them.
 */
export const builtInLists: readonly Warninglist[] = [
  // The gate finds these by rule; the list shows that it does.
  list(
    tooBroadList,
    'string',
    'Public suffixes, below which anybody registers names, and networks larger than a registry has',
    ['0.0.0.0/0', '::/0', 'co.uk'],
  ),
  list('Special-use addresses', 'cidr', 'Addresses with a meaning of their own: IANA special-purpose registries', [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '255.255.255.255/32',
    '::/128',
    '::1/128',
    'fc00::/7',
    'fe80::/10',
    'ff00::/8',
  ]),
  list('Names of the machine itself', 'hostname', 'Names that lead home: RFC 6761, RFC 6762, RFC 8375', [
    'localhost',
    'localhost.localdomain',
    'local',
    'home.arpa',
    'in-addr.arpa',
    'ip6.arpa',
  ]),
  list('Digests of nothing', 'string', 'Digests of the empty file', [
    'd41d8cd98f00b204e9800998ecf8427e',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
  ]),
];
