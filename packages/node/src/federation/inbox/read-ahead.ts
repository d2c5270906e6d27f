import { isSignedBy, statementBytes } from '@comity/protocol/peer';
import type { ItemContext, ReceivedItem, SignedStatement } from '@comity/protocol/peer';
import { areBytesEqual, parseBase64 } from '@comity/protocol/tlog';
import type { FederationDeps } from '../federation.ts';
import { askedOnce } from './asked-once.ts';
import type { AnswerEnd, ProvenBatch } from './read-answer.ts';

/** Batches that are taken together, and who knows what their statements are signed with. */
export interface Run {
  readonly batches: readonly ProvenBatch[];
  readonly isSigned: ItemContext['isSigned'];
}

type ReadAheadDeps = Pick<FederationDeps, 'crypto' | 'verifyLater'> & {
  readonly directory: Pick<FederationDeps['directory'], 'messageKeysOf'>;
};

/**
 * Reads one run ahead of whoever takes them, and has the signatures of its statements verified on other threads meanwhile: that is most of
 * what an item costs.
 *
 * @param answer - what is wrong with it is thrown in its turn, when what came before was given.
 */
export async function* readAhead(
  answer: AsyncGenerator<readonly ProvenBatch[], AnswerEnd | undefined>,
  deps: ReadAheadDeps,
): AsyncGenerator<Run, AnswerEnd | undefined> {
  const read = async () => {
    const step = await answer.next();
    if (step.done === true) return step;
    const isSigned = verifiedAhead(
      step.value.flatMap(({ items }) => items),
      deps,
    );
    // It is waited for in its turn, or not at all.
    isSigned.catch(() => undefined);
    return { done: false, value: { batches: step.value, isSigned } } as const;
  };
  try {
    for (let next = read(); ;) {
      const step = await next;
      if (step.done === true) return step.value;
      next = read();
      next.catch(() => undefined);
      yield { batches: step.value.batches, isSigned: await step.value.isSigned };
    }
  } finally {
    await answer.return(undefined);
  }
}

/** Verifies what items state, as far as the first key of each origin says it, and remembers the answers; all else is verified when it is asked. */
async function verifiedAhead(
  items: readonly ReceivedItem[],
  { crypto, verifyLater, directory }: ReadAheadDeps,
): Promise<ItemContext['isSigned']> {
  const messageKeysOf = askedOnce((member) => directory.messageKeysOf(member));
  const verified = new Map<SignedStatement, Uint8Array>();
  await Promise.all(
    items.map(async ({ item }) => {
      if (item.kind !== 'lent' && item.kind !== 'recalled') return;
      const [publicKey] = messageKeysOf(item.statement.origin) ?? [];
      if (publicKey === undefined) return;
      const signature = parseBase64(item.signature, 'signature of a statement');
      const message = statementBytes(item.statement);
      if (await verifyLater({ algorithm: 'ed25519', publicKey, message, signature })) verified.set(item, publicKey);
    }),
  );
  return (signed, keys) => {
    const publicKey = verified.get(signed);
    const isKnown = publicKey !== undefined && keys.some((key) => areBytesEqual(key, publicKey));
    return isKnown || isSignedBy(signed, keys, crypto);
  };
}
