import { valueAt } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import type { SigmaLogsource } from '@comity/protocol/sigma';
import type { FieldSource, SourceKind } from './source-kind.ts';
import { textAt } from './source-kind.ts';
import { urlFields } from './web-fields.ts';

/** `MD5=…,SHA256=…` as Sysmon writes digests, of ECS's members. */
function hashes(prefix: string): FieldSource {
  return {
    says: `${prefix}.md5, .sha1, .sha256`,
    of: (record) => {
      const parts = ['md5', 'sha1', 'sha256'].flatMap((name) => {
        const digest = textAt(record, `${prefix}.${name}`);
        return digest === undefined ? [] : [`${name.toUpperCase()}=${digest.toUpperCase()}`];
      });
      return parts.length === 0 ? undefined : parts.join(',');
    },
  };
}

const initiated: FieldSource = {
  says: 'network.direction, egress and outbound are true',
  of: (record) => {
    const direction = textAt(record, 'network.direction');
    return direction === undefined ? undefined : String(direction === 'egress' || direction === 'outbound');
  },
};
const user: FieldSource = {
  says: 'user.domain\\user.name',
  of: (record) => {
    const name = textAt(record, 'user.name');
    const domain = textAt(record, 'user.domain');
    return name === undefined || domain === undefined ? name : `${domain}\\${name}`;
  },
};

/** Fields of host events under Sysmon's names. */
const hostFields: Readonly<Record<string, readonly FieldSource[]>> = {
  Image: ['process.executable', 'process.name'],
  CommandLine: ['process.command_line'],
  CurrentDirectory: ['process.working_directory'],
  ProcessId: ['process.pid'],
  ProcessGuid: ['process.entity_id'],
  OriginalFileName: ['process.pe.original_file_name'],
  Product: ['process.pe.product'],
  Description: ['process.pe.description'],
  Company: ['process.pe.company'],
  FileVersion: ['process.pe.file_version'],
  ParentImage: ['process.parent.executable', 'process.parent.name'],
  ParentCommandLine: ['process.parent.command_line'],
  ParentProcessId: ['process.parent.pid'],
  ParentProcessGuid: ['process.parent.entity_id'],
  User: [user],
  Hashes: [hashes('process.hash')],
  TargetFilename: ['file.path'],
  ImageLoaded: ['dll.path', 'file.path'],
  TargetObject: ['registry.path'],
  Details: ['registry.data.strings'],
  Initiated: [initiated],
  Protocol: ['network.transport'],
  SourceIp: ['source.ip'],
  SourcePort: ['source.port'],
  SourceHostname: ['source.domain'],
  DestinationIp: ['destination.ip'],
  DestinationPort: ['destination.port'],
  DestinationHostname: ['destination.domain'],
  QueryName: ['dns.question.name'],
  QueryResults: ['dns.answers.data', 'dns.resolved_ip'],
};
const webFields: Readonly<Record<string, readonly FieldSource[]>> = {
  ...urlFields({
    target: (record) => textAt(record, 'url.original') ?? textAt(record, 'url.full') ?? targetOfParts(record),
    host: (record) => textAt(record, 'url.domain') ?? textAt(record, 'destination.domain'),
    says: 'url.original, url.full or its parts',
  }),
  'cs-method': ['http.request.method'],
  'cs-host': ['url.domain', 'destination.domain'],
  'r-dns': ['url.domain', 'destination.domain'],
  'c-useragent': ['user_agent.original'],
  'cs-user-agent': ['user_agent.original'],
  'cs-referer': ['http.request.referrer'],
  'cs-referrer': ['http.request.referrer'],
  'sc-status': ['http.response.status_code'],
  'cs-version': ['http.version'],
  'cs-username': ['user.name'],
  'c-ip': ['source.ip', 'client.ip'],
  's-ip': ['destination.ip', 'server.ip'],
  src_ip: ['source.ip', 'client.ip'],
  dst_ip: ['destination.ip', 'server.ip'],
};
const networkFields: Readonly<Record<string, readonly FieldSource[]>> = {
  src_ip: ['source.ip', 'client.ip'],
  src_port: ['source.port', 'client.port'],
  dst_ip: ['destination.ip', 'server.ip'],
  dst_port: ['destination.port', 'server.port'],
  username: ['user.name'],
  action: ['event.action'],
  query: ['dns.question.name'],
  record_type: ['dns.question.type'],
  answer: ['dns.answers.data', 'dns.resolved_ip'],
};

