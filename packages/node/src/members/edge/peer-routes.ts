import { z } from 'zod';
import { ComityError, parseJson, parseUtf8, utf8Bytes } from '@comity/protocol/base';
import type { MembersDeps } from '../members.ts';
import type { KnownMember, OwnMember } from '../members.ts';
import { assertSameStory } from '../directory/follow.ts';
import type { FollowDeps } from '../directory/follow.ts';
import type { InvitationBook } from '../joining/invitation-book.ts';
import { joinBytesMax, parseJoinRequest } from '../joining/join-form.ts';
import { letIn, verifyJoinRequest } from '../joining/joining.ts';
import type { IncomingRequest, PeerEdge } from './verify-peer.ts';

/** A request another member's node sent. */
export interface PeerCall {
  /** Who sent it, verified; undefined where strangers may. */
  readonly member: KnownMember | undefined;
  readonly request: IncomingRequest;
  /** Without its question mark. */
  readonly query: string;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** What is answered; it is signed before it leaves. */
export interface PeerReply {
  readonly status: number;
  /** Media type. */
  readonly type: string;
  readonly body: Uint8Array;
  /** `Content-Encoding` of the body. */
  readonly encoding?: string | undefined;
}

/** One thing other members' nodes can ask of this one. */
export interface PeerRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bodyBytesMax: number;
  /** `known`: also whoever asks to be joined, or was asked. `anybody`: the handler verifies who it is. */
  readonly from: 'joined' | 'known' | 'anybody';
  /** Whether it is answered when something happens, and not as soon as may be: then it takes nobody's turn. */
  readonly waits?: boolean;
  readonly handle: (call: PeerCall) => Promise<PeerReply> | PeerReply;
}

type PeerRouteDeps = FollowDeps &
  Pick<MembersDeps, 'clock' | 'note'> & {
    readonly own: OwnMember;
    readonly invitations: InvitationBook;
    readonly edge: PeerEdge;
  };

const smallBytesMax = 4096;
const pingForm = z.strictObject({ challenge: z.string().regex(/^[A-Za-z0-9_-]{22,64}$/) });
const standingForm = z.strictObject({ state: z.enum(['joined', 'asking']) });

/** What a node answers others about members: joining, standing, ping. */
export function memberPeerRoutes(deps: PeerRouteDeps): readonly PeerRoute[] {
  const { own, crypto, directory, edge } = deps;
  return [
    {
      method: 'POST',
      path: '/peer/v1/join',
      bodyBytesMax: joinBytesMax,
      from: 'anybody',
      async handle({ request }) {
        own.get();
        const asked = parseJoinRequest(request.body, crypto.sha256);
        const chain = verifyJoinRequest(asked, deps);
        const use = edge.verifyStranger(request, chain.current);
        await assertSameStory(chain, deps);
        return json(await letIn(asked, chain, deps, use));
      },
    },
    {
      method: 'GET',
      path: '/peer/v1/standing',
      bodyBytesMax: 0,
      from: 'known',
      handle: ({ member }) => json({ state: member!.state === 'joined' ? 'joined' : 'asking' }),
    },
    {
      // Whoever was asked says yes: they would be found out by asking, a minute later.
      method: 'POST',
      path: '/peer/v1/standing',
      bodyBytesMax: smallBytesMax,
      from: 'known',
      async handle({ member, request }) {
        await heardStanding(member!, readStanding(request.body), deps);
        return json({ state: directory.get(member!.id).state === 'joined' ? 'joined' : 'asking' });
      },
    },
    {
      method: 'POST',
      path: '/peer/v1/ping',
      bodyBytesMax: smallBytesMax,
      from: 'known',
      handle: ({ request }) => json(pingOf(request.body)),
    },
  ];
}

/** Takes another member's word that we are joined there: it counts where we asked. */
export async function heardStanding(
  member: KnownMember,
  state: 'joined' | 'asking',
  { directory, note }: Pick<PeerRouteDeps, 'directory' | 'note'>,
): Promise<void> {
  if (state !== 'joined' || member.state !== 'asked') return;
  await directory.change((db) => {
    db.prepare(`update members_member set state = 'joined' where id = ? and state = 'asked'`).run(member.id);
    note(db, { act: 'member.joined', about: member.id, details: { name: member.descriptor.body.name } });
  });
  await directory.keepRecipient(directory.get(member.id));
}

/** @throws {ComityError} `MEMBER_MALFORMED`, and what reading JSON throws. */
export function readStanding(bytes: Uint8Array): 'joined' | 'asking' {
  return formed(standingForm, bytes).state;
}

/** @throws {ComityError} `MEMBER_MALFORMED`, and what reading JSON throws. */
export function pingOf(bytes: Uint8Array): { readonly challenge: string } {
  return formed(pingForm, bytes);
}

function formed<T extends z.ZodType>(form: T, bytes: Uint8Array): z.output<T> {
  const read = form.safeParse(parseJson(parseUtf8(bytes, 'message'), smallBytesMax, 'message'));
  if (read.success) return read.data;
  throw new ComityError('MEMBER_MALFORMED', `Cannot read message: ${read.error.issues[0]?.message ?? ''}`);
}

function json(value: object): PeerReply {
  return { status: 200, type: 'application/json', body: utf8Bytes(JSON.stringify(value)) };
}
