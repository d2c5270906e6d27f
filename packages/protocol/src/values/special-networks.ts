/** Why a network is none of the public internet: what it is set aside for. */
export type SpecialUse =
  /** Leads to the machine itself, or to none. */
  | 'machine'
  /** Private networks, each of which has its own. */
  | 'private'
  | 'link-local'
  | 'multicast'
  /** For manuals and samples: no packet bears it. */
  | 'documentation'
  /** Carries another address within, or is assigned by protocol. */
  | 'protocol'
  | 'benchmark'
  | 'reserved';

/** A network with a meaning of its own. */
export interface SpecialNetwork {
  /** In the normal form of a value, `192.0.2.0/24`. */
  readonly network: string;
  readonly use: SpecialUse;
}

/**
 * Networks that are not globally reachable: IANA's IPv4 and IPv6 special-purpose address registries (RFC 6890), multicast
 * (RFC 5771, RFC 4291 §2.7), and the withdrawn ones some systems still route (RFC 3879, RFC 7526).
 */
export const specialNetworks: readonly SpecialNetwork[] = [
  { network: '0.0.0.0/8', use: 'machine' },
  { network: '10.0.0.0/8', use: 'private' },
  { network: '100.64.0.0/10', use: 'private' },
  { network: '127.0.0.0/8', use: 'machine' },
  { network: '169.254.0.0/16', use: 'link-local' },
  { network: '172.16.0.0/12', use: 'private' },
  { network: '192.0.0.0/24', use: 'protocol' },
  { network: '192.0.2.0/24', use: 'documentation' },
  { network: '192.88.99.0/24', use: 'protocol' },
  { network: '192.168.0.0/16', use: 'private' },
  { network: '198.18.0.0/15', use: 'benchmark' },
  { network: '198.51.100.0/24', use: 'documentation' },
  { network: '203.0.113.0/24', use: 'documentation' },
  { network: '224.0.0.0/4', use: 'multicast' },
  { network: '240.0.0.0/4', use: 'reserved' },
  // The unspecified and the loopback address, and IPv4-compatible ones (withdrawn, RFC 4291 §2.5.5.1).
  { network: '::/96', use: 'machine' },
  { network: '::ffff:0:0:0/96', use: 'protocol' },
  { network: '64:ff9b::/96', use: 'protocol' },
  { network: '64:ff9b:1::/48', use: 'protocol' },
  { network: '100::/63', use: 'protocol' },
  // Teredo, ORCHID and the other special assignments; also 6to4: both carry an IPv4 address of their own.
  { network: '2001::/23', use: 'protocol' },
  { network: '2001:db8::/32', use: 'documentation' },
  { network: '2002::/16', use: 'protocol' },
  { network: '3fff::/20', use: 'documentation' },
  { network: '5f00::/16', use: 'protocol' },
  { network: 'fc00::/7', use: 'private' },
  { network: 'fe80::/10', use: 'link-local' },
  { network: 'fec0::/10', use: 'private' },
  { network: 'ff00::/8', use: 'multicast' },
];
