import { asOwnError, ComityError, limits, shortMemberId } from '@comity/protocol/base';
import {
  findDoubleSpeaking,
  parseDescriptors,
  verifyDescriptorChain,
  verifyNextDescriptor,
} from '@comity/protocol/members';
import type { Descriptor, DescriptorChain, DoubleSpeaking } from '@comity/protocol/members';
import type { ChainBook } from '../chain-book.ts';
import type { KnownMember, MembersDeps } from '../members.ts';
import type { Directory } from './directory.ts';

/** Pages of a chain that are read at once: more than a member may have of them. */
const pagesMax = 256;

/** What following a member needs. */
export type FollowDeps = Pick<MembersDeps, 'ask' | 'crypto' | 'onFault'> & {
  readonly directory: Directory;
  readonly chains: ChainBook;
};

/**
 * Reads what a node says of its member, from a sequence on.
 *
 * @throws {ComityError} `REMOTE_FAILED`, `ADDRESS_REFUSED`, `INPUT_TOO_LARGE`, `MEMBER_MALFORMED`, and what reading JSON throws.
 */
export async function readChain(
  url: string,
  from: number,
  { allowPrivate, signal }: { readonly allowPrivate: boolean; readonly signal?: AbortSignal },
  { ask, crypto }: Pick<MembersDeps, 'ask' | 'crypto'>,
): Promise<Descriptor[]> {
  const read: Descriptor[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const next = from + read.length;
    const { status, bytes } = await ask(`${url}/.well-known/comity/nodes.json?from=${next}`, {
      method: 'GET',
      headers: { accept: 'application/json' },
      allowPrivate,
      answerBytesMax: limits.descriptorPageBytesMax,
      ...(signal !== undefined && { signal }),
    });
    if (status !== 200) throw new ComityError('REMOTE_FAILED', `Cannot read who is at ${url}: it answers ${status}`);
    const descriptors = parseDescriptors(bytes, crypto);
    read.push(...descriptors);
    if (descriptors.length === 0) return read;
    if (read.length > limits.descriptorsMax) break;
  }
  throw new ComityError(
    'INPUT_TOO_LARGE',
    `Cannot read who is at ${url}: more than ${limits.descriptorsMax} descriptors`,
  );
}

/**
 * Asks a member's node what it says of it now, and keeps what follows from what it said before. Never throws for what is wrong with the answer: that
 * is noted with the member. One that said two things at once is frozen.
 */
export async function followMember(
  member: KnownMember,
  signal: AbortSignal | undefined,
  deps: FollowDeps,
): Promise<void> {
  const { directory } = deps;
  if (member.evidence !== undefined) return;
  const { body, hash } = member.descriptor;
  const options = { allowPrivate: member.allowPrivate, ...(signal !== undefined && { signal }) };
  try {
    // The one that is known comes again: another in its place is what evidence is made of.
    const [known, ...news] = await readChain(body.url, body.sequence, options, deps);
    if (known?.hash !== hash) {
      await judgeParted(member, await readChain(body.url, 0, options, deps), deps);
      return;
    }
    let former = member.descriptor;
    for (const next of news) {
      verifyNextDescriptor(former, next, deps.crypto);
      former = next;
    }
    directory.assertLedgerIsFree(former);
    await directory.learn(member, news);
  } catch (error) {
    await directory.noteFailure(member, asOwnError(error).message);
  }
}

/** A chain without what is known of it: older, another member's, or evidence. */
async function judgeParted(member: KnownMember, descriptors: readonly Descriptor[], deps: FollowDeps): Promise<void> {
  const { directory, chains, crypto } = deps;
  const seen = verifyDescriptorChain(descriptors, crypto);
  const known = chains.chain(member.id)!; // a known member has one
  const evidence = findDoubleSpeaking(known, seen);
  if (evidence !== undefined) await freeze(member, evidence, deps);
  else {
    const why =
      seen.member === member.id
        ? 'it says less of itself than it did before'
        : `another member is there: ${shortMemberId(seen.member)}`;
    await directory.noteFailure(member, `Cannot follow ${member.handle}: ${why}`);
  }
}

/**
 * Refuses a chain that says something else than what is known of its member, and freezes it for that.
 *
 * @param seen - verified.
 * @throws {ComityError} `CONFLICT`, also when it is frozen already.
 */
export async function assertSameStory(seen: DescriptorChain, deps: FollowDeps): Promise<void> {
  const { directory, chains } = deps;
  const member = directory.find(seen.member);
  const known = chains.chain(seen.member);
  if (member === undefined || known === undefined) return;
  const evidence = member.evidence === undefined ? findDoubleSpeaking(known, seen) : undefined;
  if (evidence !== undefined) await freeze(member, evidence, deps);
  if (directory.get(member.id).evidence === undefined) return;
  throw new ComityError('CONFLICT', `Cannot know ${member.handle}: it said two things at once`);
}

async function freeze(
  member: KnownMember,
  evidence: DoubleSpeaking,
  { directory, onFault }: Pick<FollowDeps, 'directory' | 'onFault'>,
): Promise<void> {
  await directory.freeze(member, evidence);
  onFault(
    `The member ${member.handle} said two things at once (descriptor ${evidence.sequence}): it is frozen, speak to its people`,
    undefined,
  );
}
