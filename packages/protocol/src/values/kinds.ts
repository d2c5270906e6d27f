/**
 * The kinds of value an indicator can list and a record can contain.
 *
 * `screened`: the matcher looks for it in raw bytes. The others are indexed for search and correlation, and judged
 * on structured records by the pattern stage.
 */
export const valueKinds = {
  domain: { screened: true, label: 'domain' },
  ipv4: { screened: true, label: 'IPv4 address or network' },
  ipv6: { screened: true, label: 'IPv6 address or network' },
  url: { screened: true, label: 'URL' },
  email: { screened: true, label: 'e-mail address' },
  md5: { screened: true, label: 'MD5' },
  sha1: { screened: true, label: 'SHA-1' },
  sha256: { screened: true, label: 'SHA-256' },
  sha512: { screened: true, label: 'SHA-512' },
  'file-name': { screened: false, label: 'file name' },
  'process-name': { screened: false, label: 'process name' },
  mutex: { screened: false, label: 'mutex' },
  'registry-key': { screened: false, label: 'registry key' },
  mac: { screened: false, label: 'MAC address' },
  asn: { screened: false, label: 'AS number' },
  ja3: { screened: false, label: 'JA3 fingerprint' },
  other: { screened: false, label: 'other' },
} as const satisfies Record<string, { screened: boolean; label: string }>;

/** A kind of value; {@link valueKinds} says which are screened. */
export type ValueKind = keyof typeof valueKinds;

/**
 * A value in its one normal form (docs/spec/matching.md), as an indicator lists it or a record showed it.
 *
 * - `domain`: A-labels, lower case, no trailing dot. `*.evil.example` lists the names below, not the name itself.
 * - `ipv4`: dotted quad, or `192.0.2.0/24` for a network (host bits cleared; a /32 is the plain address).
 * - `ipv6`: RFC 5952 text, or with `/n`; an IPv4-mapped address is an `ipv4`.
 * - `url`: `host[:port]/path?query`: scheme, userinfo, default port and fragment dropped, host folded. A final `*`
 *   lists every URL that begins so. Ports 80 and 443 count as default whatever the scheme; IPv6 hosts are in brackets.
 * - `email`: domain folded, local part as written, lower case.
 * - digests and JA3: lower-case hexadecimal.
 * - `mac`: lower case with colons. `asn`: the decimal number. The rest: as written, without white space round it.
 */
export interface Value {
  readonly kind: ValueKind;
  readonly value: string;
}

/** A value an indicator lists; `port` restricts an address or name to one port, where the record has one. */
export interface ListedValue extends Value {
  readonly port?: number;
}
