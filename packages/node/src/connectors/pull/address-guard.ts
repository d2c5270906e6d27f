import { BlockList, isIP } from 'node:net';

/** Whether Comity may open a connection to an address. */
export type AddressGuard = (address: string) => boolean;

const notPublic = blockListOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  // What Azure answers a machine about itself on is a public address that leads nowhere else.
  '168.63.129.16/32',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/63',
  // Teredo, ORCHID and the other special assignments; also 6to4: both carry an IPv4 address that is not checked here.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);

/**
 * What no feed may be on, whatever it is allowed: link-local and the other addresses where clouds answer questions about
 * the machine itself, also as IPv6 writes them (translated, NAT64, 6to4).
 */
const neverAllowed = blockListOf([
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  '::a9fe:0/112',
  '::ffff:0:a9fe:0/112',
  '64:ff9b::a9fe:0/112',
  '2002:a9fe::/32',
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  '0.0.0.0/8',
  '::/128',
  '224.0.0.0/4',
  'ff00::/8',
]);

/** Allows what IANA's special-purpose registries call globally reachable. */
export const allowsPublic: AddressGuard = (address) => isAllowed(address, notPublic);

/** Allows private and loopback addresses too. */
export const allowsPrivate: AddressGuard = (address) => isAllowed(address, neverAllowed);

function isAllowed(address: string, blocked: BlockList): boolean {
  const mapped = /^::ffff:(?:0:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  const family = isIP(plain);
  if (family === 0) return false;
  // `::ffff:7f00:1` is 127.0.0.1: Node's list compares it with the IPv4 rules by itself.
  return !blocked.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