function targetOfParts(record: JsonObject): string | undefined {
  const path = textAt(record, 'url.path');
  const query = textAt(record, 'url.query');
  return path === undefined || query === undefined ? path : `${path}?${query}`;
}

/** Which events are of which generic categories, by what they hold, and which fields they have then. */
const hostCategories: readonly (readonly [category: string, is: (record: JsonObject) => boolean])[] = [
  ['process_creation', (record) => isOf(record, 'process', 'start')],
  ['process_termination', (record) => isOf(record, 'process', 'end')],
  ['file_event', (record) => isOf(record, 'file', 'creation')],
  ['file_change', (record) => isOf(record, 'file', 'change')],
  ['file_delete', (record) => isOf(record, 'file', 'deletion')],
  ['image_load', (record) => isOf(record, 'library', undefined)],
  ['driver_load', (record) => isOf(record, 'driver', undefined)],
  ['registry_set', (record) => isOf(record, 'registry', 'change')],
  ['registry_event', (record) => isOf(record, 'registry', undefined)],
  ['dns_query', (record) => isOnHost(record) && textAt(record, 'dns.question.name') !== undefined],
  ['network_connection', (record) => isOnHost(record) && isOf(record, 'network', undefined)],
];
const networkCategories: readonly (readonly [
  logsources: readonly SigmaLogsource[],
  path: string,
  fields: SourceKind['fields'],
])[] = [
  [[{ category: 'dns' }, { category: 'network', service: 'dns' }], 'dns.question.name', networkFields],
  [[{ category: 'proxy' }, { category: 'webserver' }], 'http.request.method', webFields],
  [[{ category: 'firewall' }, { category: 'network', service: 'connection' }], 'destination.ip', networkFields],
];

/** Whether the event is of a category, and of a type where one is asked for. Spec: ECS, "event.category", "event.type". */
function isOf(record: JsonObject, category: string, type: string | undefined): boolean {
  return (
    has(valueAt(record, 'event.category'), category) && (type === undefined || has(valueAt(record, 'event.type'), type))
  );
}

function has(value: unknown, word: string): boolean {
  return Array.isArray(value) ? value.includes(word) : value === word;
}

/** Whether a process stands behind what the record shows: what a sensor on the network cannot know. */
function isOnHost(record: JsonObject): boolean {
  return textAt(record, 'process.executable') !== undefined || textAt(record, 'process.name') !== undefined;
}

/** Systems by the name of their family or kernel. */
function productOf(record: JsonObject): string | undefined {
  const system =
    textAt(record, 'host.os.type') ?? textAt(record, 'host.os.family') ?? textAt(record, 'host.os.platform');
  const name = system?.toLowerCase();
  if (name === 'darwin') return 'macos';
  if (name === 'debian' || name === 'redhat' || name === 'ubuntu' || name === 'suse') return 'linux';
  return name;
}

/** What is the same for records of the same combination: few, so that lists of log sources can be compared by identity. */
const known = new Map<string, SourceKind>();
const knownMax = 512;

/** What a document in the Elastic Common Schema is, by its categories, types and system. */
export function ecsKind(record: JsonObject): SourceKind {
  const host = hostCategories.filter(([, is]) => is(record)).map(([category]) => category);
  const network = networkCategories.map(([, path]) => textAt(record, path) !== undefined);
  const product = host.length === 0 ? undefined : productOf(record);
  const key = JSON.stringify([host, network, product]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const logsources: SigmaLogsource[] = host.map((category) =>
    product === undefined ? { category } : { product, category },
  );
  const shown = networkCategories.filter((_, index) => network[index] === true);
  for (const [sources] of shown) logsources.push(...sources);
  const fields: SourceKind['fields'] = Object.assign(
    {},
    ...shown.map(([, , own]) => own).toReversed(),
    host.length === 0 ? {} : hostFields,
  );
  const kind = { about: 'ECS', logsources, fields };
  if (known.size < knownMax) known.set(key, kind);
  return kind;
}

/** The kinds with fields of their own, for the page on Sigma. */
export const ecsMappings: readonly SourceKind[] = [
  {
    about: 'ECS, events of hosts',
    logsources: hostCategories.map(([category]) => ({ product: 'host.os.type', category })),
    fields: hostFields,
  },
  { about: 'ECS with http', logsources: networkCategories[1]![0], fields: webFields },
  {
    about: 'ECS with dns or addresses',
    logsources: [...networkCategories[0]![0], ...networkCategories[2]![0]],
    fields: networkFields,
  },
];
