import type { ListedValue } from '@comity/protocol/values';

/**
 * What the sample's made-up intelligence lists. Addresses and names are reserved for documentation (RFC 5737, RFC 3849,
 * RFC 2606), so nothing in it can be anybody's.
 */
export const listed = {
  controlName: { kind: 'domain', value: 'update-check.example' },
  phishingName: { kind: 'domain', value: 'login-bank.example' },
  lureName: { kind: 'domain', value: 'invoice-portal.example' },
  controlAddress: { kind: 'ipv4', value: '192.0.2.66' },
  controlPort: { kind: 'ipv4', value: '192.0.2.210', port: 8443 },
  scanners: { kind: 'ipv4', value: '203.0.113.64/28' },
  controlAddress6: { kind: 'ipv6', value: '2001:db8:66::bad' },
  kit: { kind: 'url', value: 'files.example.net/kit/*' },
  payload: { kind: 'url', value: 'cdn.example.org/dl/setup.js' },
  sender: { kind: 'email', value: 'billing@mailer.example' },
  dropper: { kind: 'sha256', value: '5a0c1f0e9b7d4c3aa8f16e2d7b90c4e35f1286ad43b7e09c1d58f2b6a4c7e913' },
  loader: { kind: 'md5', value: '1f3870be274f6c49b3e31a0c6728957f' },
  /** Digest of the empty file: every known-good gate holds it back, so the sample shows one held-back value. */
  emptyFile: { kind: 'sha256', value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  /** Listed with a `valid_until` that is over: kept, not screened. */
  former: { kind: 'domain', value: 'old-campaign.example' },
} as const satisfies Record<string, ListedValue>;
