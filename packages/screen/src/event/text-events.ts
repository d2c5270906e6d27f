import type { JsonObject } from '@comity/protocol/base';
import type { SigmaEvent, SigmaLogsource } from '@comity/protocol/sigma';
import { timeOf } from '../observe/fields.ts';
import { parseAuditLine } from './audit-line.ts';
import { MappedEvent } from './mapped-event.ts';
import type { SourceKind } from './source-kind.ts';
import { textAt } from './source-kind.ts';
import { urlFields } from './web-fields.ts';

/** Months as text logs write them. */
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const accessKind: SourceKind = {
  about: 'access log',
  logsources: [{ category: 'webserver' }, { product: 'apache', service: 'access' }],
  fields: {
    ...urlFields({
      target: (record) => textAt(record, 'target'),
      host: (record) => textAt(record, 'vhost'),
      says: 'the request',
    }),
    'c-ip': ['client'],
    src_ip: ['client'],
    'cs-username': ['user'],
    'cs-method': ['method'],
    'cs-version': ['version'],
    'sc-status': ['status'],
    'sc-bytes': ['bytes'],
    'cs-host': ['vhost'],
    'cs-referer': ['referer'],
    'cs-user-agent': ['user_agent'],
    'c-useragent': ['user_agent'],
  },
};
const accessTail = /\[(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):([\d:]{8}) ([+-]\d{4})\] "(?:[^"\\]|\\.)*" (\d{3}) (\d+|-)/s;

/** A line of an access log. `-` is no value. Fields: those of the format, `method`, `target`, `version`, `status`, `bytes`. */
export function accessEvent(fields: JsonObject, line: string): SigmaEvent {
  const record: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) if (value !== '-') record[name] = value;
  const [method, target, version] = (textAt(record, 'request') ?? '').split(' ');
  for (const [name, value] of Object.entries({ method, target, version }))
    if (value !== undefined) record[name] = value;
  const [, day = '', month = '', year, clock, zone, status, bytes] = accessTail.exec(line) ?? [];
  if (status !== undefined) record['status'] = Number(status);
  if (bytes !== undefined && bytes !== '-') record['bytes'] = Number(bytes);
  const number = String(months.indexOf(month.toLowerCase()) + 1).padStart(2, '0');
  const atUs = timeOf(`${year}-${number}-${day.padStart(2, '0')}T${clock}${zone}`);
  return new MappedEvent(accessKind, record, { line, atUs });
}

const dnsKind: SourceKind = {
  about: 'BIND, Unbound, dnsmasq',
  logsources: [{ category: 'dns' }, { category: 'network', service: 'dns' }],
  fields: {
    query: ['query'],
    answer: ['answers'],
    record_type: ['type'],
    src_ip: ['client'],
    'dns.question.name': ['query'],
    'dns.question.type': ['type'],
    'dns.answers.data': ['answers'],
    'source.ip': ['client'],
  },
};
const dnsTypeForms: Readonly<Record<string, RegExp>> = {
  bind: /query: \S{1,255} IN ([A-Z0-9]{1,10})\b/,
  unbound: /\binfo: \S{1,64} \S{1,256} ([A-Z0-9]{1,10}) IN\b/,
  dnsmasq: /\bquery\[([A-Z0-9]{1,10})\]/,
};

/** A line of a name server's query log. */
export function dnsEvent(format: 'bind' | 'unbound' | 'dnsmasq', fields: JsonObject, line: string): SigmaEvent {
  const type = dnsTypeForms[format]!.exec(line)?.[1];
  const query = textAt(fields, 'query')?.replace(/\.$/, '');
  const record = { ...fields, ...(query !== undefined && { query }), ...(type !== undefined && { type }) };
  return new MappedEvent(dnsKind, record, { line, atUs: undefined });
}

