import { asOwnError, assert, ComityError, limits, shortMemberId, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { DescriptorChain } from '@comity/protocol/members';
import { signResponse } from '@comity/protocol/signed-http';
import type { HttpContent, SignedFields } from '@comity/protocol/signed-http';
import { parseVerifierKey } from '@comity/protocol/tlog';
import type { VerifierKey } from '@comity/protocol/tlog';
import { openChainBook } from './chain-book.ts';
import { Directory } from './directory/directory.ts';
import { followMember } from './directory/follow.ts';
import { openPeerLink } from './edge/peer-link.ts';
import type { PeerLink } from './edge/peer-link.ts';
import { heardStanding, memberPeerRoutes, pingOf, readStanding } from './edge/peer-routes.ts';
import type { PeerRoute } from './edge/peer-routes.ts';
import { PeerEdge } from './edge/verify-peer.ts';
import { InvitationBook } from './joining/invitation-book.ts';
import { readGiver, takeUp } from './joining/joining.ts';
import type { KnownMember, MembersDeps, OwnMember } from './members.ts';
import { openOwnMember } from './own/own-member.ts';

/** A log of a member, with the keys it signs with and those it signed with. */
interface MemberLog {
  readonly member: MemberId;
  readonly origin: string;
  readonly url: string;
  /** While they change, old and new ones. */
  readonly keys: readonly VerifierKey[];
  /** Of descriptors before, and until when they stood in one, in seconds. */
  readonly formerKeys: readonly { readonly key: VerifierKey; readonly untilSeconds: number }[];
  readonly allowPrivate: boolean;
}

/** A member that witnesses the logs of others. */
interface MemberWitness {
  readonly member: MemberId;
  readonly url: string;
  readonly monitoringUrl: string;
  readonly keys: readonly VerifierKey[];
  readonly allowPrivate: boolean;
}

/** The members: this one, the others, and the way between their nodes. */
export interface Members {
  readonly own: OwnMember;
  readonly invitations: Pick<InvitationBook, 'list' | 'give' | 'withdraw'>;
  readonly link: PeerLink;
  readonly edge: Pick<PeerEdge, 'verify'>;
  /** What other nodes can ask of this one about members. */
  readonly peerRoutes: readonly PeerRoute[];
  list(): readonly KnownMember[];
  find(id: MemberId): KnownMember | undefined;
  /** By id, its beginning, or handle. @throws {ComityError} `NOT_FOUND`. */
  get(name: string): KnownMember;
  /** All a member said of itself, or this one. @throws {ComityError} `NOT_FOUND`. */
  chainOf(name: string): DescriptorChain;
  /** Who gave an invitation, of which nothing is taken up. @throws {ComityError} as `readGiver`. */
  giverOf(text: string, allowPrivate: boolean): Promise<DescriptorChain>;
  /** Takes up an invitation. @throws {ComityError} as `takeUp`. */
  takeUp(text: string, allowPrivate: boolean): Promise<KnownMember>;
  /** Lets in who asks, and tells it. @throws {ComityError} `NOT_FOUND`, `CONFLICT`, `ARGUMENT_INVALID`. */
  accept(
    name: string,
    as: { readonly handle: string | undefined; readonly allowPrivate: boolean },
  ): Promise<KnownMember>;
  /** Speaks with a member no more, or again. @throws {ComityError} `NOT_FOUND`, `CONFLICT`. */
  suspend(name: string, isSuspended: boolean): Promise<KnownMember>;
  /** Whether a member's node may be at an address that is not public. @throws {ComityError} `NOT_FOUND`. */
  allowPrivate(name: string, isAllowed: boolean): Promise<KnownMember>;
  /** Forgets a member, or declines who asks. @throws {ComityError} `NOT_FOUND`, `CONFLICT`. */
  remove(name: string): Promise<void>;
  /** Whether a member's node answers, and proves that it is its: a challenge, signed. @throws {ComityError} as `PeerLink.ask`. */
  ping(name: string): Promise<KnownMember>;
  /** Asks for what a member says of itself now. @throws {ComityError} `NOT_FOUND`. */
  refresh(name: string): Promise<KnownMember>;
  /** What is due: renewing this member's descriptor, asking the others for theirs. */
  round(signal: AbortSignal): Promise<void>;
  /** Fields that sign an answer to a request of another node. @throws {ComityError} `CONFLICT`, `FILE_UNREADABLE`. */
  signAnswer(status: number, content: HttpContent | undefined, requestSignature: string): SignedFields;
  /** The log of that origin, of a joined member or suspended one; undefined when nobody is known with it. */
  logOf(origin: string): MemberLog | undefined;
  logs(): readonly MemberLog[];
  /** Keys a member signs messages with now; what it signed with others it says anew. Undefined: nobody here knows it. */
  messageKeysOf(id: MemberId): readonly Uint8Array[] | undefined;
  /** Calls `listener` when something about members changed. Returns how to stop. */
  onChange(listener: () => void): () => void;
  /** Joined members that witness; one that is frozen does not. */
  witnesses(): readonly MemberWitness[];
}

const minuteUs = 60_000_000;
/** How often what a member says of itself is asked for; after failures sooner, in intervals that double. */
const followApartUs = 6 * 60 * minuteUs;

/** Opens the members of a node on a store whose schemas include `membersSchema`. */
export function openMembers(deps: MembersDeps): Members {
  const { store, clock, crypto, randomBytes } = deps;
  const chains = openChainBook(store, crypto.sha256);
  const own = openOwnMember(store, chains, deps);
  const directory = new Directory(store, chains, deps);
  const invitations = new InvitationBook(store, { ...deps, own });
  const follow = async (member: KnownMember, signal?: AbortSignal): Promise<void> =>
    await followMember(member, signal, { ...deps, directory, chains });
  const link = openPeerLink({ ...deps, own, directory, follow });
  const edge = new PeerEdge({ ...deps, own, directory, follow });
  const all = { ...deps, own, directory, chains, invitations, link, edge };

  const nowUs = (): number => Math.floor(clock() * 1000);
  const isDue = ({ state, evidence, checkedUs = 0, failureCount }: KnownMember): boolean => {
    if (evidence !== undefined || state === 'suspended') return false;
    if (failureCount > 0) return nowUs() - checkedUs >= Math.min(minuteUs * 2 ** failureCount, followApartUs);
    // Whoever waits for a yes asks in every round.
    return state === 'asked' || nowUs() - checkedUs >= followApartUs;
  };

  /** A minute at most after the other side said yes, should its word have been lost. */
  async function askStanding(member: KnownMember, signal: AbortSignal): Promise<void> {
    const { bytes } = await link.ask(member, { method: 'GET', path: '/peer/v1/standing', signal });
    await heardStanding(member, readStanding(bytes), all);
  }

  const keysOf = (texts: readonly string[] | undefined): VerifierKey[] =>
    (texts ?? []).map((text) => parseVerifierKey(text, crypto.sha256));
  /** What a chain comes to is asked for with every item: worked out once for each newest descriptor. */
  const worked = new Map<
    MemberId,
    { readonly hash: string; readonly log?: MemberLog; readonly keys: readonly Uint8Array[] }
  >();
  const workedOf = (member: KnownMember) => {
    const { id, descriptor } = member;
    const known = worked.get(id);
    if (known?.hash === descriptor.hash && known.log?.allowPrivate !== !member.allowPrivate) return known;
    const keys = descriptor.keys.filter(({ role }) => role === 'message').map(({ publicKey }) => publicKey);
    const log = readLog(member);
    const made = { hash: descriptor.hash, keys, ...(log !== undefined && { log }) };
    worked.set(id, made);
    return made;
  };
  const logOfMember = (member: KnownMember): MemberLog | undefined => workedOf(member).log;
  const readLog = (member: KnownMember): MemberLog | undefined => {
    const { ledger } = member.descriptor.body;
    if (ledger === undefined) return undefined;
    const { origin, url } = ledger;
    const { id, allowPrivate } = member;
    const bodies = (chains.chain(id)?.descriptors ?? []).map(({ body }) => body);
    // A key holds until the descriptor behind the last one it stands in.
    const lastIn = new Map(
      bodies.flatMap(({ ledger: told }, at) =>
        told?.origin === origin ? told.keys.map((text) => [text, at] as const) : [],
      ),
    );
    const formerKeys = [...lastIn]
      .filter(([text]) => !ledger.keys.includes(text))
      .map(([text, at]) => ({
        key: parseVerifierKey(text, crypto.sha256),
        untilSeconds: Math.floor(Date.parse(bodies[at + 1]!.issuedAt) / 1000),
      }));
    return { member: id, origin, url, keys: keysOf(ledger.keys), formerKeys, allowPrivate };
  };
  const logs = (): MemberLog[] =>
    directory
      .list()
      .filter(({ state }) => state === 'joined' || state === 'suspended')
      .flatMap((member) => logOfMember(member) ?? []);

  return {
    own,
    invitations,
    link,
    edge,
    peerRoutes: memberPeerRoutes(all),
    list: () => directory.list(),
    find: (id) => directory.find(id),
    get: (name) => directory.get(name),
    chainOf(name) {
      const self = own.chain();
      if (self !== undefined && (name === self.member || name === shortMemberId(self.member))) return self;
      const chain = chains.chain(directory.get(name).id);
      assert(chain !== undefined, 'a member that is known has said something');
      return chain;
    },
    giverOf: async (text, allowPrivate) => await readGiver(text, allowPrivate, all),
    takeUp: async (text, allowPrivate) => await takeUp(text, allowPrivate, all),
    async accept(name, { handle, allowPrivate }) {
      const member = directory.get(name);
      if (member.state !== 'asking')
        throw new ComityError('CONFLICT', `Cannot let in ${member.handle}: it does not ask, it is ${member.state}`);
      const joined = await directory.join(member, handle, allowPrivate);
      const body = utf8Bytes(JSON.stringify({ state: 'joined' }));
      const content = { body, type: 'application/json' };
      try {
        await link.ask(joined, { method: 'POST', path: '/peer/v1/standing', content });
      } catch (error) {
        // It asks by itself. What went wrong is shown with it.
        await directory.noteFailure(joined, asOwnError(error).message);
      }
      return directory.get(joined.id);
    },
    async suspend(name, isSuspended) {
      const member = directory.get(name);
      if (isSuspended) return await directory.setState(member, 'suspended');
      if (member.state === 'suspended') return await directory.join(member, undefined, false);
      throw new ComityError('CONFLICT', `Cannot resume ${member.handle}: it is not suspended`);
    },
    allowPrivate: async (name, isAllowed) => await directory.allowPrivate(directory.get(name), isAllowed),
    remove: async (name) => await directory.remove(directory.get(name)),
    async ping(name) {
      const member = directory.get(name);
      const challenge = Buffer.from(randomBytes(18)).toString('base64url');
      const body = utf8Bytes(JSON.stringify({ challenge }));
      const beganMs = clock();
      const content = { body, type: 'application/json' };
      const { bytes } = await link.ask(member, { method: 'POST', path: '/peer/v1/ping', content });
      if (pingOf(bytes).challenge !== challenge)
        throw new ComityError('REMOTE_FAILED', `Cannot ping ${member.handle}: it answers another challenge`);
      await directory.noteSeen(member.id, Math.max(1, Math.round((clock() - beganMs) * 1000)));
      return directory.get(member.id);
    },
    async refresh(name) {
      const member = directory.get(name);
      await follow(member);
      return directory.get(member.id);
    },
    async round(signal) {
      if (own.find() === undefined) return;
      await own.renew();
      await directory.keepRecipients();
      for (const member of directory.list().filter(isDue)) {
        if (signal.aborted) return;
        await follow(member, signal);
        const now = directory.get(member.id);
        if (now.state !== 'asked' || now.failureCount > 0) continue;
        try {
          await askStanding(now, signal);
        } catch (error) {
          await directory.noteFailure(now, asOwnError(error).message);
        }
      }
    },
    signAnswer(status, content, requestSignature) {
      const freshness = {
        createdSeconds: Math.floor(clock() / 1000),
        lifetimeSeconds: limits.signatureLifetimeSecondsMax,
        nonce: Buffer.from(randomBytes(18)).toString('base64url'),
      };
      return signResponse({ status, content, requestSignature }, own.signer(), freshness, crypto.sha256);
    },
    logOf: (origin) => logs().find((log) => log.origin === origin),
    logs,
    messageKeysOf(id) {
      const member = directory.find(id);
      return member === undefined ? undefined : workedOf(member).keys;
    },
    onChange: (listener) => directory.onChange(listener),
    witnesses: () =>
      directory.list().flatMap(({ id, state, evidence, descriptor, allowPrivate }) => {
        const { witness } = descriptor.body;
        if (witness === undefined || state !== 'joined' || evidence !== undefined) return [];
        const { url, monitoringUrl, keys } = witness;
        return [{ member: id, url, monitoringUrl, keys: keysOf(keys), allowPrivate }];
      }),
  };
}
