import { limits } from '../base/index.ts';
import { ipv4NumberOf } from './address.ts';
import { refang } from './fang.ts';
import type { ListedValue, Value, ValueKind } from './kinds.ts';
import { normalListedNameOf } from './name.ts';
import { normalAddressOf, normalEmailOf } from './parse.ts';
import { isKnownSuffix, isRegistrySuffix } from './suffix.ts';
import { hostPartsOf, urlPartsOf, urlTextOf } from './url.ts';
import type { UrlParts } from './url.ts';

/** How a bare token is judged. */
export interface RecogniseOptions {
  /**
   * Whether a name may end in any label that is not a number (`.onion`, `.bit`, `.lib`) and may itself be a public suffix.
   * Only for structured lists of names: with it `style.css` is a name.
   */
  readonly anySuffix?: boolean;
}

const digestKinds: Partial<Record<number, ValueKind>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' };
const hexadecimal = /^[0-9a-fA-F]+$/;
const plainName = /^[a-z0-9._-]+$/;

/**
 * Recognises a bare token of unknown kind, as feeds list them, and gives its normal form: address, `ip:port`,
 * `[v6]:port`, network, name, `name:port`, `host/path`, URL, e-mail address, digest; defanged ones too.
 *
 * A URL with nothing behind its host (`http://192.0.2.1:8080`) says no more than that host and port, and is listed as
 * such; `http://192.0.2.1/` is the URL of the root. File names, versions and numbers are no values.
 *
 * @param token - Untrusted, any length.
 * @returns Undefined when it is none of these. Never throws.
 */
export function recogniseValue(token: string, options: RecogniseOptions = {}): ListedValue | undefined {
  if (token.length > limits.valueCharsMax) return undefined;
  if (plainName.test(token)) return plainValueOf(token, options);
  const text = refang(token.trim());
  if (text.includes('://')) return urlOrHostOf(text, options);
  if (text.includes('@') && !text.includes('/')) {
    const email = normalEmailOf(text);
    if (email === undefined) return undefined;
    return isAcceptable(email.slice(email.lastIndexOf('@') + 1), options) ? { kind: 'email', value: email } : undefined;
  }
  if (text.startsWith('[')) return /[/?]/.test(text) ? urlOrHostOf(text, options) : hostOf(hostPartsOf(text), options);
  const colon = text.indexOf(':');
  const isIpv6 = colon >= 0 && text.indexOf(':', colon + 1) >= 0;
  if (isIpv6) {
    const address = normalAddressOf(text, 'ipv6');
    if (address !== undefined) return address;
  }
  const slash = text.search(/[/?]/);
  if (slash >= 0) {
    const network = normalAddressOf(text, 'ipv4');
    return network ?? urlOrHostOf(text, options);
  }
  return colon < 0 ? plainValueOf(text, options) : hostOf(hostPartsOf(text), options);
}

function plainValueOf(text: string, options: RecogniseOptions): ListedValue | undefined {
  const last = text.charCodeAt(text.length - 1);
  if (last >= 48 && last <= 57 && ipv4NumberOf(text) >= 0) return { kind: 'ipv4', value: text };
  const digest = digestKinds[text.length];
  if (digest !== undefined && hexadecimal.test(text)) return { kind: digest, value: text.toLowerCase() };
  const name = normalListedNameOf(text);
  return name !== undefined && isAcceptable(name, options) ? { kind: 'domain', value: name } : undefined;
}

function isAcceptable(name: string, options: RecogniseOptions): boolean {
  if (options.anySuffix === true) return true;
  const lastDot = name.lastIndexOf('.');
  if (!isKnownSuffix(name.slice(lastDot + 1))) return false;
  return name.indexOf('.') !== lastDot || !isRegistrySuffix(name);
}

function urlOrHostOf(text: string, options: RecogniseOptions): ListedValue | undefined {
  const parts = urlPartsOf(text);
  if (parts === undefined) return undefined;
  if (parts.tail === '') return hostOf(parts, options);
  if (parts.hostKind === 'domain' && !isAcceptable(parts.host, options)) return undefined;
  const value = urlTextOf(parts);
  return value.length <= limits.valueCharsMax ? { kind: 'url', value } : undefined;
}

function hostOf(
  parts: Pick<UrlParts, 'host' | 'hostKind' | 'port'> | undefined,
  options: RecogniseOptions,
): ListedValue | undefined {
  if (parts === undefined || (parts.hostKind === 'domain' && !isAcceptable(parts.host, options))) return undefined;
  const value: Value = { kind: parts.hostKind, value: parts.host };
  return parts.port === undefined ? value : { ...value, port: parts.port };
}
