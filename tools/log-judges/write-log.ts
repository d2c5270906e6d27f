import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  leafHash,
  planConsistency,
  planInclusion,
  planRoot,
  printCheckpoint,
  printNote,
  printTlogProof,
  printVerifierKey,
  signText,
} from '@comity/protocol/tlog';
import type { KnownLog } from '@comity/protocol/tlog';
import { createSigner, inventEntries, makeLog, nativeCrypto } from '../../packages/testkit/src/index.ts';

/** A log in a folder, as it would be served, and what a judge needs to know of it. */
export interface WrittenLog {
  readonly dir: string;
  readonly log: KnownLog;
  /** Verifier keys as text: of the log (01), and of a witness (04). */
  readonly logKey: string;
  readonly witnessKey: string;
  readonly proofFile: string;
  readonly entryFile: string;
}

const origin = 'log.example/comity/ledger/1';

/**
 * Writes a made-up log of `size` entries, the same each time but for signatures: tiles and bundles, a checkpoint with both signatures of the
 * log and both of a witness, `proof.json` with an inclusion and a consistency proof, and a proof as a file beside its entry.
 */
export function writeLog(dir: string, size: number): WrittenLog {
  const made = makeLog(inventEntries(size, 70));
  const write = (path: string, data: string | Uint8Array): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), data);
  };
  for (const [path, bytes] of made.files) write(path, bytes);

  const signers = [createSigner(origin, 'note', 'log'), createSigner(origin, 'cosignature-ml-dsa-44', 'log, ML-DSA')];
  const witness = createSigner('w.example', 'cosignature-ed25519', 'w');
  const witnessPq = createSigner('w.example', 'cosignature-ml-dsa-44', 'w, ML-DSA');
  const text = printCheckpoint({ origin, size, root: made.root });
  const checkpoint = printNote({ text, signatures: signText(text, [...signers, witness, witnessPq], 1_790_000_000) });
  write('checkpoint', checkpoint);

  const [index, from] = [Math.floor(size / 3), Math.floor(size / 2) + 1];
  const hashes = made.hashes(planInclusion(index, size));
  const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64');
  write(
    'proof.json',
    JSON.stringify({
      index,
      size,
      from,
      inclusion: hashes.map(base64),
      consistency: made.hashes(planConsistency(from, size)).map(base64),
      root: base64(made.root),
      rootFrom: base64(made.hashes(planRoot(from), from)[0]),
      leaf: base64(leafHash(made.entries[index]!, nativeCrypto.sha256)),
    }),
  );
  write('entry.tlog-proof', printTlogProof({ extra: undefined, index, hashes, checkpoint }));
  write('entry.bin', made.entries[index]!);
  return {
    dir,
    log: { origin, keys: signers.map(({ key }) => key) },
    logKey: printVerifierKey(signers[0]!.key),
    witnessKey: printVerifierKey(witness.key),
    proofFile: join(dir, 'entry.tlog-proof'),
    entryFile: join(dir, 'entry.bin'),
  };
}
