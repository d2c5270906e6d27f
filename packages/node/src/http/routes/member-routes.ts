import { base64Of, ComityError, recogniseBase64, shortMemberId, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { InvitationView, MemberStepView, MemberView, OwnMemberView } from '@comity/protocol/api';
import { governanceKey, printDescriptors } from '@comity/protocol/members';
import type { Descriptor } from '@comity/protocol/members';
import { rfc2350, securityTxt } from '../../members/index.ts';
import type { GivenInvitation, KnownMember, MemberProfile, Members } from '../../members/index.ts';
import type { Transparency } from '../../ledger/index.ts';
import { assertPublic } from '../assert-public.ts';
import type { Handlers } from '../handler.ts';
import { optional, optionalInstant } from '../views/instants.ts';
import { memberLedgerSummary, memberLedgerView } from '../views/member-ledger-view.ts';

export interface MemberRoutesDeps {
  readonly members: Members;
  readonly transparency: Pick<Transparency, 'monitor'>;
  readonly nameOfMember: (member: MemberId) => string;
  readonly clock: () => number;
}

type MemberRoutes = Pick<
  Handlers,
  | 'nodeDescriptor'
  | 'nodeDescriptors'
  | 'securityTxt'
  | 'rfc2350'
  | 'ownMember'
  | 'initMember'
  | 'changeMember'
  | 'rotateMember'
  | 'showRecovery'
  | 'forgetRecovery'
  | 'listMembers'
  | 'listInvitations'
  | 'inviteMember'
  | 'withdrawInvitation'
  | 'joinMember'
  | 'showGiver'
  | 'listMemberSteps'
  | 'showMemberLedger'
  | 'getMember'
  | 'acceptMember'
  | 'alterMember'
  | 'removeMember'
  | 'pingMember'
>;

/** This member and the others: for people, and what anybody may read of this one. */
export function memberRoutes({ members, clock, transparency, nameOfMember }: MemberRoutesDeps): MemberRoutes {
  const { own, invitations } = members;
  const current = (): Descriptor => {
    const descriptor = own.find();
    if (descriptor === undefined) throw new ComityError('NOT_FOUND', 'Cannot say who is here: this node is no member');
    return descriptor;
  };
  const ownView = (): OwnMemberView => {
    const descriptor = own.find();
    if (descriptor === undefined) return {};
    return { member: { ...saying(descriptor), holdsRecovery: own.holdsRecovery() } };
  };
  const memberView = (member: KnownMember): MemberView => ({
    ...knownView(member),
    ...optional('ledger', ledgerSummary(member.id)),
  });
  const ledgerSummary = (id: MemberId): MemberView['ledger'] => {
    const log = members.logs().find(({ member }) => member === id);
    return log && memberLedgerSummary(log, transparency.monitor);
  };
  return {
    nodeDescriptor: () => ({ type: 'application/json', body: current().text }),
    nodeDescriptors({ query }) {
      current();
      return { type: 'application/json', body: printDescriptors(own.page(query.from)) };
    },
    securityTxt() {
      const text = securityTxt(current());
      if (text === undefined) throw new ComityError('NOT_FOUND', 'Cannot say whom to tell: this member names nobody');
      return { type: 'text/plain; charset=utf-8', body: text };
    },
    rfc2350: () => ({ type: 'text/plain; charset=utf-8', body: rfc2350(current()) }),
    ownMember: ownView,
    async initMember({ body }) {
      await own.init({ ...profileOf(body), country: body.country, url: body.url });
      return ownView();
    },
    async changeMember({ body }) {
      const { contacts, ...rest } = body;
      await own.change({ ...rest, ...(contacts !== undefined && { contacts: profileOf({ contacts }).contacts }) });
      return ownView();
    },
    async rotateMember({ body }) {
      const recovery = body.recovery === undefined ? undefined : seedOf(body.recovery);
      const { descriptor, step } = await own.rotate(recovery);
      return { step, sequence: descriptor.body.sequence };
    },
    showRecovery() {
      const { member } = own.get();
      const { id, seed } = own.recovery();
      return { member, keyId: id, seed: base64Of(seed) };
    },
    forgetRecovery: async ({ query }) => await own.forgetRecovery(query.keyId),
    listMembers: () => ({ rows: members.list().map(memberView) }),
    listInvitations: () => ({ rows: invitations.list().map(invitationView) }),
    async inviteMember({ body }) {
      const { text, invitation } = await invitations.give(body);
      return { text, invitation: invitationView(invitation) };
    },
    withdrawInvitation: async ({ params }) => await invitations.withdraw(params.id),
    joinMember: async ({ body }) => memberView(await members.takeUp(body.invitation, body.allowPrivate)),
    async showGiver({ body }) {
      const { member, current } = await members.giverOf(body.invitation, body.allowPrivate);
      const { hasLedger: _, hasWitness: __, ...said } = saying(current);
      return { ...said, isKnown: members.find(member) !== undefined };
    },
    listMemberSteps({ params }) {
      const { descriptors } = members.chainOf(params.id);
      const steps = descriptors.map((descriptor, at) => stepView(descriptor, descriptors[at - 1]));
      return { rows: steps.slice(-stepsShown).toReversed() };
    },
    showMemberLedger({ params }) {
      const { id } = members.get(params.id);
      const log = members.logs().find(({ member }) => member === id);
      if (log === undefined) return {};
      return {
        ledger: memberLedgerView(log, { monitor: transparency.monitor, witnesses: members.witnesses(), nameOfMember }),
      };
    },
    getMember: ({ params }) => memberView(members.get(params.id)),
    async acceptMember({ params, body: { handle, allowPrivate } }) {
      assertPublic(
        members.get(params.id).descriptor.body.url,
        allowPrivate || members.get(params.id).allowPrivate,
        'a member',
      );
      return memberView(await members.accept(params.id, { handle, allowPrivate }));
    },
    async alterMember({ params, body: { suspended, allowPrivate } }) {
      let member = members.get(params.id);
      if (allowPrivate !== undefined) member = await members.allowPrivate(member.id, allowPrivate);
      if (suspended !== undefined) member = await members.suspend(member.id, suspended);
      return memberView(member);
    },
    removeMember: async ({ params }) => await members.remove(params.id),
    async pingMember({ params, query }) {
      const { id } = members.get(params.id);
      if (query.refresh === 'true') await members.refresh(id);
      const member = await members.ping(id);
      const answerMs = (member.answerUs ?? 0) / 1000;
      return { member: memberView(member), answerMs, answeredAt: timestampOfUs(Math.floor(clock() * 1000)) };
    },
  };
}

/** A body as the descriptor has it: what was not given is not there. */
function profileOf(body: object): Omit<MemberProfile, 'country' | 'url'> {
  const { name, sectors, contacts } = JSON.parse(JSON.stringify(body)) as MemberProfile;
  return { name, sectors, contacts };
}

/** @throws {ComityError} `ARGUMENT_INVALID`. */
function seedOf(text: string): Uint8Array {
  const seed = recogniseBase64(text);
  if (seed === undefined) throw new ComityError('ARGUMENT_INVALID', 'Cannot use the recovery key: it is not base64');
  return seed;
}

function saying({ member, body }: Descriptor) {
  const { name, country, sectors, url, contacts, sequence, issuedAt, expiresAt } = body;
  return {
    id: member,
    shortId: shortMemberId(member),
    name,
    ...optional('country', country),
    sectors,
    url,
    contacts,
    sequence,
    issuedAt,
    expiresAt,
    hasLedger: body.ledger !== undefined,
    hasWitness: body.witness !== undefined,
  };
}

const stepsShown = 100;

function stepView(descriptor: Descriptor, former: Descriptor | undefined): MemberStepView {
  const { body, hash, keys, signatures } = descriptor;
  return {
    sequence: body.sequence,
    step: stepOf(),
    issuedAt: body.issuedAt,
    expiresAt: body.expiresAt,
    hash,
    keys: keys.map(({ role, id }) => ({ role, id })),
    announced: body.keys.nextGovernance,
  };

  /** The chain was verified when it came: who signed says which step it was (docs/spec/members.md). */
  function stepOf(): MemberStepView['step'] {
    if (former === undefined) return 'first';
    const old = governanceKey(former).id;
    if (governanceKey(descriptor).id === old) return 'update';
    return signatures.has(old) ? 'rotation' : 'recovery';
  }
}

function knownView(member: KnownMember): MemberView {
  const { handle, state, source, allowPrivate, descriptor, answerUs } = member;
  return {
    ...saying(descriptor),
    handle,
    state,
    source,
    isFrozen: member.evidence !== undefined,
    allowPrivate,
    addedAt: timestampOfUs(member.addedUs),
    ...optionalInstant('checkedAt', member.checkedUs),
    ...optionalInstant('seenAt', member.seenUs),
    ...(answerUs !== undefined && { answerMs: answerUs / 1000 }),
    ...optional('lastError', member.lastError),
  };
}

function invitationView({ id, hint, accepts, madeUs, untilUs, usedBy }: GivenInvitation): InvitationView {
  return {
    id,
    hint,
    accepts,
    madeAt: timestampOfUs(madeUs),
    until: timestampOfUs(untilUs),
    ...optional('usedBy', usedBy),
  };
}
