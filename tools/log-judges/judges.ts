import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLog, makePolicy, openCheckpoint, parseVerifierKey, verifyTlogProof } from '@comity/protocol/tlog';
import { findShared, nativeCrypto } from '../../packages/testkit/src/index.ts';
import { cacheDir } from '../cache-dir.ts';
import { runProgram } from '../run-program.ts';
import type { WrittenLog } from './write-log.ts';

/** Somebody who says whether a log holds: undefined, or what is wrong with it. */
export interface Judge {
  readonly name: string;
  readonly fault: (log: WrittenLog) => Promise<string | undefined> | string | undefined;
}

/** A judge that is not on this machine, and why. */
export interface MissingJudge {
  readonly name: string;
  readonly reason: string;
}

/** Our own check of a whole log, on the files themselves. */
export const ownCheck: Judge = {
  name: 'our own check',
  fault: (log) => wholeLogFault(log).catch(String),
};

async function wholeLogFault({ dir, log, witnessKey }: WrittenLog): Promise<string | undefined> {
  const witness = parseVerifierKey(witnessKey, nativeCrypto.sha256);
  const note = await readFile(join(dir, 'checkpoint'));
  const { checkpoint, ofLog, ofWitnesses } = openCheckpoint(note, log, [witness], nativeCrypto);
  if (ofLog.length !== 2 || ofWitnesses.length !== 1) return 'a signature is missing';
  const read = async (path: string): Promise<Uint8Array | undefined> =>
    existsSync(join(dir, path)) ? await readFile(join(dir, path)) : undefined;
  const faults = await Array.fromAsync(checkLog(checkpoint, read, nativeCrypto.sha256));
  return faults.length === 0 ? undefined : faults.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
}

/** Our own verification of one proof. */
export const ownProof: Judge = {
  name: 'our own verification of a proof',
  fault: ({ log, proofFile, entryFile }) => {
    try {
      verifyTlogProof(readFileSync(proofFile), readFileSync(entryFile), makePolicy(log.keys, [], 0), nativeCrypto);
      return undefined;
    } catch (error) {
      return String(error);
    }
  },
};

/** The sumdb modules of Go: notes, roots, each tile, each entry, proofs. Built once from the program beside the test data. */
export function findGoJudge(): Judge | MissingJudge {
  const name = 'golang.org/x/mod';
  const source = findShared('judges/judge.go');
  if (source === undefined) return { name, reason: 'judges/judge.go is not on this machine' };
  if (!runProgram('go', ['version'], '.').ok) return { name, reason: 'there is no go on this machine' };
  const dir = cacheDir('log-judge');
  copyFileSync(source, join(dir, 'judge.go'));
  for (const file of ['go.mod', 'go.sum']) copyFileSync(join(import.meta.dirname, file), join(dir, file));
  const built = runProgram('go', ['build', '-o', 'judge', 'judge.go'], dir);
  if (!built.ok) return { name, reason: `it could not be built: ${built.output.trim().split('\n').at(-1) ?? ''}` };
  return {
    name,
    fault: (log) => verdict(runProgram(join(dir, 'judge'), [log.dir, log.logKey, log.witnessKey], dir)),
  };
}

/** Sigstore’s verifier: checkpoint, signature of the log, inclusion of one entry. */
export function findSigstoreJudge(): Judge | MissingJudge {
  const name = '@sigstore/verify';
  const source = findShared('judges/judge.cjs');
  if (source === undefined) return { name, reason: 'judges/judge.cjs is not on this machine' };
  // From below `node_modules` it finds the verifier it asks for.
  const program = join(cacheDir('log-judge'), 'judge.cjs');
  copyFileSync(source, program);
  return {
    name,
    fault: (log) => verdict(runProgram(process.execPath, [program, log.proofFile, log.entryFile, log.logKey], log.dir)),
  };
}

/** Judges print PASS, or else what is wrong. */
function verdict({ ok, stdout, output }: { ok: boolean; stdout: string; output: string }): string | undefined {
  if (ok && stdout.startsWith('PASS')) return undefined;
  return (
    output
      .trim()
      .split('\n')
      .find((line) => /FAIL|Error/.test(line)) ?? 'no verdict'
  );
}
