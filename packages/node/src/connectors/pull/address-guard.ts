import { BlockList, isIP } from 'node:net';
import { specialNetworks } from '@comity/protocol/values';

/** Whether Comity may open a connection to an address. */
export type AddressGuard = (address: string) => boolean;

const notPublic = blockListOf([
  ...specialNetworks.map(({ network }) => network),
  // What Azure answers a machine about itself on is a public address that leads nowhere else.
  '168.63.129.16/32',
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

export function guardOf(allowPrivate: boolean): AddressGuard {
  return allowPrivate ? allowsPrivate : allowsPublic;
}

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
