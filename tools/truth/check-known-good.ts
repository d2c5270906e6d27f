import { join } from 'node:path';
import type { ListedValue } from '@comity/protocol/values';
import { loadKnownGood } from '../../packages/node/src/cli/screen/load-known-good.ts';
import type { Indicators } from '../../packages/node/src/cli/screen/load-indicators.ts';
import { isInTable, isTextLog } from './check-hits.ts';
import { compare, namedFields } from './compare.ts';
import { loadSets } from './indicator-sets.ts';
import type { Truth, TruthRow } from './read-truth.ts';
import { screenLog } from './screen-log.ts';

/**
 * The known-good gate on the same logs: with the MISP warninglists, exactly the rows the table says a list covers are held
 * back and all others are found as before; released (the run without the gate), they are matched again.
 */
export async function checkKnownGood(dataDir: string, truth: Truth, released: Indicators): Promise<number> {
  let faults = 0;
  const gate = await loadKnownGood(join(dataDir, 'misp-warninglists'), (error) => {
    faults++;
    console.log(`  UNREADABLE ${String(error)}`);
  });
  const gated = await loadSets(dataDir, { knownGood: gate });
  const covered = new Map<string, readonly string[]>(truth.rows.map((row) => [row.indicator, row.warninglists]));
  for (const row of truth.digests) covered.set(row.hash, row.warninglists);
  console.log(`known good: ${gated.heldBack} values held back by the warninglists`);

  for (const [indicator, lists] of covered) {
    const verdict = gate.judge(listedValueOf(indicator));
    if ((verdict !== undefined) === lists.length > 0) continue;
    faults++;
    console.log(
      `  GATE ${indicator}: ${verdict === undefined ? 'let through' : `held back by ${verdict.list}`}, the table has [${lists.join(', ')}]`,
    );
  }

  const fields = namedFields(truth.rows);
  let heldEvents = 0;
  for (const log of new Set(truth.rows.map((row) => row.log))) {
    const rows = truth.rows.filter((row) => row.log === log);
    const held = rows.filter((row) => row.warninglists.length > 0);
    const counting = { isCounted: isInTable, ...(isTextLog(rows) ? { field: 'token' } : {}) };
    const withGate = await screenLog(gated.table, join(dataDir, log), log, counting);
    const withoutGate = await screenLog(released.table, join(dataDir, log), log, counting);
    const kept = compare(
      withGate,
      rows.filter((row) => !held.includes(row)),
      fields,
    );
    const again = compare(withoutGate, held, fields);
    for (const each of [...kept.missed, ...kept.extra, ...again.missed]) {
      faults++;
      console.log(`  ${log}: ${each.indicator} ${each.how}: ${each.found} found, expected ${each.expected}`);
    }
    heldEvents += held.reduce((sum, row) => sum + eventsOf(row), 0);
  }
  console.log(`  ${heldEvents} events of the table held back, all matched once released; differences: ${faults}\n`);
  return faults;
}

function eventsOf(row: TruthRow): number {
  return Object.values(row.hits).reduce((sum, events) => sum + events, 0);
}

function listedValueOf(indicator: string): ListedValue {
  const digest = ({ 32: 'md5', 40: 'sha1', 64: 'sha256' } as const)[indicator.length];
  if (digest !== undefined && /^[0-9a-f]+$/.test(indicator)) return { kind: digest, value: indicator };
  return { kind: /^[\d.]+$/.test(indicator) ? 'ipv4' : 'domain', value: indicator };
}
