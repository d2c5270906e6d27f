import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { FieldSource, SourceKind } from './source-kind.ts';
import { textAt } from './source-kind.ts';
import { urlFields } from './web-fields.ts';

const product = 'zeek';

const ends: Readonly<Record<string, readonly FieldSource[]>> = {
  'id.orig_h': ['id_orig_h'],
  'id.orig_p': ['id_orig_p'],
  'id.resp_h': ['id_resp_h'],
  'id.resp_p': ['id_resp_p'],
  src_ip: ['id.orig_h', 'id_orig_h'],
  src_port: ['id.orig_p', 'id_orig_p'],
  dst_ip: ['id.resp_h', 'id_resp_h'],
  dst_port: ['id.resp_p', 'id_resp_p'],
  'source.ip': ['id.orig_h', 'id_orig_h'],
  'source.port': ['id.orig_p', 'id_orig_p'],
  'destination.ip': ['id.resp_h', 'id_resp_h'],
  'destination.port': ['id.resp_p', 'id_resp_p'],
};

/** A set or vector as Zeek writes it into a column: with commas between. */
function listAt(path: string): FieldSource {
  return {
    says: path,
    of: (record): JsonValue | undefined => {
      const value = record[path];
      return typeof value === 'string' && value.includes(',') ? value.split(',') : value;
    },
  };
}

const answers = [listAt('answers')];
const dns: SourceKind = {
  about: 'Zeek dns',
  logsources: [{ product, service: 'dns' }, { category: 'dns' }, { category: 'network', service: 'dns' }],
  fields: {
    ...ends,
    answers,
    answer: answers,
    record_type: ['qtype_name'],
    'dns.question.name': ['query'],
    'dns.question.type': ['qtype_name'],
    'dns.answers.data': answers,
    'dns.response.code': ['rcode_name'],
  },
};
const host = (record: JsonObject): string | undefined => textAt(record, 'host') ?? textAt(record, 'id.resp_h');
const http: SourceKind = {
  about: 'Zeek http',
  logsources: [{ product, service: 'http' }, { category: 'proxy' }, { category: 'webserver' }],
  fields: {
    ...ends,
    ...urlFields({ target: (record) => textAt(record, 'uri'), host, says: 'host and uri' }),
    'cs-method': ['method'],
    'cs-host': ['host'],
    'r-dns': ['host'],
    'c-useragent': ['user_agent'],
    'cs-user-agent': ['user_agent'],
    'cs-referer': ['referrer'],
    'cs-referrer': ['referrer'],
    'cs-username': ['username'],
    'sc-status': ['status_code'],
    'cs-version': ['version'],
    'c-ip': ['id.orig_h', 'id_orig_h'],
    's-ip': ['id.resp_h', 'id_resp_h'],
    resp_mime_types: [listAt('resp_mime_types')],
    orig_mime_types: [listAt('orig_mime_types')],
  },
};
const conn: SourceKind = {
  about: 'Zeek conn',
  logsources: [{ product, service: 'conn' }, { category: 'firewall' }, { category: 'network', service: 'connection' }],
  fields: {
    ...ends,
    'event.duration': ['duration'],
    'network.transport': ['proto'],
    'network.protocol': ['service'],
    'source.bytes': ['orig_bytes'],
    'destination.bytes': ['resp_bytes'],
    'source.packets': ['orig_pkts'],
    'destination.packets': ['resp_pkts'],
    'network.community_id': ['community_id'],
    'network.state': ['conn_state'],
    'network.history': ['history'],
  },
};

const kinds = new Map<string, SourceKind>([
  ['dns', dns],
  ['http', http],
  ['conn', conn],
]);
const unnamed: SourceKind = { about: 'Zeek, other logs', logsources: [{ product }], fields: ends };
/** Logs Zeek and its packages write: others are a record of Zeek without service. */
for (const name of (
  'dce_rpc dhcp dnp3 files ftp ike intel irc kerberos ldap modbus mqtt mysql notice ntlm ntp ocsp pe quic radius rdp rfb sip ' +
  'smb_cmd smb_files smb_mapping smtp snmp socks software ssh ssl syslog tunnel weird x509'
).split(' ')) {
  kinds.set(name, { about: `Zeek ${name}`, logsources: [{ product, service: name }], fields: ends });
}

/** Columns only one log has, for records that do not name theirs. */
const signs: readonly (readonly [column: string, log: string])[] = [
  ['qtype_name', 'dns'],
  ['query', 'dns'],
  ['certificate.serial', 'x509'],
  ['named_pipe', 'dce_rpc'],
  ['endpoint', 'dce_rpc'],
  ['share_type', 'smb_mapping'],
  ['request_type', 'kerberos'],
  ['security_protocol', 'rdp'],
  ['mailfrom', 'smtp'],
  ['server_name', 'ssl'],
  ['cipher', 'ssl'],
  ['uri', 'http'],
  ['conn_state', 'conn'],
  ['fuid', 'files'],
];

/** What a record of Zeek is: by the log it names (`_path`, `@stream`), else by a column only one log has. */
export function zeekKind(record: JsonObject): SourceKind {
  const name = textAt(record, '_path') ?? textAt(record, '@stream');
  if (name !== undefined) return kinds.get(name) ?? unnamed;
  // A file that SMB carried is told by both.
  if (Object.hasOwn(record, 'action') && Object.hasOwn(record, 'path')) return kinds.get('smb_files')!;
  for (const [column, log] of signs) if (Object.hasOwn(record, column)) return kinds.get(log)!;
  return unnamed;
}

/** The kinds with fields of their own, for the page on Sigma. */
export const zeekMappings: readonly SourceKind[] = [dns, http, conn];
