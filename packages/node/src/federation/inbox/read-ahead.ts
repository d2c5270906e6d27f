import { statementBytes } from '@comity/protocol/peer';
import type { ReceivedItem } from '@comity/protocol/peer';
import { areBytesEqual, parseBase64 } from '@comity/protocol/tlog';
import type { SignatureClaim, TlogCrypto } from '@comity/protocol/tlog';
import type { FederationDeps } from '../federation.ts';
import type { AnswerEnd, ProvenBatch } from './read-answer.ts';

/** Batches that are taken together, and cryptography that knows what their statements are signed with. */
export interface Run {
  readonly batches: readonly ProvenBatch[];
  readonly crypto: TlogCrypto;
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
    const crypto = verifiedAhead(
      step.value.flatMap(({ items }) => items),
      deps,
    );
    return { done: false, value: { batches: step.value, crypto } } as const;
  };
  try {
    for (let next = read(); ;) {
      const step = await next;
      if (step.done === true) return step.value;
      next = read();
      // It is waited for in its turn.
      next.catch(() => undefined);
      yield { batches: step.value.batches, crypto: await step.value.crypto };
    }
  } finally {
    await answer.return(undefined);
  }
}

/** Verifies what items state, as far as the first key of each origin says it, and remembers the answers; all else is verified when it is asked. */
async function verifiedAhead(
  items: readonly ReceivedItem[],
  { crypto, verifyLater, directory }: ReadAheadDeps,
): Promise<TlogCrypto> {
  const claims = items.flatMap(({ item }): readonly SignatureClaim[] => {
    if (item.kind !== 'lent' && item.kind !== 'recalled') return [];
    const [publicKey] = directory.messageKeysOf(item.statement.origin) ?? [];
    if (publicKey === undefined) return [];
    const signature = parseBase64(item.signature, 'signature of a statement');
    return [{ algorithm: 'ed25519', publicKey, message: statementBytes(item.statement), signature }];
  });
  const verified = new Map<string, { readonly claim: SignatureClaim; readonly isValid: boolean }>();
  await Promise.all(
    claims.map(async (claim) => {
      const isValid = await verifyLater(claim);
      verified.set(nameOf(claim), { claim, isValid });
    }),
  );
  return {
    sha256: crypto.sha256,
    verify(claim) {
      const known = verified.get(nameOf(claim));
      return known !== undefined && isSame(known.claim, claim) ? known.isValid : crypto.verify(claim);
    },
  };
}

function nameOf({ signature }: SignatureClaim): string {
  return Buffer.from(signature).toString('latin1');
}

function isSame(one: SignatureClaim, other: SignatureClaim): boolean {
  return (
    one.algorithm === other.algorithm &&
    areBytesEqual(one.publicKey, other.publicKey) &&
    areBytesEqual(one.message, other.message) &&
    areBytesEqual(one.signature, other.signature)
  );
}
