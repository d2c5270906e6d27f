import { assert, base64Of, utf8Bytes } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { contentDigestOf } from './content-digest.ts';
import type { Freshness, HttpContent, MessageSigner, RequestToSign, ResponseToSign } from './message.ts';
import { labelled, printParams, readSignatureInput, signatureBase } from './signature-input.ts';

/** Header fields to be sent with a signed message, by their lower-case names; what belongs to the content is among them. */
export interface SignedFields {
  readonly 'signature-input': string;
  readonly signature: string;
  readonly 'content-digest'?: string;
  readonly 'content-type'?: string;
  readonly 'content-encoding'?: string;
}

/**
 * Signs a request (RFC 9421 in the profile of docs/spec/members.md §5): method, target, and where there is content its digest, type and
 * encoding.
 */
export function signRequest(
  request: RequestToSign,
  signer: MessageSigner,
  freshness: Freshness,
  sha256: Sha256,
): SignedFields {
  const { method, targetUri, content } = request;
  return signLines(
    [
      ['"@method"', method],
      ['"@target-uri"', targetUri],
    ],
    content,
    signer,
    freshness,
    sha256,
  );
}

/** Signs a response to a signed request, which it names by its signature: no response fits another request (RFC 9421 §2.4). */
export function signResponse(
  response: ResponseToSign,
  signer: MessageSigner,
  freshness: Freshness,
  sha256: Sha256,
): SignedFields {
  const { status, requestSignature, content } = response;
  return signLines(
    [
      ['"@status"', `${status}`],
      ['"signature";req', requestSignature],
    ],
    content,
    signer,
    freshness,
    sha256,
  );
}

type Line = readonly [component: string, value: string];

function signLines(
  lines: readonly Line[],
  content: HttpContent | undefined,
  { keyId, sign }: MessageSigner,
  freshness: Freshness,
  sha256: Sha256,
): SignedFields {
  const fields = content === undefined || content.body.length === 0 ? {} : contentFields(content, sha256);
  const all = [...lines, ...Object.entries(fields).map(([name, value]): Line => [`"${name}"`, value])];
  const params = printParams(
    all.map(([component]) => component),
    keyId,
    freshness,
  );
  assert('params' in readSignatureInput(labelled(params)), `key id, nonce and lifetime have their forms: ${params}`);
  const signature = sign(utf8Bytes(signatureBase(all, params)));
  return { ...fields, 'signature-input': labelled(params), signature: labelled(`:${base64Of(signature)}:`) };
}

function contentFields(
  { body, type, encoding }: HttpContent,
  sha256: Sha256,
): Omit<SignedFields, 'signature' | 'signature-input'> {
  return {
    'content-digest': contentDigestOf(body, sha256),
    'content-type': type,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
}
