import type { Clock, MemberId } from '@comity/protocol/base';
import type { AuditAct } from '@comity/protocol/api';
import type {
  Descriptor,
  DescriptorBody,
  DescriptorChain,
  DescriptorStep,
  DoubleSpeaking,
} from '@comity/protocol/members';
import type { MemberSigner } from '@comity/protocol/members';
import type { MessageSigner } from '@comity/protocol/signed-http';
import type { TlogCrypto } from '@comity/protocol/tlog';
import type { Connection, Seal, Store } from '../store/index.ts';
import type { OwnKey } from './own/own-keys.ts';

/** What a person says of this member. */
export interface MemberProfile extends Pick<DescriptorBody, 'name' | 'sectors' | 'contacts'> {
  readonly country: string | undefined;
  /** Where others reach the node; undefined: where it is reached anyhow. */
  readonly url: string | undefined;
}

/** What is to be said otherwise; undefined stays as it is. */
export type MemberProfileChange = { readonly [K in keyof MemberProfile]?: MemberProfile[K] | undefined };

/** What other parts of the node say of it, and whoever signs with their keys. */
interface NodeFacts {
  /** Where people reach the node, when nobody said otherwise. */
  readonly url: string;
  readonly ledger?: DescriptorBody['ledger'];
  readonly witness?: DescriptorBody['witness'];
  /** Of every key in them. */
  readonly signers: readonly MemberSigner[];
}

/** This member: what it says of itself, and the keys it says it with. */
export interface OwnMember {
  /** Undefined before {@link OwnMember.init}. */
  find(): Descriptor | undefined;
  /** @throws {ComityError} `CONFLICT` when this node is no member yet. */
  get(): Descriptor;
  /** Descriptors from a sequence on, as many as fit a page; none when there is no member. */
  page(from: number): readonly Descriptor[];
  chain(): DescriptorChain | undefined;
  /**
   * Makes this node a member: keys, and the first descriptor.
   *
   * @throws {ComityError} `CONFLICT` when it is one; `MEMBER_MALFORMED` for a profile nobody would read.
   */
  init(profile: MemberProfile): Promise<Descriptor>;
  /** Says something else of this member. @throws {ComityError} as {@link init}. */
  change(change: MemberProfileChange): Promise<Descriptor>;
  /**
   * Puts the announced governance key in force, announces another, and makes a new key for messages.
   *
   * @param recovery - seed of the announced key, when it was taken out.
   * @throws {ComityError} `ARGUMENT_INVALID` when it is not that key's; `CONFLICT` when it is needed and not given.
   */
  rotate(recovery: Uint8Array | undefined): Promise<{ readonly descriptor: Descriptor; readonly step: DescriptorStep }>;
  /** Whether the announced key is on this node still. */
  holdsRecovery(): boolean;
  /** The announced key, to be taken out. @throws {ComityError} `NOT_FOUND` when it was. */
  recovery(): { readonly id: string; readonly seed: Uint8Array };
  /** Forgets the announced key, when it is the one of that id. @throws {ComityError} `NOT_FOUND`. */
  forgetRecovery(id: string): Promise<void>;
  /** Says all anew when what the node is has changed, or the end is near. Whether it did. */
  renew(): Promise<boolean>;
  /** Whoever signs messages in this member's name. @throws {ComityError} `CONFLICT`, `FILE_UNREADABLE`. */
  signer(): MessageSigner & Pick<OwnKey, 'signLater'>;
}

/**
 * How another member stands to this one. `asked`: we took up its invitation, and it has not said yes. `asking`: it took up ours, and
 * nobody here has. `suspended`: known, and not spoken with.
 */
export const memberStates = ['asked', 'asking', 'joined', 'suspended'] as const;
/** One of {@link memberStates}. */
export type MemberState = (typeof memberStates)[number];

/** Another member. */
export interface KnownMember {
  readonly id: MemberId;
  /** What it is called here, for ever: `member:<handle>` is the recipient. */
  readonly handle: string;
  readonly state: MemberState;
  /** Who invited whom. */
  readonly source: 'we-invited' | 'they-invited';
  readonly descriptor: Descriptor;
  /** Whether its URL may lead to an address that is not public. */
  readonly allowPrivate: boolean;
  readonly addedUs: number;
  /** When its descriptors were last asked for. */
  readonly checkedUs: number | undefined;
  /** When it last sent or answered something it signed. */
  readonly seenUs: number | undefined;
  /** How long the last ping took. */
  readonly answerUs: number | undefined;
  /** How often in a row it could not be reached or believed. */
  readonly failureCount: number;
  /** Why it could not be reached or believed last. */
  readonly lastError: string | undefined;
  /** It said two things at once: frozen, until people have spoken. */
  readonly evidence: DoubleSpeaking | undefined;
}

/** An invitation that was given. */
export interface GivenInvitation {
  readonly id: string;
  /** For whom, as whoever gave it noted. */
  readonly hint: string;
  /** Whether who takes it up is joined at once. */
  readonly accepts: boolean;
  readonly madeUs: number;
  readonly untilUs: number;
  readonly usedBy: MemberId | undefined;
}

/** One request and its answer; a redirect is an answer. As the guarded fetcher makes them. */
type AskPeer = (
  url: string,
  options: {
    readonly method: 'GET' | 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Uint8Array;
    readonly allowPrivate: boolean;
    readonly answerBytesMax: number;
    readonly signal?: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly bytes: Uint8Array;
}>;

/** What a member becomes in the book of recipients. */
interface MemberAsRecipient {
  readonly handle: string;
  readonly name: string;
  readonly sector: string;
  readonly country: string;
}

/** What the members need of the rest of the node. */
export interface MembersDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
  readonly crypto: TlogCrypto;
  readonly facts: () => NodeFacts;
  readonly ask: AskPeer;
  readonly recipients: {
    readonly isTaken: (handle: string) => boolean;
    readonly keep: (recipient: MemberAsRecipient) => Promise<void>;
  };
  /** Writes into the ledger that this member says something new of itself, in the transaction of it. */
  readonly record: (db: Connection, descriptor: Pick<Descriptor, 'body' | 'hash'>) => void;
  /** Writes down what another member, or the node by itself, did, in the transaction of it. */
  readonly note: (
    db: Connection,
    entry: { readonly act: AuditAct; readonly about: string; readonly details?: Readonly<Record<string, string>> },
  ) => void;
  /** Told of what an operator should hear of. */
  readonly onFault: (message: string, error: unknown) => void;
}
