import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGoJudge, findSigstoreJudge, ownCheck, ownProof } from './judges.ts';
import type { Judge, MissingJudge } from './judges.ts';
import { writeLog } from './write-log.ts';
import type { WrittenLog } from './write-log.ts';

/**
 * `npm run test:judges -- [--million]`: a log our ledger wrote before judges others wrote. They must find it whole, and must find a byte that was
 * changed in it: a judge that finds nothing proves nothing.
 */

/** Entries: three levels of tiles, each with a partial one. */
const isMillion = process.argv.includes('--million');
const size = isMillion ? 1_000_000 : 70_000;

/** Where a byte is changed, of what the judges of whole logs and those of one proof read. */
const wholeFaults = [
  'tile/entries/000',
  isMillion ? 'tile/entries/x003/906.p/64' : 'tile/entries/273.p/112',
  'tile/0/100',
  'tile/1/000',
  isMillion ? 'tile/2/000.p/15' : 'tile/2/000.p/1',
  'checkpoint',
];
const proofFaults = ['entry.bin', 'entry.tlog-proof'];

async function run(log: WrittenLog): Promise<boolean> {
  const go = findGoJudge();
  const sigstore = findSigstoreJudge();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [judge, files] of [
    [ownCheck, wholeFaults],
    [go, wholeFaults],
    [ownProof, proofFaults],
    [sigstore, proofFaults],
  ] as const)
    await ask(judge, files, log, tally);
  print(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.failed === 0;
}

async function ask(
  judge: Judge | MissingJudge,
  files: readonly string[],
  log: WrittenLog,
  tally: { passed: number; failed: number; skipped: number },
): Promise<void> {
  if ('reason' in judge) {
    print(`SKIPPED ${judge.name}: ${judge.reason}`);
    tally.skipped += 1 + files.length;
    return;
  }
  const faults: string[] = [];
  const whole = await judge.fault(log);
  if (whole !== undefined) faults.push(`the log is not whole: ${whole}`);
  for (const file of files) {
    const restore = changeByte(join(log.dir, file));
    if ((await judge.fault(log)) === undefined) faults.push(`does not see a changed byte in ${file}`);
    restore();
  }
  const asked = 1 + files.length;
  print(`${judge.name} ${asked - faults.length}/${asked}`);
  for (const fault of faults) print(`  ${fault}`);
  tally.passed += asked - faults.length;
  tally.failed += faults.length;
}

/**
 * Changes a byte near the beginning of a file, where no line of an unknown signer stands, which judges pass over; gives what puts it
 * back.
 */
function changeByte(file: string): () => void {
  const kept = `${file}.kept`;
  copyFileSync(file, kept);
  const bytes = readFileSync(file);
  const at = Math.min(40, bytes.length >> 1);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
  return () => {
    copyFileSync(kept, file);
    rmSync(kept);
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const dir = mkdtempSync(join(tmpdir(), 'comity-log-'));
try {
  process.exitCode = (await run(await writeLog(dir, size))) ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true });
}
