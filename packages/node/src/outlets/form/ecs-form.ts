import { isIP } from 'node:net';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { Tlp } from '@comity/protocol/markings';
import type { ValueKind } from '@comity/protocol/values';
import { nestedFields } from './nested-fields.ts';
import type { DottedFields } from './nested-fields.ts';
import { shownFields } from './shown-fields.ts';
import type { Teller, ToldIndicator, ToldMatch } from './told-match.ts';

/** The version of the Elastic Common Schema whose fields are written. */
export const ecsVersion = '8.17.0';

/** How the schema writes TLP 2.0. */
const tlpWords: Readonly<Record<Tlp, string>> = {
  clear: 'CLEAR',
  green: 'GREEN',
  amber: 'AMBER',
  'amber+strict': 'AMBER+STRICT',
  red: 'RED',
};

/**
 * A match as a document of the Elastic Common Schema: an alert, with what the record shows in the fields of the schema, what
 * is listed under `threat.indicator`, and the record as it came in `event.original`.
 *
 * Our own reader of the schema reads it back and finds the same value (docs/spec/records.md, §2).
 */
export function ecsForm(match: ToldMatch, { hostname, version }: Teller): JsonObject {
  const { indicator, isTest = false } = match;
  const shown = match.record === '' ? {} : shownFields(match.record);
  return nestedFields({
    '@timestamp': match.recordedAt ?? match.at,
    'ecs.version': ecsVersion,
    message: messageOf(match),
    'event.kind': 'alert',
    'event.category': ['threat'],
    'event.type': ['indicator'],
    'event.module': 'comity',
    'event.dataset': 'comity.match',
    'event.id': match.id,
    'event.created': match.at,
    'event.original': match.record === '' ? undefined : match.record,
    'event.reason': reasonOf(match),
    'log.file.path': match.file === '' ? undefined : match.file,
    'observer.vendor': 'Comity',
    'observer.product': 'Comity',
    'observer.hostname': hostname,
    'observer.version': version,
    tags: tagsOf(match, isTest),
    labels: labelsOf(match),
    ...shown,
    ...ofValue(match, shown),
    ...relatedOf(match, shown),
    ...indicatorFields(match, indicator),
    ...(match.relation === 'pattern' ? ruleFields(indicator) : {}),
  });
}

/** For whoever looks at a list of alerts; the value is untrusted, so it stands in quotes. */
function messageOf({ isTest, value, sourceName }: ToldMatch): string {
  if (isTest === true) return 'Comity tries whether this outlet works: nothing was found';
  const where = sourceName === undefined || sourceName === '' ? '' : ` in ${JSON.stringify(sourceName)}`;
  return `Comity found ${JSON.stringify(value.slice(0, 300))}${where}`;
}

function reasonOf({ relation, indicator, value, port }: ToldMatch): string {
  const listed = JSON.stringify(indicator.listed.slice(0, 300));
  const says = {
    exact: `${listed} is listed`,
    subdomain: `below ${listed}, which is listed`,
    cidr: `in ${listed}, which is listed`,
    prefix: `begins as ${listed}, which is listed`,
    pattern: `the pattern ${JSON.stringify((indicator.name ?? value).slice(0, 300))} holds`,
  }[relation];
  return port === 'other' ? `${says} for another port` : says;
}

function tagsOf({ alarm, hunt }: ToldMatch, isTest: boolean): string[] {
  return [
    'comity',
    ...(alarm ? [] : ['no-alarm']),
    ...(hunt === undefined ? [] : ['hunt']),
    ...(isTest ? ['test'] : []),
  ];
}