/** Services of Linux by the tag of the program that writes. */
const programs: Readonly<Record<string, readonly string[]>> = {
  sshd: ['sshd', 'auth'],
  'sshd-session': ['sshd', 'auth'],
  sudo: ['sudo', 'auth'],
  su: ['auth'],
  login: ['auth'],
  passwd: ['auth'],
  useradd: ['auth'],
  'systemd-logind': ['auth'],
  polkitd: ['auth'],
  cron: ['cron'],
  crond: ['cron'],
  crontab: ['cron'],
  anacron: ['cron'],
  vsftpd: ['vsftpd'],
  clamd: ['clamav'],
  clamscan: ['clamav'],
  freshclam: ['clamav'],
  guacd: ['guacamole'],
  'guacamole-client': ['guacamole'],
  audit: ['auditd'],
  auditd: ['auditd'],
  audispd: ['auditd'],
};
const webServers: Readonly<Record<string, string>> = { nginx: 'nginx', apache2: 'apache', httpd: 'apache' };
/** Services of Cisco IOS by the facility of a message: `%PARSER-5-CFGLOG_LOGGEDCMD:`. */
const facilities: Readonly<Record<string, string>> = {
  AAA: 'aaa',
  AAAA: 'aaa',
  PARSER: 'aaa',
  SYS: 'aaa',
  HA_EM: 'aaa',
  BGP: 'bgp',
  LDP: 'ldp',
};
const facilityForm = /%([A-Z][A-Z0-9_]{1,30})-[0-7]-[A-Z0-9_]{1,64}:/;
const tagForm = /^([\w./-]{1,64}?)(?:\[\d+\])?:?(?:\s|$)/;

const linux = kindOf('any other program', ['syslog']);
const byProgram = new Map(
  Object.entries(programs).map(([name, services]) => [name, kindOf(name, [...services, 'syslog'])]),
);
for (const [name, service] of Object.entries(webServers)) {
  byProgram.set(name, { about: name, logsources: [...linux.logsources, { service }], fields: {} });
}
const byFacility = new Map(
  Object.entries(facilities).map(([name, service]) => [
    name,
    { about: `Cisco ${name}`, logsources: [{ product: 'cisco', service }], fields: {} },
  ]),
);
const auditKind: SourceKind = { about: 'audit log', logsources: [{ product: 'linux', service: 'auditd' }], fields: {} };

function kindOf(about: string, services: readonly string[]): SourceKind {
  return { about, logsources: services.map((service): SigmaLogsource => ({ product: 'linux', service })), fields: {} };
}

/**
 * A line of syslog, or of Linux's audit log, whose members are then its fields. Keywords are looked for in the whole line.
 * The times of RFC 3164 name no year, so such an event has the time it is read at.
 */
export function syslogEvent(fields: JsonObject, line: string): SigmaEvent {
  const message = textAt(fields, 'message')?.trimStart() ?? line;
  const audit = parseAuditLine(message) ?? parseAuditLine(line);
  if (audit !== undefined)
    return new MappedEvent(auditKind, { ...fields, ...audit.record }, { line, atUs: audit.atUs });
  const [, path = ''] = tagForm.exec(textAt(fields, 'tag') ?? '') ?? [];
  const facility = facilityForm.exec(line)?.[1];
  const program = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const kind = (facility === undefined ? undefined : byFacility.get(facility)) ?? byProgram.get(program) ?? linux;
  const stamp = /\d{4}-\d\d-\d\dT[\d:.,]{8,20}(?:Z|[+-]\d\d:?\d\d)/.exec(line.slice(0, 64))?.[0];
  return new MappedEvent(kind, fields, {
    line,
    atUs: stamp === undefined ? undefined : timeOf(stamp.replace(',', '.')),
  });
}

/** The kinds with fields of their own, for the page on Sigma. */
export const textMappings: readonly SourceKind[] = [accessKind, dnsKind];
/** Which program, and which facility, is which service, for the page on Sigma. */
export const syslogServices = { programs, webServers, facilities } as const;
