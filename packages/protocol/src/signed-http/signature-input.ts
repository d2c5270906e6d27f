import { limits, recogniseBase64 } from '../base/index.ts';
import type { Freshness } from './message.ts';
import { refuse } from './refusal.ts';
import type { SignatureRefusal } from './refusal.ts';

/** The one label a signature of ours has, and the tag that says which agreement it was made under. */
const label = 'comity';
const tag = 'comity/1';
const fieldCharsMax = 1024;

/** What a message says of its signature. */
export interface SignatureInput {
  /** Components as they stand there: `"@method"`, `"signature";req`. */
  readonly components: readonly string[];
  /** The inner list with its parameters, character for character: what `@signature-params` is (RFC 9421 §2.3). */
  readonly params: string;
  readonly createdSeconds: number;
  readonly expiresSeconds: number;
  readonly nonce: string;
  readonly keyId: string;
}

/** The parameters of a signature, its components in front (RFC 9421 §2.3). */
export function printParams(components: readonly string[], keyId: string, freshness: Freshness): string {
  const { createdSeconds, lifetimeSeconds, nonce } = freshness;
  const expires = createdSeconds + lifetimeSeconds;
  return `(${components.join(' ')});created=${createdSeconds};expires=${expires};nonce="${nonce}";keyid="${keyId}";alg="ed25519";tag="${tag}"`;
}

/** The field with a value under the label. */
export function labelled(value: string): string {
  return `${label}=${value}`;
}

/**
 * What is signed (RFC 9421 §2.5): a line for each component, then the parameters.
 *
 * @param lines - component identifiers as they stand in the parameters, with their values; a value has no line end, since no header
 *   field has.
 */
export function signatureBase(lines: readonly (readonly [string, string])[], params: string): string {
  return [...lines.map(([component, value]) => `${component}: ${value}`), `"@signature-params": ${params}`].join('\n');
}

const component = /"[a-z@-]{1,32}"(?:;req)?/y;
const parameter = /;([a-z]{1,16})=(?:(\d{1,15})|"([\x20-\x21\x23-\x5b\x5d-\x7e]{0,256})")/y;

/**
 * Reads `Signature-Input`. One member of one label, components and parameters in any order and none twice, each in the one form
 * RFC 8941 §4.1 writes it in: what is signed is this text, so nobody may read it in two ways.
 *
 * @param field - hostile.
 */
export function readSignatureInput(field: string): SignatureInput | SignatureRefusal {
  const start = `${label}=(`;
  if (field.length > fieldCharsMax || !field.startsWith(start))
    return refuse('malformed', `Signature-Input is not one member ${label}=(…) of at most ${fieldCharsMax} characters`);
  const components: string[] = [];
  let at = start.length;
  while (field[at] !== ')') {
    const found = matchAt(component, field, at);
    if (found === undefined) return refuse('malformed', `Signature-Input has no component at column ${at + 1}`);
    components.push(found[0]);
    at += found[0].length;
    if (field[at] === ' ' && field[at + 1] !== ')') at += 1;
    else if (field[at] !== ')') return refuse('malformed', `Signature-Input has no component at column ${at + 1}`);
  }
  at += 1;
  const parameters = new Map<string, string>();
  let count = 0;
  for (; at < field.length; count += 1) {
    const found = matchAt(parameter, field, at);
    if (found === undefined) return refuse('malformed', `Signature-Input has no parameter at column ${at + 1}`);
    // A number and a text are told apart by the quotation mark, which no value has.
    parameters.set(found[1]!, found[2] ?? `"${found[3]}"`);
    at += found[0].length;
  }
  if (parameters.size !== count || new Set(components).size !== components.length)
    return refuse('malformed', 'Signature-Input names something twice');
  return readParameters(parameters, components, field.slice(label.length + 1));
}

function matchAt(form: RegExp, text: string, at: number): RegExpExecArray | undefined {
  form.lastIndex = at;
  return form.exec(text) ?? undefined;
}

const forms: Readonly<Record<string, RegExp>> = {
  created: /^\d+$/,
  expires: /^\d+$/,
  nonce: /^"[A-Za-z0-9_-]{22,64}"$/,
  keyid: /^"[A-Za-z0-9._~-]{1,256}"$/,
  alg: /^"ed25519"$/,
  tag: /^"comity\/1"$/,
};

function readParameters(
  parameters: ReadonlyMap<string, string>,
  components: readonly string[],
  params: string,
): SignatureInput | SignatureRefusal {
  for (const [name, form] of Object.entries(forms))
    if (!form.test(parameters.get(name) ?? ''))
      return refuse('malformed', `Signature-Input has no ${name} that can be used`);
  if (parameters.size !== Object.keys(forms).length)
    return refuse('malformed', `Signature-Input has a parameter besides ${Object.keys(forms).join(', ')}`);
  const text = (name: string): string => parameters.get(name)!.replaceAll('"', '');
  const [createdSeconds, expiresSeconds] = [Number(text('created')), Number(text('expires'))];
  const lifetime = expiresSeconds - createdSeconds;
  if (lifetime < 1 || lifetime > limits.signatureLifetimeSecondsMax)
    return refuse(
      'malformed',
      `Signature-Input is valid for ${lifetime} s, not 1 to ${limits.signatureLifetimeSecondsMax}`,
    );
  return { components, params, createdSeconds, expiresSeconds, nonce: text('nonce'), keyId: text('keyid') };
}

/** The 64 bytes of the field `Signature`; undefined when it is not one member under the label. */
export function readSignature(field: string): Uint8Array | undefined {
  const [, base64 = ''] = /^comity=:([A-Za-z0-9+/=]{0,128}):$/.exec(field) ?? [];
  const bytes = recogniseBase64(base64);
  return bytes?.length === 64 ? bytes : undefined;
}
