import type { ListFormat as ListFormatName } from '@comity/protocol/api';
import type { ListItem } from '../intel/index.ts';
import { isBelowOnly, isNetwork, lineFormat } from './list-format.ts';
import type { ListFormat } from './list-format.ts';
import { suricataRules } from './suricata-rules.ts';

const portOf = ({ port }: ListItem): string => (port === undefined ? '' : `:${port}`);
const isAddress = ({ kind }: ListItem): boolean => kind === 'ipv4' || kind === 'ipv6';

/** Digests of one kind, a line each: what Suricata's `filemd5` and datasets of digests read. */
function digests(kind: 'md5' | 'sha1' | 'sha256'): ListFormat {
  return lineFormat({
    about: `${kind} digests, one a line, as Suricata's datasets and file lists read them; no comments`,
    fileName: `${kind}.lst`,
    hasComments: false,
    line: (item) => (item.kind === kind ? `${item.value}\n` : undefined),
  });
}

const zeekTypes: Partial<Record<ListItem['kind'], string>> = {
  domain: 'Intel::DOMAIN',
  ipv4: 'Intel::ADDR',
  ipv6: 'Intel::ADDR',
  url: 'Intel::URL',
  email: 'Intel::EMAIL',
  md5: 'Intel::FILE_HASH',
  sha1: 'Intel::FILE_HASH',
  sha256: 'Intel::FILE_HASH',
  'file-name': 'Intel::FILE_NAME',
};

/** A line of Zeek's intelligence file. It knows no ports, no names with a wildcard and no beginnings of URLs. */
function zeekLine(item: ListItem): string | undefined {
  const type = isAddress(item) && isNetwork(item.value) ? 'Intel::SUBNET' : zeekTypes[item.kind];
  if (type === undefined || item.port !== undefined || /^\*\.|\*$/.test(item.value)) return undefined;
  const about = [item.indicator, item.name() ?? '-'].map((text) => text.replaceAll(/\p{Cc}+/gu, ' '));
  return `${[item.value, type, ...about].join('\t')}\n`;
}

const nftHead = `add table inet comity
add set inet comity addresses4 { type ipv4_addr; flags interval; auto-merge; }
add set inet comity addresses6 { type ipv6_addr; flags interval; auto-merge; }
add set inet comity endpoints4 { type ipv4_addr . inet_service; }
add set inet comity endpoints6 { type ipv6_addr . inet_service; }
flush set inet comity addresses4
flush set inet comity addresses6
flush set inet comity endpoints4
flush set inet comity endpoints6
`;

function nftLine({ kind, value, port }: ListItem): string | undefined {
  if (kind !== 'ipv4' && kind !== 'ipv6') return undefined;
  const family = kind === 'ipv4' ? '4' : '6';
  if (port === undefined) return `add element inet comity addresses${family} { ${value} }\n`;
  return isNetwork(value) ? undefined : `add element inet comity endpoints${family} { ${value} . ${port} }\n`;
}

/** Every form of list of values, by the name it has in addresses. */
export const listFormats = {
  values: lineFormat({
    about: 'every value, one a line, with its port',
    fileName: 'values.txt',
    line: (item) => `${item.value}${portOf(item)}\n`,
  }),
  domains: lineFormat({
    about: 'names, one a line; `*.` before those of which only what is below is meant',
    fileName: 'domains.txt',
    line: (item) => (item.kind === 'domain' && item.port === undefined ? `${item.value}\n` : undefined),
  }),
  addresses: lineFormat({
    about: 'addresses and networks, one a line: the external list of a firewall or proxy',
    fileName: 'addresses.txt',
    line: (item) => (isAddress(item) && item.port === undefined ? `${item.value}\n` : undefined),
  }),
  urls: lineFormat({
    about: 'URLs without their scheme, one a line; a last `*` for all that begin so',
    fileName: 'urls.txt',
    line: (item) => (item.kind === 'url' ? `${item.value}\n` : undefined),
  }),
  md5: digests('md5'),
  sha1: digests('sha1'),
  sha256: digests('sha256'),
  hosts: lineFormat({
    about: 'a hosts file that leads names nowhere',
    fileName: 'hosts',
    blocks: true,
    line: (item) =>
      item.kind === 'domain' && item.port === undefined && !isBelowOnly(item.value)
        ? `0.0.0.0 ${item.value}\n`
        : undefined,
  }),
  nftables: lineFormat({
    about: 'sets of nftables for `nft -f`, all replaced in one transaction',
    fileName: 'comity.nft',
    blocks: true,
    head: nftHead,
    line: nftLine,
  }),
  zeek: lineFormat({
    about: "an intelligence file of Zeek's",
    fileName: 'comity.intel',
    head: '#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n',
    line: zeekLine,
  }),
  'suricata-rules': suricataRules,
  'suricata-domains': lineFormat({
    about: 'a dataset of Suricata with names, type string: base64, one a line; no comments',
    fileName: 'domains.lst',
    hasComments: false,
    line: (item) =>
      item.kind === 'domain' && item.port === undefined && !isBelowOnly(item.value)
        ? `${Buffer.from(item.value).toString('base64')}\n`
        : undefined,
  }),
  'suricata-addresses': lineFormat({
    about: 'a dataset of Suricata with addresses, type ip: one a line; no networks, no comments',
    fileName: 'addresses.lst',
    hasComments: false,
    line: (item) =>
      isAddress(item) && item.port === undefined && !isNetwork(item.value) ? `${item.value}\n` : undefined,
  }),
} as const satisfies Record<Exclude<ListFormatName, 'csv' | 'stix'>, ListFormat>;
