import { ComityError } from '@comity/protocol/base';
import { recogniseMessageKeyName } from '@comity/protocol/members';
import type { Descriptor } from '@comity/protocol/members';
import { verifyRequest } from '@comity/protocol/signed-http';
import type { HttpFields, SignatureRefusal, SignedBy } from '@comity/protocol/signed-http';
import type { Connection } from '../../store/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { KnownMember, MembersDeps, OwnMember } from '../members.ts';
import { messageKeyOf } from './message-key-of.ts';
import { useNonce } from './nonce-book.ts';

/** A request as it came to the node's socket. */
export interface IncomingRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly host: string;
  readonly fields: HttpFields;
  readonly body: Uint8Array;
}

type EdgeDeps = Pick<MembersDeps, 'store' | 'clock' | 'crypto'> & {
  readonly own: OwnMember;
  readonly directory: Directory;
  readonly follow: (member: KnownMember) => Promise<void>;
};

/** How long a member whose key is not known is not asked for its chain again. Milliseconds. */
const followApartMs = 60_000;

/** Says who sent a request, of those that are signed. */
export class PeerEdge {
  readonly #deps: EdgeDeps;
  readonly #followedMs = new Map<string, number>();

  constructor(deps: EdgeDeps) {
    this.#deps = deps;
  }

  /**
   * The member that sent a request, for the first and only time.
   *
   * @param request - hostile.
   * @throws {ComityError} `SIGNATURE_REFUSED` with its reason; `CONFLICT` when this node is no member; `TOO_MANY_REQUESTS`.
   */
  async verify(request: IncomingRequest): Promise<KnownMember> {
    const { directory, clock } = this.#deps;
    const find = (keyName: string): Uint8Array | undefined => {
      const member = memberNamed(keyName, directory);
      if (member === undefined || member.evidence !== undefined || member.state === 'suspended') return undefined;
      return messageKeyOf(member.descriptor, keyName, clock());
    };
    let verdict = this.#judge(request, find);
    if (verdict.kind === 'refused' && verdict.reason === 'unknown-key' && (await this.#followed(request)))
      verdict = this.#judge(request, find);
    const signed = believed(verdict);
    await this.#deps.store.write((db) => this.#use(db, signed));
    const member = memberNamed(signed.keyId, directory)!; // its key was found
    await directory.noteSeen(member.id);
    return member;
  }

  /**
   * Verifies a request of somebody who is no member yet, with what they say of themselves.
   *
   * @returns what uses the request up, for the transaction that acts on it.
   * @throws {ComityError} as {@link PeerEdge.verify}.
   */
  verifyStranger(request: IncomingRequest, descriptor: Descriptor): (db: Connection) => void {
    const { clock } = this.#deps;
    const signed = believed(this.#judge(request, (keyName) => messageKeyOf(descriptor, keyName, clock())));
    return (db) => this.#use(db, signed);
  }

  #judge(request: IncomingRequest, keyOf: (keyId: string) => Uint8Array | undefined): SignedBy | SignatureRefusal {
    const { own, clock, crypto } = this.#deps;
    const { url } = own.get().body;
    const { method, target, host, fields, body } = request;
    const received = {
      method,
      targetUri: `${url}${target}`,
      calledUri: `${new URL(url).protocol}//${host}${target}`,
      fields,
      body,
    };
    return verifyRequest(received, clock(), { keyOf, crypto });
  }

  /** Whether the member whose key is not known was asked what it says of itself now: it may have made new keys. */
  async #followed({ fields }: IncomingRequest): Promise<boolean> {
    const { directory, clock, follow } = this.#deps;
    const [, keyName = ''] = /;keyid="([^"]{1,256})"/.exec(fields['signature-input'] ?? '') ?? [];
    const member = memberNamed(keyName, directory);
    if (member === undefined || member.evidence !== undefined || member.state === 'suspended') return false;
    const lastMs = this.#followedMs.get(member.id) ?? Number.NEGATIVE_INFINITY;
    if (clock() - lastMs < followApartMs) return false;
    this.#followedMs.set(member.id, clock());
    await follow(member);
    return true;
  }

  #use(db: Connection, { keyId, nonce, expiresSeconds }: SignedBy): void {
    const nowSeconds = Math.floor(this.#deps.clock() / 1000);
    if (useNonce(db, { keyName: keyId, nonce, untilSeconds: expiresSeconds }, nowSeconds)) return;
    throw refusedFor('replayed', 'it was used before');
  }
}

function memberNamed(keyName: string, directory: Directory): KnownMember | undefined {
  const name = recogniseMessageKeyName(keyName);
  return name === undefined ? undefined : directory.find(name.member);
}

function believed(verdict: SignedBy | SignatureRefusal): SignedBy {
  if (verdict.kind === 'signed') return verdict;
  throw refusedFor(verdict.reason, verdict.message);
}

function refusedFor(reason: SignatureRefusal['reason'], why: string): ComityError {
  return new ComityError('SIGNATURE_REFUSED', `Cannot take the request: ${why}`, { details: { reason } });
}
