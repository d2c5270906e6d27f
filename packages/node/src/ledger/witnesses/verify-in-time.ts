import { ComityError } from '@comity/protocol/base';
import { verifyTlogProof } from '@comity/protocol/tlog';
import type { ProvenEntry, TlogCrypto, VerifierKey } from '@comity/protocol/tlog';
import { isEpochQuorum, policyOfEpoch } from './witness-book.ts';
import type { PolicyEpoch } from './witness-book.ts';

/**
 * Verifies a proof under the set of witnesses that held when it was cosigned: who has left since is still believed for their time, and for no
 * other.
 *
 * @param proof - Hostile.
 * @param epochs - The oldest first; each ends where the next begins.
 * @throws {ComityError} `LEDGER_UNPROVEN` when no epoch bears it out; else as `verifyTlogProof`.
 */
export function verifyInTime(
  proof: string,
  entry: Uint8Array,
  { logKeys, epochs }: { readonly logKeys: readonly VerifierKey[]; readonly epochs: readonly PolicyEpoch[] },
  crypto: TlogCrypto,
): ProvenEntry {
  for (const [index, epoch] of epochs.entries()) {
    const proven = provenUnder(epoch, proof, entry, logKeys, crypto);
    if (proven === undefined) continue;
    const endUs = epochs[index + 1]?.fromUs ?? Number.MAX_SAFE_INTEGER;
    const inTime = proven.cosignatures.filter(({ timeSeconds = 0 }) => isWithin(timeSeconds, epoch.fromUs, endUs));
    if (
      isEpochQuorum(
        epoch,
        inTime.map(({ key }) => key),
      )
    )
      return proven;
  }
  throw new ComityError('LEDGER_UNPROVEN', 'Cannot trust proof: at no time were those who cosigned it a quorum');
}

/** Times are whole seconds: one in which an epoch begins is of both. */
function isWithin(timeSeconds: number, fromUs: number, endUs: number): boolean {
  return timeSeconds >= Math.floor(fromUs / 1e6) && timeSeconds * 1e6 < endUs;
}

function provenUnder(
  epoch: PolicyEpoch,
  proof: string,
  entry: Uint8Array,
  logKeys: readonly VerifierKey[],
  crypto: TlogCrypto,
): ProvenEntry | undefined {
  try {
    return verifyTlogProof(proof, entry, policyOfEpoch(logKeys, epoch), crypto);
  } catch (error) {
    if (error instanceof ComityError && error.code === 'LEDGER_UNPROVEN') return undefined;
    throw error;
  }
}
