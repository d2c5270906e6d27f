/** Bytes of an element of ristretto255 (RFC 9497 §4.1). */
export const elementBytes = 32;
/** Bytes of a scalar. */
export const scalarBytes = 32;
/** Bytes of a proof: two scalars. */
export const proofBytes = 2 * scalarBytes;

/** Gives `count` unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** Key of a holder for one epoch. */
export interface OprfKey {
  /** Scalar, little-endian. */
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** An input as it is sent, and what only the asker may know of it. */
export interface Blinded {
  /** Scalar: never sent, never used again. */
  readonly blind: Uint8Array;
  readonly element: Uint8Array;
}

/** What the holder made of blinded inputs, with one proof that all of it comes of its key. */
export interface Evaluation {
  readonly elements: readonly Uint8Array[];
  readonly proof: Uint8Array;
}

/** One input on its way back. */
export interface Answered extends Blinded {
  readonly input: Uint8Array;
  readonly evaluated: Uint8Array;
}

/**
 * The verifiable oblivious pseudorandom function of RFC 9497 with ristretto255 and SHA-512, mode 0x01.
 *
 * An argument wherever it is used: the platform may have a faster one than {@link portableOprf}. All give the same bytes.
 */
export interface Oprf {
  /** The key of a seed (RFC 9497 §3.2.1). @param seed - 32 unpredictable bytes. */
  deriveKey(seed: Uint8Array, info: Uint8Array): OprfKey;
  /** Output of an input, for whoever has the key. */
  evaluate(secretKey: Uint8Array, input: Uint8Array): Uint8Array;
  blind(input: Uint8Array, randomBytes: RandomBytes): Blinded;
  /**
   * @param elements - hostile, of {@link elementBytes} each; 1 to `limits.lookupBatchMax`.
   * @throws {ComityError} `LOOKUP_MALFORMED` for what is no element, or the identity.
   */
  blindEvaluate(key: OprfKey, elements: readonly Uint8Array[], randomBytes: RandomBytes): Evaluation;
  /**
   * Outputs in the order of `items`, once the proof is verified.
   *
   * @param items - all that was evaluated together; `evaluated` is hostile, of {@link elementBytes} each.
   * @param publicKey - the key the holder has published; hostile.
   * @param proof - hostile, of {@link proofBytes}.
   * @throws {ComityError} `LOOKUP_UNPROVEN`.
   */
  finalize(items: readonly Answered[], publicKey: Uint8Array, proof: Uint8Array): Uint8Array[];
}
