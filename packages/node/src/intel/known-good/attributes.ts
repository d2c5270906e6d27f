import type { ValueKind } from '@comity/protocol/values';

/** MISP attribute types that hold a value of a kind: what a list's `matching_attributes` is compared with. */
const attributesOfKind = {
  domain: ['domain', 'hostname', 'domain|ip', 'hostname|port'],
  ipv4: ['ip-src', 'ip-dst', 'ip-src|port', 'ip-dst|port', 'domain|ip', 'ip'],
  ipv6: ['ip-src', 'ip-dst', 'ip-src|port', 'ip-dst|port', 'domain|ip', 'ip'],
  url: ['url', 'uri', 'link'],
  email: ['email', 'email-src', 'email-dst', 'email-reply-to', 'whois-registrant-email', 'dns-soa-email'],
  md5: ['md5', 'filename|md5', 'x509-fingerprint-md5'],
  sha1: ['sha1', 'filename|sha1', 'x509-fingerprint-sha1'],
  sha256: ['sha256', 'filename|sha256', 'x509-fingerprint-sha256'],
  sha512: ['sha512', 'filename|sha512'],
  'file-name': ['filename'],
  'process-name': ['process-name', 'filename'],
  mutex: ['mutex'],
  'registry-key': ['regkey', 'regkey|value'],
  mac: ['mac-address', 'mac-eui-64'],
  asn: ['AS'],
  ja3: ['ja3-fingerprint-md5'],
  other: ['other', 'text'],
} as const satisfies Record<ValueKind, readonly string[]>;

/** Whether a list meant for `attributes` judges values of `kind`; a list that names none judges all. */
export function judgesKind(attributes: readonly string[], kind: ValueKind): boolean {
  if (attributes.length === 0) return true;
  const ours: readonly string[] = attributesOfKind[kind];
  return attributes.some((attribute) => ours.includes(attribute));
}
