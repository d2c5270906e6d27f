import type { ListFormat as ListFormatName } from '@comity/protocol/api';
import type { ListItem } from '../intel/index.ts';
import { isBelowOnly, isNetwork, lineFormat } from './list-format.ts';
import type { ListFormat } from './list-format.ts';
import { suricataRules } from './suricata-rules.ts';

const portOf = ({ port }: ListItem): string => (port === undefined ? '' : `:${port}`);
const isAddress = ({ kind }: ListItem): boolean => kind === 'ipv4' || kind === 'ipv6';

/** Digests of one kind: what Suricata's file lists and datasets of digests read. */
function digests(kind: 'md5' | 'sha1' | 'sha256'): ListFormat {
  return lineFormat({
    fileName: `${kind}.lst`,
    hasComments: false,
    begin: () => (item) => (item.kind === kind ? `${item.value}\n` : undefined),
  });
}

/** A name that a list without wildcards can have. */
function isPlainName({ kind, value, port }: ListItem): boolean {
  return kind === 'domain' && port === undefined && !isBelowOnly(value);
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

/** Every form of list of values, by the name it has in addresses; what each is for says docs/guides/lists.md. */
export const listFormats = {
  values: lineFormat({ fileName: 'values.txt', begin: () => (item) => `${item.value}${portOf(item)}\n` }),
  domains: lineFormat({
    fileName: 'domains.txt',
    begin: () => (item) => (item.kind === 'domain' && item.port === undefined ? `${item.value}\n` : undefined),
  }),
  addresses: lineFormat({
    fileName: 'addresses.txt',
    begin: () => (item) => (isAddress(item) && item.port === undefined ? `${item.value}\n` : undefined),
  }),
  urls: lineFormat({
    fileName: 'urls.txt',
    begin: () => (item) => (item.kind === 'url' ? `${item.value}\n` : undefined),
  }),
  md5: digests('md5'),
  sha1: digests('sha1'),
  sha256: digests('sha256'),
  hosts: lineFormat({
    fileName: 'hosts',
    blocks: true,
    begin: () => (item) => (isPlainName(item) ? `0.0.0.0 ${item.value}\n` : undefined),
  }),
  nftables: lineFormat({ fileName: 'comity.nft', blocks: true, head: nftHead, begin: () => nftLine }),
  zeek: lineFormat({
    fileName: 'comity.intel',
    head: '#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n',
    begin: () => zeekLine,
  }),
  'suricata-rules': suricataRules,
  'suricata-domains': lineFormat({
    fileName: 'domains.lst',
    hasComments: false,
    begin: () => (item) => (isPlainName(item) ? `${Buffer.from(item.value).toString('base64')}\n` : undefined),
  }),
  'suricata-addresses': lineFormat({
    fileName: 'addresses.lst',
    hasComments: false,
    begin: () => (item) =>
      isAddress(item) && item.port === undefined && !isNetwork(item.value) ? `${item.value}\n` : undefined,
  }),
} as const satisfies Record<Exclude<ListFormatName, 'csv' | 'stix'>, ListFormat>;
