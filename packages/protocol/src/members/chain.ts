import { canonicalJson, ComityError, limits, parseJson, parseUtf8 } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import type { TlogCrypto } from '../tlog/index.ts';
import { parseDescriptor, signedMessage } from './descriptor.ts';
import type { Descriptor, MemberKey } from './descriptor.ts';
import { timeUs } from './descriptor-form.ts';
import { malformed, unproven } from './fault.ts';
import type { KeyId } from './key-id.ts';

/**
 * How a descriptor follows the one before. `update`: the governance key stayed. `rotation`: the announced key took over, and the old one
 * signed as well. `recovery`: the announced key took over alone, since the old one is lost or stolen.
 */
export type DescriptorStep = 'update' | 'rotation' | 'recovery';

/** All that a member said of its node, verified from the first. */
export interface DescriptorChain {
  readonly member: MemberId;
  /** From the first to the one in force, at least one. */
  readonly descriptors: readonly Descriptor[];
  readonly current: Descriptor;
}

/**
 * Verifies descriptors from the first on. Times are not looked at: what was in force once is still what happened.
 *
 * @param descriptors - hostile; in their order.
 * @throws {ComityError} `MEMBER_UNPROVEN`, its reason one of `descriptorFaults`; `MEMBER_MALFORMED` for none, and for more than
 *   `limits.descriptorsMax`.
 */
export function verifyDescriptorChain(descriptors: readonly Descriptor[], crypto: TlogCrypto): DescriptorChain {
  const [first, ...rest] = descriptors;
  if (first === undefined || descriptors.length > limits.descriptorsMax)
    throw malformed(`Cannot use ${descriptors.length} descriptors: 1 to ${limits.descriptorsMax} are a member’s`);
  if (first.body.sequence !== 0)
    throw unproven('not-first', `Cannot trust descriptor ${first.body.sequence}: no first one stands before it`);
  verifySignatures(first, first.keys, [], crypto);
  let current = first;
  for (const next of rest) {
    verifyNextDescriptor(current, next, crypto);
    current = next;
  }
  return { member: first.member, descriptors: [...descriptors], current };
}

/**
 * Verifies that a descriptor follows one that was verified.
 *
 * The attacker: somebody who stole the governance key. He can change what is said, but not which key is announced, so the member takes
 * its name back with that one; and he cannot do both unseen, since two descriptors of one sequence are evidence.
 *
 * @param next - hostile.
 * @throws {ComityError} `MEMBER_UNPROVEN`, its reason one of `descriptorFaults`.
 */
export function verifyNextDescriptor(former: Descriptor, next: Descriptor, crypto: TlogCrypto): DescriptorStep {
  const place = `descriptor ${next.body.sequence}`;
  if (next.member !== former.member) throw unproven('other-member', `Cannot trust ${place}: it is of another member`);
  if (next.body.sequence !== former.body.sequence + 1)
    throw unproven('wrong-sequence', `Cannot trust ${place}: it does not come after ${former.body.sequence}`);
  if (next.body.previous !== former.hash)
    throw unproven('wrong-previous', `Cannot trust ${place}: what it follows is not the descriptor before it`);
  if (timeUs(next.body.issuedAt) < timeUs(former.body.issuedAt))
    throw unproven('back-in-time', `Cannot trust ${place}: it was issued before the one it follows`);
  const old = governanceKey(former);
  const { id } = governanceKey(next);
  if (id === old.id) {
    if (next.body.keys.nextGovernance !== former.body.keys.nextGovernance)
      throw unproven('commitment-changed', `Cannot trust ${place}: it announces another key, and its own stayed`);
    verifySignatures(next, next.keys, [], crypto);
    return 'update';
  }
  if (id !== former.body.keys.nextGovernance)
    throw unproven('not-committed', `Cannot trust ${place}: its governance key is not the one that was announced`);
  verifySignatures(next, next.keys, [old], crypto);
  return next.signatures.has(old.id) ? 'rotation' : 'recovery';
}

/** The governance key of a descriptor. */
export function governanceKey({ keys }: Descriptor): MemberKey {
  return keys[0]!; // stands first, and always does
}

/** Each key signs; others may only if named. */
function verifySignatures(
  descriptor: Descriptor,
  keys: readonly MemberKey[],
  others: readonly MemberKey[],
  crypto: TlogCrypto,
): void {
  const place = `descriptor ${descriptor.body.sequence}`;
  const known = new Map<KeyId, MemberKey>([...keys, ...others].map((key) => [key.id, key]));
  for (const id of descriptor.signatures.keys())
    if (!known.has(id)) throw unproven('foreign-signature', `Cannot trust ${place}: ${id} is none of its keys`);
  for (const { id, role } of keys)
    if (!descriptor.signatures.has(id))
      throw unproven('unsigned', `Cannot trust ${place}: its ${role} key ${id} did not sign it`);
  const message = signedMessage(descriptor.hash);
  for (const [id, signature] of descriptor.signatures) {
    const { role, algorithm, publicKey } = known.get(id)!; // looked for above
    if (!crypto.verify({ algorithm, publicKey, message, signature }))
      throw unproven('tampered', `Cannot trust ${place}: the signature of its ${role} key ${id} is not its own`);
  }
}

/**
 * Reads descriptors as `/.well-known/comity/nodes.json` gives them: an array in JSON.
 *
 * @param input - hostile; at most `limits.descriptorPageBytesMax` bytes.
 * @throws {ComityError} `MEMBER_MALFORMED`, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function parseDescriptors(input: Uint8Array, crypto: Pick<TlogCrypto, 'sha256'>): Descriptor[] {
  if (input.length > limits.descriptorPageBytesMax)
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read descriptors: ${input.length} bytes, at most ${limits.descriptorPageBytesMax} are read`,
    );
  const json = parseJson(parseUtf8(input, 'descriptors'), limits.descriptorPageBytesMax, 'descriptors');
  if (!Array.isArray(json)) throw malformed('Cannot read descriptors: they are no array');
  // The text of each is made anew: what is signed is the canonical one.
  return json.map((each) => parseDescriptor(canonicalJson(each), crypto.sha256));
}

/** Descriptors as {@link parseDescriptors} reads them, one a line. */
export function printDescriptors(descriptors: readonly Descriptor[]): string {
  return `[${descriptors.map(({ text }) => text).join(',\n')}]\n`;
}
