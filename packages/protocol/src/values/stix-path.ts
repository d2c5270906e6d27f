import type { ValueKind } from './kinds.ts';

const paths: Partial<Record<ValueKind, string>> = {
  domain: 'domain-name:value',
  ipv4: 'ipv4-addr:value',
  ipv6: 'ipv6-addr:value',
  url: 'url:value',
  email: 'email-addr:value',
  md5: 'file:hashes.MD5',
  sha1: "file:hashes.'SHA-1'",
  sha256: "file:hashes.'SHA-256'",
  sha512: "file:hashes.'SHA-512'",
  'file-name': 'file:name',
  'process-name': 'process:name',
  mutex: 'mutex:name',
  'registry-key': 'windows-registry-key:key',
  mac: 'mac-addr:value',
  asn: 'autonomous-system:number',
};

/**
 * Object path of a STIX pattern that compares with a value of this kind. Undefined where STIX 2.1 has none: JA3
 * fingerprints and `other`.
 */
export function stixPathOf(kind: ValueKind): string | undefined {
  return paths[kind];
}
