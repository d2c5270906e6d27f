import type { MemberId } from '../base/index.ts';
import type { TlogCrypto } from '../tlog/index.ts';
import { verifyDescriptorChain } from './chain.ts';
import type { DescriptorChain } from './chain.ts';
import { parseDescriptor } from './descriptor.ts';
import { unproven } from './fault.ts';

/**
 * Evidence that a member said two things at once: two descriptors of one sequence, each verified from the first one on. Complete by
 * itself: anybody can verify it, and nobody without the member's governance key can have made it.
 *
 * Whether the member lied or was robbed it does not tell. Either way what comes after it is not to be followed until somebody has
 * spoken to them.
 */
export interface DoubleSpeaking {
  readonly member: MemberId;
  readonly sequence: number;
  /** What both follow, from the first descriptor on: at least one text. */
  readonly common: readonly string[];
  /** The two descriptors as text. */
  readonly spoken: readonly [string, string];
}

/** The evidence in two verified chains of one member, if there is any: where they part first. One may be longer. */
export function findDoubleSpeaking(one: DescriptorChain, other: DescriptorChain): DoubleSpeaking | undefined {
  const parted = one.descriptors.findIndex(
    ({ hash }, sequence) => other.descriptors[sequence] !== undefined && other.descriptors[sequence].hash !== hash,
  );
  // At the first descriptor part only those of two members: its hash is the member.
  if (parted < 1) return undefined;
  return {
    member: one.member,
    sequence: parted,
    common: one.descriptors.slice(0, parted).map(({ text }) => text),
    spoken: [one.descriptors[parted]!.text, other.descriptors[parted]!.text],
  };
}

/**
 * Verifies evidence somebody else gathered.
 *
 * @param evidence - hostile in what it says; that it has these fields is checked before.
 * @throws {ComityError} `MEMBER_UNPROVEN` when it shows nothing; else as `parseDescriptor` and `verifyDescriptorChain`.
 */
export function verifyDoubleSpeaking(evidence: DoubleSpeaking, crypto: TlogCrypto): void {
  const [one, other] = evidence.spoken.map((spoken) =>
    verifyDescriptorChain(
      [...evidence.common, spoken].map((text) => parseDescriptor(text, crypto.sha256)),
      crypto,
    ),
  ) as [DescriptorChain, DescriptorChain];
  const found = findDoubleSpeaking(one, other);
  if (found?.member === evidence.member && found.sequence === evidence.sequence) return;
  throw unproven('no-evidence', `Cannot use evidence against ${evidence.member}: it shows no two descriptors of it`);
}
