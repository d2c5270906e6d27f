import type { JsonObject, JsonValue } from '../../base/index.ts';
import { ipv4NumberOf, ipv6GroupsOf } from '../../values/index.ts';
import type { ObjectRule } from './domain-rules.ts';
import {
  isCpe,
  isDomainName,
  isEmailAddress,
  isLanguageTag,
  isMacAddress,
  isMediaType,
  isServiceName,
  isUri,
} from './forms.ts';
import { characterSets } from './registries.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';
import { checkIpfix } from './structure-rules.ts';

/** Rules of observables (§6) by type, beyond their tables. */
export const observableRules: ReadonlyMap<string, ObjectRule> = new Map<string, ObjectRule>([
  ['artifact', checkArtifact],
  ['directory', (object, report) => checkCharacterSet(object, 'path', report)],
  ['domain-name', ({ value }, report) => checkForm(value, isDomainName, 'domain-form', 'a domain name', report)],
  ['email-addr', ({ value }, report) => checkForm(value, isEmailAddress, 'email-address', 'an e-mail address', report)],
  ['email-message', checkEmailMessage],
  ['file', checkFile],
  ['ipv4-addr', ({ value }, report) => checkForm(value, isIpv4, 'address-form', 'an IPv4 address or network', report)],
  ['ipv6-addr', ({ value }, report) => checkForm(value, isIpv6, 'address-form', 'an IPv6 address or network', report)],
  [
    'mac-addr',
    ({ value }, report) => checkForm(value, isMacAddress, 'address-form', 'a lower-case MAC address', report),
  ],
  ['network-traffic', checkNetworkTraffic],
  ['process', needAnyProperty],
  ['software', checkSoftware],
  ['url', ({ value }, report) => checkForm(value, isUri, 'url-form', 'a URL', report)],
  ['user-account', needAnyProperty],
  ['windows-registry-key', checkRegistryKey],
  ['x509-certificate', needAnyProperty],
]);

function checkForm(
  value: JsonValue | undefined,
  test: (text: string) => boolean,
  code: 'domain-form' | 'email-address' | 'address-form' | 'url-form',
  what: string,
  report: Report,
): void {
  if (typeof value === 'string' && !test(value))
    report.add(code, 'value', `Write ${what} as value, not ${shown(value)}`);
}

/** A dotted quad, alone or with the length of a prefix (§6.8). */
function isIpv4(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return ipv4NumberOf(text) >= 0;
  return ipv4NumberOf(text.slice(0, slash)) >= 0 && isPrefixLength(text.slice(slash + 1), 32);
}

/** §6.9. */
function isIpv6(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return ipv6GroupsOf(text) !== undefined;
  return ipv6GroupsOf(text.slice(0, slash)) !== undefined && isPrefixLength(text.slice(slash + 1), 128);
}

function isPrefixLength(text: string, bitsMax: number): boolean {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= bitsMax;
}

/** §6.1.1. */
function checkArtifact(artifact: JsonObject, report: Report): void {
  const {
    payload_bin: payload,
    url,
    hashes,
    mime_type: type,
    encryption_algorithm: algorithm,
    decryption_key: key,
  } = artifact;
  if (payload === undefined && url === undefined) report.add('property-choice', undefined, 'Add payload_bin or url');
  if (payload !== undefined && url !== undefined)
    report.add('property-conflict', 'url', 'Leave out url where payload_bin is');
  if (url !== undefined && hashes === undefined)
    report.add('property-dependency', 'hashes', 'Add hashes of what the url gives');
  if (typeof url === 'string' && !isUri(url)) report.add('url-form', 'url', `Write a URL as url, not ${shown(url)}`);
  if (key !== undefined && algorithm === undefined)
    report.add('property-dependency', 'decryption_key', 'Add the encryption_algorithm, or leave out decryption_key');
  if (typeof type === 'string' && !isMediaType(type))
    report.add('media-type-form', 'mime_type', `Write a media type as type/subtype, not ${shown(type)}`);
}

