import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { FieldSource, SourceKind } from './source-kind.ts';
import { textAt } from './source-kind.ts';
import { urlFields } from './web-fields.ts';

const product = 'suricata';

const ends: Readonly<Record<string, readonly FieldSource[]>> = {
  dst_ip: ['dest_ip'],
  dst_port: ['dest_port'],
  'source.ip': ['src_ip'],
  'source.port': ['src_port'],
  'destination.ip': ['dest_ip'],
  'destination.port': ['dest_port'],
};

/** Names that were asked for, in the forms of versions 1 to 3. */
function questions(member: string): FieldSource {
  return {
    says: `dns.${member}, dns.queries[].${member}`,
    of: ({ dns }) => {
      if (!isJsonObject(dns)) return undefined;
      return dns[member] ?? membersOf([dns['queries'], dns['query']], member);
    },
  };
}

const answers: FieldSource = {
  says: 'dns.answers[].rdata, dns.rdata, dns.grouped',
  of: ({ dns }) => {
    if (!isJsonObject(dns)) return undefined;
    const { answers: list, rdata, grouped } = dns;
    const groups = isJsonObject(grouped) ? Object.values(grouped).flat() : [];
    return membersOf([list], 'rdata', [...(rdata === undefined ? [] : [rdata]), ...groups]);
  },
};

function membersOf(
  lists: readonly (JsonValue | undefined)[],
  member: string,
  more: readonly JsonValue[] = [],
): JsonValue | undefined {
  const found = lists.flatMap((list) =>
    Array.isArray(list) ? list.flatMap((each) => (isJsonObject(each) ? (each[member] ?? []) : [])) : [],
  );
  const values = [...found, ...more];
  return values.length === 0 ? undefined : values;
}

const dns: SourceKind = {
  about: 'Suricata dns',
  logsources: [{ product, service: 'dns' }, { category: 'dns' }, { category: 'network', service: 'dns' }],
  fields: {
    ...ends,
    query: [questions('rrname')],
    answer: [answers],
    record_type: [questions('rrtype')],
    'dns.question.name': [questions('rrname')],
    'dns.question.type': [questions('rrtype')],
    'dns.answers.data': [answers],
    'dns.response.code': ['dns.rcode'],
    'dns.id': ['dns.id'],
  },
};
const http: SourceKind = {
  about: 'Suricata http',
  logsources: [{ product, service: 'http' }, { category: 'proxy' }, { category: 'webserver' }],
  fields: {
    ...ends,
    ...urlFields({
      target: (record) => textAt(record, 'http.url'),
      host: (record) => textAt(record, 'http.hostname') ?? textAt(record, 'dest_ip'),
      says: 'http.hostname and http.url',
    }),
    'cs-method': ['http.http_method'],
    'cs-host': ['http.hostname'],
    'r-dns': ['http.hostname'],
    'c-useragent': ['http.http_user_agent'],
    'cs-user-agent': ['http.http_user_agent'],
    'cs-referer': ['http.http_refer'],
    'cs-referrer': ['http.http_refer'],
    'cs-cookie': ['http.cookie'],
    'sc-status': ['http.status'],
    'sc-bytes': ['http.length'],
    'cs-version': ['http.protocol'],
    'c-ip': ['src_ip'],
    's-ip': ['dest_ip'],
  },
};
const flow: SourceKind = {
  about: 'Suricata flow, netflow',
  logsources: [{ product, service: 'flow' }, { category: 'firewall' }, { category: 'network', service: 'connection' }],
  fields: {
    ...ends,
    action: ['flow.action'],
    'network.transport': ['proto'],
    'network.protocol': ['app_proto'],
    'source.bytes': ['flow.bytes_toserver'],
    'destination.bytes': ['flow.bytes_toclient'],
    'source.packets': ['flow.pkts_toserver'],
    'destination.packets': ['flow.pkts_toclient'],
    'network.community_id': ['community_id'],
    'network.state': ['flow.state'],
  },
};

const kinds = new Map<string, SourceKind>([
  ['dns', dns],
  ['http', http],
  ['flow', flow],
  ['netflow', flow],
]);
for (const name of 'alert anomaly drop fileinfo tls ssh smtp smb dcerpc krb5 rdp ftp ftp_data tftp dhcp ike quic snmp sip mqtt stats'.split(
  ' ',
)) {
  kinds.set(name, { about: `Suricata ${name}`, logsources: [{ product, service: name }], fields: ends });
}
const unnamed: SourceKind = { about: 'Suricata, other events', logsources: [{ product }], fields: ends };

/** What a record of Suricata is, by its `event_type`. */
export function eveKind(record: JsonObject): SourceKind {
  return kinds.get(textAt(record, 'event_type') ?? '') ?? unnamed;
}

/** The kinds with fields of their own, for the page on Sigma. */
export const eveMappings: readonly SourceKind[] = [dns, http, flow];
