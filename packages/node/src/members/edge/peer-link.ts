import { ComityError, errorCodes, isJsonObject, limits, parseJson, showUtf8 } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import type { Descriptor } from '@comity/protocol/members';
import { signRequest, verifyResponse } from '@comity/protocol/signed-http';
import type { HttpContent } from '@comity/protocol/signed-http';
import type { Directory } from '../directory/directory.ts';
import type { KnownMember, MembersDeps, OwnMember } from '../members.ts';
import { messageKeyOf } from './message-key-of.ts';

/** A request to another member's node. */
interface PeerQuestion {
  readonly method: 'GET' | 'POST';
  /** Below the URL of its node, with its query: `/peer/v1/outbox?after=7`. */
  readonly path: string;
  readonly content?: HttpContent;
  /** Media type asked for. */
  readonly accept?: string;
  /** Default 512 KiB. */
  readonly answerBytesMax?: number;
  readonly signal?: AbortSignal;
}

/** What another member's node said, and signed. */
interface PeerAnswer {
  readonly status: number;
  readonly type: string;
  readonly encoding: string | undefined;
  readonly bytes: Uint8Array;
}

/** The way to other members' nodes: requests signed, answers verified. */
export interface PeerLink {
  /**
   * Asks a member's node.
   *
   * @throws {ComityError} the code of the problem it answers; `SIGNATURE_REFUSED` when it did not sign what it answers; `CONFLICT` when
   *   the member is suspended or frozen, or this node is no member; `REMOTE_FAILED`, `ADDRESS_REFUSED`, `INPUT_TOO_LARGE`.
   */
  ask(member: KnownMember, question: PeerQuestion): Promise<PeerAnswer>;
  /** The same of somebody who is no member yet. */
  askAt(
    node: { readonly url: string; readonly descriptor: Descriptor; readonly allowPrivate: boolean },
    question: PeerQuestion,
  ): Promise<PeerAnswer>;
}

type LinkDeps = Pick<MembersDeps, 'ask' | 'clock' | 'randomBytes' | 'crypto'> & {
  readonly own: OwnMember;
  readonly directory: Directory;
  /** Asks for what a member says of itself now. */
  readonly follow: (member: KnownMember) => Promise<void>;
};

const answerBytesMax = 512 * 1024;

/** Opens the way. */
export function openPeerLink(deps: LinkDeps): PeerLink {
  const { own, directory, clock, randomBytes, crypto } = deps;

  const askAt: PeerLink['askAt'] = async ({ url, descriptor, allowPrivate }, question) => {
    const { answer, verdict } = await exchange(url, allowPrivate, question, (keyId) =>
      messageKeyOf(descriptor, keyId, clock()),
    );
    return answered(url, answer, verdict);
  };

  async function exchange(
    url: string,
    allowPrivate: boolean,
    question: PeerQuestion,
    keyOf: (keyId: string) => Uint8Array | undefined,
  ) {
    const { method, path, content, signal } = question;
    const targetUri = new URL(`${url}${path}`).href;
    const nowMs = clock();
    const freshness = {
      createdSeconds: Math.floor(nowMs / 1000),
      lifetimeSeconds: limits.signatureLifetimeSecondsMax,
      nonce: Buffer.from(randomBytes(18)).toString('base64url'),
    };
    const fields = signRequest({ method, targetUri, content }, own.signer(), freshness, crypto.sha256);
    const answer = await deps.ask(targetUri, {
      method,
      headers: { ...fields, accept: question.accept ?? '*/*' },
      ...(content !== undefined && { body: content.body }),
      allowPrivate,
      answerBytesMax: question.answerBytesMax ?? answerBytesMax,
      ...(signal !== undefined && { signal }),
    });
    const names = ['signature-input', 'signature', 'content-digest', 'content-type', 'content-encoding'];
    const received = {
      status: answer.status,
      fields: Object.fromEntries(names.map((name) => [name, answer.header(name)])),
      body: answer.bytes,
      requestSignature: fields.signature,
    };
    const verify = (find: typeof keyOf) => verifyResponse(received, clock(), { keyOf: find, crypto });
    return { answer, verdict: verify(keyOf), verify };
  }

  return {
    askAt,
    async ask(member, question) {
      if (member.evidence !== undefined || member.state === 'suspended')
        throw new ComityError(
          'CONFLICT',
          `Cannot ask ${member.handle}: it is ${member.evidence === undefined ? 'suspended' : 'frozen'}`,
        );
      const { descriptor, allowPrivate } = member;
      const { url } = descriptor.body;
      const asked = await exchange(url, allowPrivate, question, (keyId) => messageKeyOf(descriptor, keyId, clock()));
      let { verdict } = asked;
      if (verdict.kind === 'refused' && verdict.reason === 'unknown-key') {
        // It may have made new keys since: what it answered is judged once more with what it says of itself now.
        await deps.follow(member);
        const now = directory.get(member.id);
        if (now.evidence === undefined) verdict = asked.verify((keyId) => messageKeyOf(now.descriptor, keyId, clock()));
      }
      const answer = answered(url, asked.answer, verdict);
      await directory.noteSeen(member.id);
      return answer;
    },
  };
}

function answered(
  url: string,
  { status, header, bytes }: Awaited<ReturnType<LinkDeps['ask']>>,
  verdict: ReturnType<typeof verifyResponse>,
): PeerAnswer {
  if (verdict.kind === 'refused') {
    // A proxy, or a node that could not tell who asks, answers errors without a signature: told, but not believed.
    if (verdict.reason === 'unsigned' && status >= 400) throw problemOf(url, status, bytes);
    throw new ComityError('SIGNATURE_REFUSED', `Cannot believe the answer of ${url}: ${verdict.message}`, {
      details: { reason: verdict.reason },
    });
  }
  if (status >= 400) throw problemOf(url, status, bytes);
  return { status, type: header('content-type') ?? '', encoding: header('content-encoding'), bytes };
}

/** What the other node says is wrong; a code of ours when it says one. */
function problemOf(url: string, status: number, bytes: Uint8Array): ComityError {
  const told = readProblem(bytes);
  const code = Object.keys(errorCodes).find((each): each is ErrorCode => each === told?.code) ?? 'REMOTE_FAILED';
  const detail = told?.detail ?? `it answers ${status}`;
  const { reason } = told ?? {};
  return new ComityError(code, `Cannot ask ${url}: ${detail}`.slice(0, 1000), {
    details: { ...(reason !== undefined && { reason }), remoteStatus: status },
  });
}

function readProblem(bytes: Uint8Array) {
  try {
    const json = parseJson(showUtf8(bytes), 64 * 1024);
    if (!isJsonObject(json)) return undefined;
    const { code, detail, details } = json;
    const reason = isJsonObject(details) ? details['reason'] : undefined;
    return {
      code: typeof code === 'string' ? code : undefined,
      detail: typeof detail === 'string' ? detail : undefined,
      reason: typeof reason === 'string' ? reason : undefined,
    };
  } catch {
    // A page of a proxy, perhaps.
    return undefined;
  }
}
