import { limits, quote, utf8Bytes } from '../base/index.ts';
import { contentDigestOf } from './content-digest.ts';
import type { HttpFields, ReceivedRequest, ReceivedResponse, SignatureDeps } from './message.ts';
import { refuse } from './refusal.ts';
import type { SignatureRefusal } from './refusal.ts';
import { readSignature, readSignatureInput, signatureBase } from './signature-input.ts';
import type { SignatureInput } from './signature-input.ts';

/** A message somebody signed. */
export interface SignedBy {
  readonly kind: 'signed';
  readonly keyId: string;
  /**
   * With the key id, what no second message has until {@link SignedBy.expiresSeconds}: whoever acts on a request keeps it until then,
   * and refuses what comes again as `replayed`.
   */
  readonly nonce: string;
  /** POSIX time. */
  readonly expiresSeconds: number;
}

/**
 * Verifies a request that came in. It says nothing of whether the request was used before: see {@link SignedBy.nonce}.
 *
 * The attackers: whoever sits between two nodes and changes, delays or repeats what passes; another node that was sent the request
 * and passes it on to this one in its sender's name.
 *
 * @param request - hostile.
 * @param nowMs - milliseconds since the Unix epoch.
 */
export function verifyRequest(
  request: ReceivedRequest,
  nowMs: number,
  deps: SignatureDeps,
): SignedBy | SignatureRefusal {
  const linesFor = (targetUri: string): Map<string, string> =>
    new Map([
      ['"@method"', request.method],
      ['"@target-uri"', targetUri],
    ]);
  const verdict = verifyMessage(request, linesFor(request.targetUri), nowMs, deps);
  const { calledUri } = request;
  if (verdict.kind === 'signed' || verdict.reason !== 'tampered' || calledUri === undefined) return verdict;
  if (verifyMessage(request, linesFor(calledUri), nowMs, deps).kind === 'refused') return verdict;
  return refuse('wrong-audience', `it was signed for ${quote(calledUri)}, and this is ${quote(request.targetUri)}`);
}

/** Verifies a response to a request that was signed here. */
export function verifyResponse(
  response: ReceivedResponse,
  nowMs: number,
  deps: SignatureDeps,
): SignedBy | SignatureRefusal {
  const lines = new Map([
    ['"@status"', `${response.status}`],
    ['"signature";req', response.requestSignature],
  ]);
  return verifyMessage(response, lines, nowMs, deps);
}

interface Received {
  readonly fields: HttpFields;
  readonly body: Uint8Array;
}

function verifyMessage(
  { fields, body }: Received,
  lines: ReadonlyMap<string, string>,
  nowMs: number,
  { keyOf, crypto }: SignatureDeps,
): SignedBy | SignatureRefusal {
  const { 'signature-input': inputField, signature: signatureField } = fields;
  if (inputField === undefined || signatureField === undefined) return refuse('unsigned', 'it has no signature');
  const input = readSignatureInput(inputField);
  if ('kind' in input) return input;
  const signature = readSignature(signatureField);
  if (signature === undefined) return refuse('malformed', 'Signature is not one member comity=:…: of 64 bytes');
  const values = new Map([...lines, ...contentLines(fields, body)]);
  const problem = componentsProblem(input, values) ?? timeProblem(input, nowMs);
  if (problem !== undefined) return problem;
  const publicKey = keyOf(input.keyId);
  if (publicKey === undefined) return refuse('unknown-key', `nobody known here has the key ${quote(input.keyId)}`);
  if (body.length > 0 && contentDigestOf(body, crypto.sha256) !== fields['content-digest'])
    return refuse('bad-digest', 'its content does not have the digest it names');
  const base = signatureBase(
    input.components.map((component) => [component, values.get(component)!]), // looked for above
    input.params,
  );
  if (!crypto.verify({ algorithm: 'ed25519', publicKey, message: utf8Bytes(base), signature }))
    return refuse('tampered', 'it is not what the holder of its key signed');
  return { kind: 'signed', keyId: input.keyId, nonce: input.nonce, expiresSeconds: input.expiresSeconds };
}

/** Fields that say what the content is: without content they say nothing and are not signed. */
const contentFields = ['content-digest', 'content-type', 'content-encoding'] as const;

function contentLines(fields: HttpFields, body: Uint8Array): [string, string][] {
  if (body.length === 0) return [];
  // Digest and type are there whenever there is content: what is missing has no value that was signed.
  return contentFields
    .filter((name) => name !== 'content-encoding' || fields[name] !== undefined)
    .map((name) => [`"${name}"`, fields[name] ?? '']);
}

function componentsProblem(
  { components }: SignatureInput,
  values: ReadonlyMap<string, string>,
): SignatureRefusal | undefined {
  const missing = [...values.keys()].find((component) => !components.includes(component));
  if (missing !== undefined) return refuse('missing-component', `its signature does not cover ${missing}`);
  const more = components.find((component) => !values.has(component));
  return more === undefined ? undefined : refuse('malformed', `its signature covers ${more}, which has no place in it`);
}

function timeProblem({ createdSeconds, expiresSeconds }: SignatureInput, nowMs: number): SignatureRefusal | undefined {
  const nowSeconds = Math.floor(nowMs / 1000);
  if (expiresSeconds < nowSeconds)
    return refuse('stale', `its time ended ${nowSeconds - expiresSeconds} s ago, by the clock here`);
  const ahead = createdSeconds - nowSeconds;
  return ahead > limits.signatureAheadSecondsMax
    ? refuse('future', `it was signed ${ahead} s from now, by the clock here`)
    : undefined;
}
