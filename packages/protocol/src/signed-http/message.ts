import type { SignatureClaim, TlogCrypto } from '../tlog/index.ts';

/** What a message carries. Bytes as they are sent: what compresses them has done so. */
export interface HttpContent {
  readonly body: Uint8Array;
  /** `Content-Type`. */
  readonly type: string;
  /** `Content-Encoding`, where there is one. */
  readonly encoding?: string | undefined;
}

/** A request that is to be signed. */
export interface RequestToSign {
  /** Upper case. */
  readonly method: string;
  /** Absolute URL as it is sent, without fragment. */
  readonly targetUri: string;
  readonly content?: HttpContent | undefined;
}

/** A response that is to be signed. */
export interface ResponseToSign {
  readonly status: number;
  readonly content?: HttpContent | undefined;
  /** The field `Signature` of the request it answers. */
  readonly requestSignature: string;
}

/** Header fields by their lower-case names; those that are not there are undefined. */
export type HttpFields = Readonly<Record<string, string | undefined>>;

/** A request that came in. */
export interface ReceivedRequest {
  readonly method: string;
  /** What was asked for, as this node calls itself: its URL, and path and query as they came. */
  readonly targetUri: string;
  /** The same as the sender may have called it, by the field `Host`: only to tell him of a wrong address. */
  readonly calledUri?: string | undefined;
  readonly fields: HttpFields;
  /** As it came, before it is decompressed; empty when there is none. */
  readonly body: Uint8Array;
}

/** A response that came in. */
export interface ReceivedResponse {
  readonly status: number;
  readonly fields: HttpFields;
  readonly body: Uint8Array;
  /** The field `Signature` of the request it answers. */
  readonly requestSignature: string;
}

/** What a message is signed with: an Ed25519 key in this process, in another, on a device. */
export interface MessageSigner {
  /** What its verifier knows it by: 1 to 256 characters of `A-Za-z0-9._~-`. */
  readonly keyId: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** When a signature is made, for how long, and what makes it one of its kind. */
export interface Freshness {
  /** POSIX time in seconds. */
  readonly createdSeconds: number;
  /** 1 to `limits.signatureLifetimeSecondsMax`. */
  readonly lifetimeSeconds: number;
  /** 22 to 64 characters of `A-Za-z0-9_-`, from at least 16 random bytes. */
  readonly nonce: string;
}

/** How a verifier finds the public key (Ed25519, 32 bytes) of a key id in a message; undefined when it knows none. */
export type KeyOf = (keyId: string) => Uint8Array | undefined;

/** What verifying is done with. */
export interface SignatureDeps {
  readonly keyOf: KeyOf;
  readonly crypto: Pick<TlogCrypto, 'sha256'> & { readonly verify: (claim: SignatureClaim) => boolean };
}
