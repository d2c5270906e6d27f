import { parseVerifierKey } from '@comity/protocol/tlog';
import type { TlogCrypto, VerifierKey } from '@comity/protocol/tlog';

/** Keys of some hundred members. */
const keysMax = 1000;

/**
 * Reads verifier keys, and remembers those it read: one of ML-DSA-44 has nearly two thousand signs, and the same few come again and again.
 *
 * @returns a function that throws {@link ComityError} `LEDGER_MALFORMED`.
 */
export function createKeyReader({ sha256 }: Pick<TlogCrypto, 'sha256'>): (text: string) => VerifierKey {
  const read = new Map<string, VerifierKey>();
  return (text) => {
    const known = read.get(text);
    if (known !== undefined) return known;
    const key = parseVerifierKey(text, sha256);
    if (read.size >= keysMax) read.clear();
    read.set(text, key);
    return key;
  };
}
