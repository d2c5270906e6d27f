import { base64Of, ComityError, recogniseBase64, shortMemberId, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { acceptanceMessage, parseInvitation, timeOfDescriptor, verifyDescriptorChain } from '@comity/protocol/members';
import type { DescriptorChain } from '@comity/protocol/members';
import { signerOfSeed } from '../../keys/index.ts';
import type { Connection } from '../../store/index.ts';
import { assertSameStory, readChain } from '../directory/follow.ts';
import type { FollowDeps } from '../directory/follow.ts';
import type { PeerLink } from '../edge/peer-link.ts';
import type { KnownMember, MembersDeps, MemberState, OwnMember } from '../members.ts';
import { refused } from './invitation-book.ts';
import type { InvitationBook } from './invitation-book.ts';
import { parseJoinAnswer, printJoinRequest } from './join-form.ts';
import type { JoinAnswer, JoinRequest } from './join-form.ts';

type JoiningDeps = FollowDeps &
  Pick<MembersDeps, 'clock' | 'note'> & {
    readonly own: OwnMember;
    readonly invitations: InvitationBook;
    readonly link: PeerLink;
  };

/**
 * Who gave an invitation, as their node says now: verified, the very member the invitation names, and nothing taken up.
 *
 * @param text - hostile.
 * @throws {ComityError} as {@link takeUp}, but for what the other node answers to who asks to be joined.
 */
export async function readGiver(text: string, allowPrivate: boolean, deps: JoiningDeps): Promise<DescriptorChain> {
  const invitation = parseInvitation(text);
  if (invitation.member === deps.own.get().member)
    throw new ComityError('CONFLICT', 'Cannot take up an invitation of one’s own');
  const chain = verifyDescriptorChain(await readChain(invitation.url, 0, { allowPrivate }, deps), deps.crypto);
  assertGiver(chain, invitation, deps.clock());
  await assertSameStory(chain, deps);
  return chain;
}

/**
 * Takes up an invitation: reads who gave it, and asks to be joined.
 *
 * @throws {ComityError} `MEMBER_MALFORMED`; `INVITATION_REFUSED`, as the other node says; `MEMBER_UNPROVEN` when who is there is not who
 *   gave it; `CONFLICT` when this node is no member; and what asking another node throws.
 */
export async function takeUp(text: string, allowPrivate: boolean, deps: JoiningDeps): Promise<KnownMember> {
  const { own, directory, crypto, link } = deps;
  const chain = await readGiver(text, allowPrivate, deps);
  const invitation = parseInvitation(text);
  const { hash } = own.get();
  const { key, sign } = signerOfSeed('invitation', 'note', invitation.seed, crypto);
  const acceptance = base64Of(sign(acceptanceMessage(invitation.member, hash)));
  const body = printJoinRequest({ invitation: base64Of(key.publicKey), acceptance }, own.chain()!.descriptors);
  const { bytes } = await link.askAt(
    { url: invitation.url, descriptor: chain.current, allowPrivate },
    { method: 'POST', path: '/peer/v1/join', content: { body: utf8Bytes(body), type: 'application/json' } },
  );
  const { state } = parseJoinAnswer(bytes);
  const as = state === 'joined' ? 'joined' : 'asked';
  await directory.change((db) => directory.admit(db, chain, { state: as, source: 'they-invited', allowPrivate }));
  const known = directory.get(chain.member);
  if (as === 'joined') await directory.keepRecipient(known);
  return known;
}

function assertGiver(
  chain: DescriptorChain,
  { member, descriptor }: { readonly member: MemberId; readonly descriptor: string },
  nowMs: number,
): void {
  if (chain.member !== member || chain.descriptors.every(({ hash }) => hash !== descriptor))
    throw new ComityError(
      'MEMBER_UNPROVEN',
      `Cannot take up the invitation: at its address is ${shortMemberId(chain.member)}, not who gave it`,
      { details: { reason: 'other-member' } },
    );
  assertInForce(chain, nowMs);
}

function assertInForce({ current, member }: DescriptorChain, nowMs: number): void {
  const time = timeOfDescriptor(current, nowMs);
  if (time === 'in-force') return;
  throw new ComityError('CONFLICT', `Cannot know ${shortMemberId(member)}: what it says of itself is ${time}`);
}

/**
 * Who somebody says they are that takes up an invitation of ours: verified, and not yet let in. The request itself is to be verified with
 * its message keys.
 *
 * @throws {ComityError} `MEMBER_UNPROVEN`, `MEMBER_MALFORMED`, `CONFLICT`; `INVITATION_REFUSED` when the key of the invitation did not sign.
 */
export function verifyJoinRequest(
  request: JoinRequest,
  deps: Pick<JoiningDeps, 'own' | 'crypto' | 'clock'>,
): DescriptorChain {
  const { own, crypto, clock } = deps;
  const { member } = own.get();
  const publicKey = recogniseBase64(request.invitation);
  // The cheap signature first: whoever has no invitation makes nobody verify a chain.
  const message = acceptanceMessage(member, request.descriptors.at(-1)!.hash);
  if (
    publicKey?.length !== 32 ||
    !crypto.verify({ algorithm: 'ed25519', publicKey, message, signature: request.acceptance })
  )
    throw refused('not-signed', 'its key did not sign who takes it up');
  const chain = verifyDescriptorChain(request.descriptors, crypto);
  if (chain.member === member) throw new ComityError('CONFLICT', 'Cannot take up an invitation of one’s own');
  assertInForce(chain, clock());
  return chain;
}

/**
 * Takes an invitation for a member and lets it in, or has it ask, in one transaction. Who is known already stays as it stands.
 *
 * @param chain - verified, and the same story as is known of its member.
 * @throws {ComityError} `INVITATION_REFUSED`, `CONFLICT`, and what `alsoIn` throws.
 */
export async function letIn(
  request: JoinRequest,
  chain: DescriptorChain,
  deps: Pick<JoiningDeps, 'directory' | 'invitations' | 'note'>,
  alsoIn: (db: Connection) => void,
): Promise<JoinAnswer> {
  const { directory, invitations, note } = deps;
  const known = directory.find(chain.member);
  await directory.change((db) => {
    alsoIn(db);
    const { accepts, allowPrivate } = invitations.use(db, request.invitation, chain.member);
    if (known !== undefined && known.state !== 'asked') return;
    // Each invited the other: both want it.
    const state: MemberState = accepts || known?.state === 'asked' ? 'joined' : 'asking';
    directory.admit(db, chain, { state, source: 'we-invited', allowPrivate });
    note(db, {
      act: state === 'joined' ? 'member.joined' : 'member.asked',
      about: chain.member,
      details: { name: chain.current.body.name },
    });
  });
  const now = directory.get(chain.member);
  if (now.state === 'joined') await directory.keepRecipient(now);
  return { state: now.state === 'joined' ? 'joined' : 'asking' };
}
