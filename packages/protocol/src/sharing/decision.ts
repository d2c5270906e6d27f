/** The layers of a decision: rules nobody can change, the federation's, the member's own. */
export const decisionLayers = ['floor', 'charter', 'law'] as const;
/** One of {@link decisionLayers}. */
export type DecisionLayer = (typeof decisionLayers)[number];

/** One rule that had a say in a decision. */
export interface DecisionReason {
  readonly layer: DecisionLayer;
  /** `floor.tlp-amber`, `charter.permits`, or the `@id` of a policy of the law. */
  readonly ruleId: string;
  readonly effect: 'permit' | 'forbid';
  /** A sentence for people. */
  readonly says: string;
  /** Where it is written: a section of a standard, the `@law` of a policy. */
  readonly citation: string;
}

/** What whoever gets an allowed object has to keep. */
export const obligations = ['name-origin', 'hide-origin', 'no-notification', 'no-resale', 'no-live-links'] as const;
/** One of {@link obligations}. */
export type Obligation = (typeof obligations)[number];

/**
 * An answer with its reasons. Any layer that forbids makes it `deny`, and so do a missing permit and an error.
 *
 * `reasons`: of a `deny` every rule that stands against it, of an `allow` every rule that permits it; never empty.
 */
export interface Decision {
  readonly result: 'allow' | 'deny';
  readonly reasons: readonly DecisionReason[];
  /** Empty of a `deny`. */
  readonly obligations: readonly Obligation[];
  /** SHA-256 of the text of the law that was asked, hexadecimal. */
  readonly lawHash: string;
}
