import { ipv4NumberOf, ipv6GroupsOf, mappedIpv4Of, maskIpv4, maskIpv6 } from '../../values/index.ts';

/** Whether an address is in a network; false for what is no address. */
export type NetworkTest = (address: string) => boolean;

const bitsForm = /^(?:0|[1-9]\d{0,2})$/;

/**
 * The test for a network in CIDR notation, or a single address; bits beyond the prefix are ignored. An IPv4 address that an
 * IPv6 one stands for is looked at as IPv4.
 *
 * @returns undefined for what is no network.
 */
export function parseNetwork(text: string): NetworkTest | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const suffix = text.slice(slash + 1);
  if (slash >= 0 && !bitsForm.test(suffix)) return undefined;
  const number = ipv4NumberOf(address);
  if (number >= 0) return ipv4Test(number, slash < 0 ? 32 : Number(suffix));
  const groups = ipv6GroupsOf(address);
  return groups === undefined ? undefined : ipv6Test(groups, slash < 0 ? 128 : Number(suffix));
}

function ipv4Test(network: number, bits: number): NetworkTest | undefined {
  if (bits > 32) return undefined;
  const masked = maskIpv4(network, bits);
  return (address) => {
    const number = ipv4Of(address);
    return number >= 0 && maskIpv4(number, bits) === masked;
  };
}

function ipv4Of(address: string): number {
  const number = ipv4NumberOf(address);
  if (number >= 0 || !address.includes(':')) return number;
  const groups = ipv6GroupsOf(address);
  return groups === undefined ? -1 : mappedIpv4Of(groups);
}

function ipv6Test(network: number[], bits: number): NetworkTest | undefined {
  if (bits > 128) return undefined;
  const masked = maskIpv6(network, bits);
  return (address) => {
    const groups = address.includes(':') ? ipv6GroupsOf(address) : undefined;
    if (groups === undefined) return false;
    const own = maskIpv6(groups, bits);
    return masked.every((group, index) => group === own[index]);
  };
}