/** §6.3.1, §6.7.1: an encoding is named as IANA does, and is that of something. */
function checkCharacterSet(object: JsonObject, name: string, report: Report): void {
  const encoding = object[`${name}_enc`];
  if (typeof encoding !== 'string') return;
  if (!characterSets.has(encoding))
    report.add('character-set', `${name}_enc`, `Name a character set as IANA does, not ${shown(encoding)}`);
  if (object[name] === undefined)
    report.add('property-dependency', `${name}_enc`, `Add ${name}, or leave out ${name}_enc`);
}

/** §6.6.1. */
function checkEmailMessage(message: JsonObject, report: Report): void {
  const { is_multipart: isMultipart, body, body_multipart: parts } = message;
  if (isMultipart === true && body !== undefined)
    report.add('property-conflict', 'body', 'Leave out body of a message in parts');
  if (isMultipart === false && parts !== undefined)
    report.add('property-conflict', 'body_multipart', 'Leave out body_multipart of a message that is not in parts');
}

/** §6.7.1. */
function checkFile(file: JsonObject, report: Report): void {
  const { hashes, name, mime_type: type } = file;
  if (hashes === undefined && name === undefined) report.add('property-choice', undefined, 'Add hashes or name');
  checkCharacterSet(file, 'name', report);
  if (typeof type === 'string' && !isMediaType(type))
    report.add('media-type', 'mime_type', `Write a media type as type/subtype, not ${shown(type)}`);
}

/** §6.12.1. */
function checkNetworkTraffic(traffic: JsonObject, report: Report): void {
  const {
    src_ref: source,
    dst_ref: target,
    src_port: sourcePort,
    dst_port: targetPort,
    protocols,
    is_active: isActive,
    end,
  } = traffic;
  if (source === undefined && target === undefined) report.add('property-choice', undefined, 'Add src_ref or dst_ref');
  if (sourcePort === undefined || targetPort === undefined)
    report.add('network-ports', undefined, 'Add src_port and dst_port');
  if (isActive === true && end !== undefined)
    report.add('property-conflict', 'end', 'Leave out end while is_active is true');
  if (Array.isArray(protocols)) {
    for (const [index, protocol] of protocols.entries()) {
      if (typeof protocol !== 'string' || isServiceName(protocol)) continue;
      report.add('protocol-name', 'protocols', `Name protocol ${index} as IANA does, not ${shown(protocol)}`);
    }
  }
  checkIpfix(traffic, report);
}

/** §6.14.1. */
function checkSoftware({ cpe, languages }: JsonObject, report: Report): void {
  if (typeof cpe === 'string' && !isCpe(cpe))
    report.add('cpe-form', 'cpe', `Write a CPE 2.3 name as cpe, not ${shown(cpe)}`);
  if (!Array.isArray(languages)) return;
  for (const language of languages) {
    if (typeof language === 'string' && !isLanguageTag(language))
      report.add('language-tag', 'languages', `Write RFC 5646 language tags as languages, not ${shown(language)}`);
  }
}

/** §6.17.1. */
function checkRegistryKey(registryKey: JsonObject, report: Report): void {
  needAnyProperty(registryKey, report);
  const { key } = registryKey;
  if (typeof key === 'string' && /^(?:HKLM|HKCC|HKCR|HKCU|HKU)(?:\\|$)/i.test(key))
    report.add('registry-hive', 'key', `Write out the hive of ${shown(key)}`);
}

const commonToObservables: ReadonlySet<string> = new Set([
  'type',
  'id',
  'spec_version',
  'object_marking_refs',
  'granular_markings',
  'defanged',
]);

/** "At least one of the properties defined on this object MUST be included" (§6.13, §6.16, §6.17, §6.18). */
function needAnyProperty(object: JsonObject, report: Report): void {
  for (const name in object) if (!commonToObservables.has(name)) return;
  report.add('property-choice', undefined, 'Add at least one of the properties of its type');
}
