import { isIP } from 'node:net';
import type { JsonValue } from '@comity/protocol/base';
import { recogniseRecord, sigmaEventOf } from '@comity/screen';
import type { DottedFields } from './nested-fields.ts';

/** Texts of a list that are told. */
const listMax = 32;
/** Characters of one text that are told; the record itself is told too. */
const textCharsMax = 2048;

type Read = (value: JsonValue) => JsonValue | undefined;

const text: Read = (value) => {
  const found = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : value;
  return typeof found === 'string' && found !== '' && found !== '-' ? found.slice(0, textCharsMax) : undefined;
};
const address: Read = (value) => (typeof value === 'string' && isIP(value) !== 0 ? value : undefined);
const whole: Read = (value) => {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};
const portNumber: Read = (value) => {
  const number = whole(value);
  return typeof number === 'number' && number <= 65_535 ? number : undefined;
};
const name: Read = (value) =>
  typeof value === 'string' && isIP(value) === 0 && /^[^\s/:@<>"'\\]{1,253}$/.test(value)
    ? value.toLowerCase().replace(/\.$/, '')
    : undefined;
const method: Read = (value) => (typeof value === 'string' && /^[A-Za-z]{1,32}$/.test(value) ? value : undefined);
const lower: Read = (value) => {
  const found = text(value);
  return typeof found === 'string' ? found.toLowerCase() : undefined;
};
const url: Read = (value) =>
  typeof value === 'string' && /^[a-z][a-z0-9+.-]{0,20}:\/\//i.test(value) ? text(value) : undefined;
const digest =
  (characters: number): Read =>
  (value) =>
    typeof value === 'string' && value.length === characters && /^[0-9a-f]+$/i.test(value)
      ? value.toLowerCase()
      : undefined;

/**
 * Fields of the Elastic Common Schema, how their value is read, and where our readers have it: the names of the taxonomy of
 * Sigma, which stands for all formats (docs/spec/sigma.md), the field's own name first.
 */
const fields: readonly (readonly [field: string, read: Read, names: readonly string[]])[] = [
  ['source.ip', address, ['src_ip', 'SourceIp', 'c-ip']],
  ['source.port', portNumber, ['src_port', 'SourcePort']],
  ['source.domain', name, ['SourceHostname']],
  ['source.bytes', whole, []],
  ['destination.ip', address, ['dst_ip', 'DestinationIp', 's-ip']],
  ['destination.port', portNumber, ['dst_port', 'DestinationPort']],
  ['destination.domain', name, ['DestinationHostname']],
  ['destination.bytes', whole, []],
  ['network.transport', lower, ['Protocol']],
  ['network.protocol', lower, []],
  ['dns.question.name', name, ['QueryName']],
  ['dns.question.type', text, ['record_type']],
  ['url.full', url, ['c-uri']],
  ['url.original', text, ['cs-uri-query']],
  ['url.domain', name, ['cs-host', 'r-dns']],
  ['http.request.method', method, ['cs-method']],
  ['http.request.referrer', text, ['cs-referer']],
  ['http.response.status_code', whole, ['sc-status']],
  ['user_agent.original', text, ['c-useragent']],
  ['user.name', text, ['cs-username', 'User']],
  ['host.name', name, ['Computer']],
  ['process.executable', text, ['Image']],
  ['process.command_line', text, ['CommandLine']],
  ['process.pid', whole, ['ProcessId']],
  ['file.path', text, ['TargetFilename']],
  ['file.hash.md5', digest(32), []],
  ['file.hash.sha1', digest(40), []],
  ['file.hash.sha256', digest(64), []],
  ['file.hash.sha512', digest(128), []],
  ['registry.path', text, ['TargetObject']],
];

/** What a record shows, as fields of the Elastic Common Schema; nothing of a record that is of no format we read. */
export function shownFields(record: string): DottedFields {
  const read = recogniseRecord(record);
  if (read === undefined) return {};
  const event = sigmaEventOf(read.format, read);
  const shown: Record<string, JsonValue | undefined> = {};
  for (const [field, as, names] of fields) {
    for (const from of [field, ...names]) {
      const value = event.field(from);
      // Of several the first: none of these fields is a list.
      const found =
        value === undefined || value === null ? undefined : as(Array.isArray(value) ? (value[0] ?? null) : value);
      if (found === undefined) continue;
      shown[field] = found;
      break;
    }
  }
  if (event.logsources.some(({ category, service }) => category === 'dns' || service === 'dns')) {
    const query = event.field('query');
    const answers = [event.field('answer') ?? event.field('dns.answers.data') ?? []].flat();
    shown['dns.question.name'] ??= name((Array.isArray(query) ? query[0] : query) ?? null);
    const addresses = answers.flatMap((each) => address(each) ?? []).slice(0, listMax);
    if (addresses.length > 0) shown['dns.resolved_ip'] = [...new Set(addresses)];
  }
  return shown;
}
