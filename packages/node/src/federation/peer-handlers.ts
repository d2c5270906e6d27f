import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ComityError, parseUtf8, quote, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { outboxMediaType, parseReceipt, parseToldEvidence } from '@comity/protocol/peer';
import type { SignedReceipt, ToldEvidence } from '@comity/protocol/peer';
import type { Federation, OutboxPlace } from './federation.ts';

/** Bytes of an outbox that are read in one answer, as they come and after they are unpacked. */
export const outboxAnswerBytesMax = 32 * 1024 * 1024;
const outboxBytesMax = 64 * 1024 * 1024;
/** Bytes of receipts in one request. */
export const receiptsBytesMax = 8 * 1024 * 1024;
/** How long somebody waits for news before it is told that there is none. */
const hintMsMax = 25_000;
/** A body below this is sent as it is. */
const packedFrom = 1024;

/** What is answered another member's node; it is signed before it leaves. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
  readonly encoding?: string;
}

/** What other members' nodes can ask of this one about the exchange. */
export interface PeerHandlers {
  /** `GET /peer/v1/outbox?after=N&from=M`. */
  outbox(member: MemberId, query: string): Promise<Reply>;
  /** `GET /peer/v1/hint?after=N`: answered as soon as something stands behind N, or after a while. */
  hint(member: MemberId, query: string, signal: AbortSignal): Promise<Reply>;
  /** `GET /peer/v1/evidence`. */
  evidence(): Promise<Reply>;
  /** `POST /peer/v1/receipts`. */
  receipts(member: MemberId, body: Uint8Array): Promise<Reply>;
}

/** Answers other members' nodes. Who asks is verified before. */
export function createPeerHandlers(
  federation: Pick<Federation, 'outbox' | 'takeReceipts' | 'lastPut' | 'onOutbox' | 'toldEvidence'>,
  { after: later }: { readonly after: (delayMs: number, fn: () => void) => () => void },
): PeerHandlers {
  return {
    async outbox(member, query) {
      const lines: string[] = [];
      for await (const line of federation.outbox(member, placeOf(query))) lines.push(line);
      return packed(outboxMediaType, utf8Bytes(lines.join('')));
    },
    async hint(member, query, signal) {
      const after = afterOf(query);
      if (federation.lastPut(member) <= after) {
        await new Promise<void>((resolve) => {
          const end = (): void => {
            stopListening();
            cancel();
            signal.removeEventListener('abort', end);
            resolve();
          };
          const stopListening = federation.onOutbox((each) => {
            // It may have been taken since by another request.
            if (each === member && federation.lastPut(member) > after) end();
          });
          const cancel = later(hintMsMax, end);
          signal.addEventListener('abort', end);
        });
      }
      return json({ last: federation.lastPut(member) });
    },
    evidence: () => Promise.resolve(packed('application/json', utf8Bytes(federation.toldEvidence()))),
    async receipts(member, body) {
      const lines = parseUtf8(body, 'receipts')
        .split('\n')
        .filter((line) => line !== '');
      const receipts = lines.map((line, at) => parseReceipt(line, `line ${at + 1} of the receipts`));
      await federation.takeReceipts(member, receipts);
      return json({ taken: receipts.length });
    },
  };
}

/** The body of a request with receipts. */
export function receiptsBody(receipts: readonly SignedReceipt[]): Uint8Array<ArrayBuffer> {
  return utf8Bytes(receipts.map((receipt) => `${JSON.stringify(receipt)}\n`).join(''));
}

/**
 * Evidence as it was answered.
 *
 * @throws {ComityError} `PEER_MALFORMED`, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function evidenceOfAnswer(answer: {
  readonly encoding: string | undefined;
  readonly bytes: Uint8Array;
}): readonly ToldEvidence[] {
  const { encoding, bytes } = answer;
  const body = encoding === undefined ? bytes : unpacked(bytes, encoding);
  return parseToldEvidence(parseUtf8(body, 'evidence'), 'evidence');
}

/**
 * Lines of an outbox as it was answered.
 *
 * @param answer - hostile.
 * @param onBytes - told how many bytes it has: as it came first, since what cannot be unpacked was read too, then what more it is unpacked.
 * @throws {ComityError} `PEER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function linesOfAnswer(
  answer: { readonly type: string; readonly encoding: string | undefined; readonly bytes: Uint8Array },
  onBytes: (count: number) => void,
): string[] {
  const { type, encoding, bytes } = answer;
  onBytes(bytes.length);
  if (type.split(';')[0] !== outboxMediaType) {
    throw new ComityError('PEER_MALFORMED', `Cannot read an outbox: it came as ${quote(type)}`);
  }
  const body = encoding === undefined ? bytes : unpacked(bytes, encoding);
  onBytes(Math.max(0, body.length - bytes.length));
  const text = parseUtf8(body, 'an outbox');
  const lines = text.split('\n');
  // The last is what stands behind the last newline: nothing, or a line that was cut.
  lines.pop();
  return lines;
}

function unpacked(bytes: Uint8Array, encoding: string): Uint8Array {
  if (encoding !== 'zstd') {
    throw new ComityError('PEER_MALFORMED', `Cannot read an outbox: its encoding is ${quote(encoding)}`);
  }
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: outboxBytesMax });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ComityError('INPUT_TOO_LARGE', `Cannot read an outbox: it is larger than ${outboxBytesMax} bytes`);
    }
    throw new ComityError('PEER_MALFORMED', 'Cannot read an outbox: it is damaged', { cause });
  }
}

function packed(type: string, body: Uint8Array): Reply {
  if (body.length < packedFrom) return { status: 200, type, body };
  const options = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
  return { status: 200, type, body: zstdCompressSync(body, options), encoding: 'zstd' };
}

function json(value: object): Reply {
  return { status: 200, type: 'application/json', body: utf8Bytes(JSON.stringify(value)) };
}

function afterOf(query: string): number {
  return sequenceOf(new URLSearchParams(query).get('after') ?? '', 'after');
}

function placeOf(query: string): OutboxPlace {
  const after = afterOf(query);
  const text = new URLSearchParams(query).get('from');
  const from = text === null ? after : sequenceOf(text, 'from');
  if (from >= after) return { after, from };
  throw new ComityError('ARGUMENT_INVALID', `Cannot answer: from ${from} is before after ${after}`);
}

function sequenceOf(text: string, name: string): number {
  const sequence = Number(text);
  if (/^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(sequence)) return sequence;
  throw new ComityError('ARGUMENT_INVALID', `Cannot answer: ${quote(text)} as ${name} is no sequence`);
}
