import { ComityError } from '../../base/index.ts';
import { parseValue, stixPathOf, valueKinds } from '../../values/index.ts';
import type { Value, ValueKind } from '../../values/index.ts';
import { findDigest } from '../read/digests.ts';
import { printPath } from '../write/print.ts';
import type { Literal, ObjectPath } from '../tree.ts';

/** The kind a path's property holds; `endpoint` is an address or a name, as the literal says. */
export type PathKind = ValueKind | 'endpoint';

const kindOfPath = new Map<string, PathKind>([
  ['domain-name:value', 'domain'],
  ['domain-name:resolves_to_refs[*].value', 'endpoint'],
  ['ipv4-addr:value', 'ipv4'],
  ['ipv4-addr:resolves_to_refs[*].value', 'mac'],
  ['ipv6-addr:value', 'ipv6'],
  ['ipv6-addr:resolves_to_refs[*].value', 'mac'],
  ['url:value', 'url'],
  ['email-addr:value', 'email'],
  ['email-message:from_ref.value', 'email'],
  ['email-message:sender_ref.value', 'email'],
  ['email-message:to_refs[*].value', 'email'],
  ['email-message:cc_refs[*].value', 'email'],
  ['email-message:bcc_refs[*].value', 'email'],
  ['email-message:body_multipart[*].body_raw_ref.name', 'file-name'],
  ['network-traffic:src_ref.value', 'endpoint'],
  ['network-traffic:dst_ref.value', 'endpoint'],
  ["network-traffic:extensions.'http-request-ext'.request_header.Host", 'endpoint'],
  ['file:name', 'file-name'],
  ['process:name', 'process-name'],
  ['process:image_ref.name', 'process-name'],
  ['process:binary_ref.name', 'process-name'],
  ['mutex:name', 'mutex'],
  ['windows-registry-key:key', 'registry-key'],
  ['mac-addr:value', 'mac'],
  ['autonomous-system:number', 'asn'],
]);
/** Custom type at which kinds stand that STIX has no property for: `[x-comity-value:ja3 = '…']`. */
export const ownType = 'x-comity-value';

for (const kind of Object.keys(valueKinds) as ValueKind[]) {
  const path = stixPathOf(kind) ?? `${ownType}:${kind}`;
  if (!kindOfPath.has(path)) kindOfPath.set(path, kind);
}

/** Which kind of value a path holds; undefined when it holds none that is listed. */
export function findPathKind(path: ObjectPath): PathKind | undefined {
  const { steps } = path;
  const key = steps.at(-1);
  if (steps.length === 1 && typeof key === 'string') return kindOfPath.get(`${path.type}:${key}`);
  if (steps.at(-2) === 'hashes') return typeof key === 'string' && isReached(steps) ? findDigest(key)?.kind : undefined;
  return kindOfPath.get(printPath(path));
}

/** Whether only references lead to `hashes`: a digest of a part (a PE section) is not the digest of a file. */
function isReached(steps: ObjectPath['steps']): boolean {
  return steps.slice(0, -2).every((step) => typeof step !== 'string' || /_refs?$/.test(step));
}

/** The path with a digest's key in its standard spelling, so that `hashes.sha256` and `hashes.'SHA-256'` are one. */
export function normalPath(path: ObjectPath): ObjectPath {
  const { steps } = path;
  if (steps.length < 2 || steps.at(-2) !== 'hashes') return path;
  const key = steps.at(-1);
  const name = typeof key === 'string' ? findDigest(key)?.name : undefined;
  return name === undefined || name === key ? path : { type: path.type, steps: [...steps.slice(0, -1), name] };
}

/**
 * The value a literal stands for at a path of this kind; undefined when it is none (an address with a blank in it).
 *
 * @throws nothing: what cannot be read as the kind is no value, and the plan says so.
 */
export function findValue(kind: PathKind, literal: Literal): Value | undefined {
  if (literal.kind !== 'string' && !(literal.kind === 'integer' && kind === 'asn')) return undefined;
  try {
    return parseValue(literal.value, kind === 'endpoint' ? endpointKind(literal.value) : kind);
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

const dottedForm = /^[0-9.]+(?:\/[0-9]+)?$/;
const macForm = /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$/;

function endpointKind(text: string): ValueKind {
  if (dottedForm.test(text)) return 'ipv4';
  if (macForm.test(text)) return 'mac';
  return text.includes(':') ? 'ipv6' : 'domain';
}

/**
 * The value a LIKE pattern lists, when a listed value can say the same: `%.evil.example` every name below, `http://h/p%`
 * every URL that begins so, no wildcard the value itself.
 */
export function findLikeValue(kind: PathKind, literal: Literal): Value | undefined {
  const text = literal.value;
  const wild = text.search(/[%_]/);
  if (wild < 0) return findValue(kind, literal);
  if (kind === 'domain' || kind === 'endpoint') {
    const suffix = text.slice(2);
    if (!text.startsWith('%.') || suffix === '' || /[%_*]/.test(suffix)) return undefined;
    return findValue('domain', { kind: 'string', value: `*.${suffix}` });
  }
  if (kind !== 'url') return undefined;
  // Any scheme is what a listed URL means anyway.
  const body = text.startsWith('%://') ? `http://${text.slice(4)}` : text;
  const prefix = body.slice(0, -1);
  const hasPath = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/]+\//.test(prefix);
  if (!body.endsWith('%') || !hasPath || /[%_*]/.test(prefix)) return undefined;
  return findValue('url', { kind: 'string', value: `${prefix}*` });
}

const metaForm = /[\\^$.|?*+()[\]{}]/;

/**
 * The value a regular expression lists, when it is a text in disguise: `^literal$`, or for URLs also `^https?://h/literal`,
 * which LIKE cannot say when the literal holds a `%` or `_`.
 */
export function findMatchesValue(kind: PathKind, literal: Literal): Value | undefined {
  const text = literal.value;
  if (!text.startsWith('^')) return undefined;
  const whole = text.endsWith('$') && !text.endsWith('\\$');
  const source = text.slice(1, whole ? -1 : undefined).replace(/^https\?:/, 'http:');
  const plain = undoEscapes(source);
  if (plain === undefined) return undefined;
  if (whole) return findValue(kind, { kind: 'string', value: plain });
  if (kind !== 'url' || !/^https?:\/\/[^/]+\//.test(plain) || plain.endsWith('*')) return undefined;
  return findValue('url', { kind: 'string', value: `${plain}*` });
}

/** The literal text of a regular expression without operators; undefined when it has one. */
function undoEscapes(source: string): string | undefined {
  let text = '';
  for (let at = 0; at < source.length; at++) {
    let sign = source.charAt(at);
    if (sign === '\\') {
      sign = source.charAt(++at);
      // \d, \x41 and the like are operators; only signs are escaped to be themselves.
      if (sign === '' || /[a-zA-Z0-9]/.test(sign)) return undefined;
    } else if (metaForm.test(sign)) return undefined;
    text += sign;
  }
  return text;
}
