export { signRequest, signResponse } from './sign.ts';
export type { SignedFields } from './sign.ts';
export { verifyRequest, verifyResponse } from './verify.ts';
export type { SignedBy } from './verify.ts';
export { contentDigestOf } from './content-digest.ts';
export { signatureRefusals } from './refusal.ts';
export type { SignatureRefusal, SignatureRefusalReason } from './refusal.ts';
export type {
  Freshness,
  HttpContent,
  HttpFields,
  KeyOf,
  MessageSigner,
  ReceivedRequest,
  ReceivedResponse,
  RequestToSign,
  ResponseToSign,
  SignatureDeps,
} from './message.ts';
