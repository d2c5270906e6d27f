import { ComityError, isJsonObject, parseJson, parseUtf8 } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { evidenceCharsMax, outboxMediaType } from '@comity/protocol/peer';
import type { PeerLink } from './federation.ts';
import { evidenceOfAnswer, linesOfAnswer, outboxAnswerBytesMax, receiptsBody } from './peer-handlers.ts';

/** A request to another member's node; it is signed on its way. */
interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly content?: { readonly type: string; readonly body: Uint8Array };
  readonly accept?: string;
  readonly answerBytesMax?: number;
  readonly signal: AbortSignal;
}

/** Asks a member's node; the answer is verified to be its own. */
type AskMember = (
  member: MemberId,
  question: Question,
) => Promise<{ readonly type: string; readonly encoding: string | undefined; readonly bytes: Uint8Array }>;

const hintCharsMax = 1024;

/** The way to other members, over whoever signs requests and verifies answers. */
export function createPeerLink(ask: AskMember): PeerLink {
  return {
    async *readOutbox(member, { after, from }, signal, onBytes) {
      const answer = await ask(member, {
        method: 'GET',
        path: `/peer/v1/outbox?after=${after}${from === after ? '' : `&from=${from}`}`,
        accept: outboxMediaType,
        answerBytesMax: outboxAnswerBytesMax,
        signal,
      });
      yield* linesOfAnswer(answer, onBytes);
    },
    async sendReceipts(member, receipts, signal) {
      const content = { type: outboxMediaType, body: receiptsBody(receipts) };
      await ask(member, { method: 'POST', path: '/peer/v1/receipts', content, signal });
    },
    async readEvidence(member, signal) {
      const path = '/peer/v1/evidence';
      return evidenceOfAnswer(await ask(member, { method: 'GET', path, answerBytesMax: evidenceCharsMax, signal }));
    },
    async awaitHint(member, after, signal) {
      const { bytes } = await ask(member, { method: 'GET', path: `/peer/v1/hint?after=${after}`, signal });
      const value = parseJson(parseUtf8(bytes, 'a hint'), hintCharsMax, 'a hint');
      if (isJsonObject(value) && typeof value['last'] === 'number') return value['last'] > after;
      throw new ComityError('PEER_MALFORMED', 'Cannot read a hint: it does not say how far the outbox is');
    },
  };
}