/** What the schema has no field for. Values are texts, as it asks. */
function labelsOf({ relation, kind, port, field, sourceName, line, indicator: { label } }: ToldMatch): JsonObject {
  const labels: Record<string, string | undefined> = {
    relation,
    kind,
    port,
    field,
    source: sourceName,
    line: line === 0 ? undefined : String(line),
    pap: label?.pap?.toUpperCase(),
  };
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The value itself, where no field of the record that we know by name has it. */
function ofValue({ kind, value }: ToldMatch, shown: DottedFields): DottedFields {
  if (isDigest(kind)) return { [`file.hash.${kind}`]: value };
  const isMissing = shown['url.full'] === undefined && shown['url.original'] === undefined;
  return kind === 'url' && isMissing ? { 'url.original': value } : {};
}

function isDigest(kind: ValueKind): boolean {
  return kind === 'md5' || kind === 'sha1' || kind === 'sha256' || kind === 'sha512';
}

function relatedOf({ kind, value }: ToldMatch, shown: DottedFields): DottedFields {
  const texts = (...names: readonly string[]): string[] =>
    names.flatMap((name) => [shown[name] ?? []].flat()).filter((each) => typeof each === 'string');
  const distinct = (list: readonly string[]): JsonValue | undefined =>
    list.length === 0 ? undefined : [...new Set(list)];
  return {
    'related.ip': distinct([
      ...(isIP(value) === 0 ? [] : [value]),
      ...texts('source.ip', 'destination.ip', 'dns.resolved_ip'),
    ]),
    'related.hosts': distinct([
      ...(kind === 'domain' ? [value] : []),
      ...texts('dns.question.name', 'url.domain', 'source.domain', 'destination.domain', 'host.name'),
    ]),
    'related.hash': distinct([
      ...(isDigest(kind) ? [value] : []),
      ...texts('file.hash.md5', 'file.hash.sha1', 'file.hash.sha256', 'file.hash.sha512'),
    ]),
    'related.user': distinct(texts('user.name')),
  };
}

function indicatorFields({ kind, relation }: ToldMatch, indicator: ToldIndicator): DottedFields {
  const { label, provider } = indicator;
  return {
    ...(relation === 'pattern' ? {} : listedFields(kind, indicator.listed)),
    'threat.indicator.name': indicator.listed,
    'threat.indicator.id': indicator.id === undefined || indicator.id === '' ? undefined : [indicator.id],
    'threat.indicator.description': indicator.description ?? indicator.name,
    'threat.indicator.confidence': confidenceWord(indicator.confidence),
    'threat.indicator.modified_at': indicator.modified,
    'threat.indicator.marking.tlp': label && tlpWords[label.tlp],
    'threat.indicator.marking.tlp_version': label && '2.0',
    'threat.indicator.provider': provider,
    'threat.feed.name': provider,
  };
}

/** What is listed, by the kind of what was found: both are of one kind. */
function listedFields(kind: ValueKind, listed: string): DottedFields {
  // `10.0.0.7:443`, `[2001:db8::1]:443`, `a.example:443`
  const [, bare = listed, port] =
    /^\[?(.*?)\]?:(\d{1,5})$/.exec(isIP(listed) === 0 && kind !== 'url' ? listed : '') ?? [];
  const ported = port === undefined ? {} : { 'threat.indicator.port': Number(port) };
  if (isDigest(kind)) return { 'threat.indicator.type': 'file', [`threat.indicator.file.hash.${kind}`]: listed };
  if (kind === 'ipv4' || kind === 'ipv6') {
    // A network is no address: the field would refuse it.
    const address = isIP(bare) === 0 ? undefined : bare;
    return { 'threat.indicator.type': `${kind}-addr`, 'threat.indicator.ip': address, ...ported };
  }
  if (kind === 'domain')
    return { 'threat.indicator.type': 'domain-name', 'threat.indicator.url.domain': bare, ...ported };
  // Its normal form has no scheme.
  if (kind === 'url') return { 'threat.indicator.type': 'url', 'threat.indicator.url.original': listed };
  if (kind === 'email') return { 'threat.indicator.type': 'email-addr', 'threat.indicator.email.address': listed };
  return {};
}

/** The None/Low/Medium/High scale of STIX 2.1, Appendix A. */
function confidenceWord(confidence: number | undefined): string {
  if (confidence === undefined) return 'Not Specified';
  if (confidence <= 0) return 'None';
  if (confidence < 30) return 'Low';
  return confidence < 70 ? 'Medium' : 'High';
}

/** Of a Sigma rule or a pattern. */
function ruleFields({ id, name, listed, description }: ToldIndicator): DottedFields {
  return { 'rule.id': id, 'rule.name': name ?? listed, 'rule.description': description };
}
