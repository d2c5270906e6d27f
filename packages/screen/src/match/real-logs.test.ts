import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import { findShared, skipWithout } from '@comity/testkit';
import { Table } from '../table/index.ts';
import { HitList, relations } from './hits.ts';
import { NaiveMatcher } from './naive-matcher.ts';
import { scan } from './scan.ts';

const logs = [
  'access-logs',
  'auth-logs',
  'zeek-ctu-win7',
  'zeek-m57',
  'zeek-json-apt29',
  'zeek-log-zoo',
  'suricata-eve',
  'net-events-pcap',
];

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:log|txt|json|ndjson|csv)$|logs?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every value in a folder of lists, by its bare tokens. */
function valuesIn(dir: string): ListedValue[] {
  const values: ListedValue[] = [];
  for (const file of filesBelow(dir)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const value = recogniseValue(line.replace(/#.*/, '').trim().split(/[\t,]/)[0]!, { anySuffix: true });
      if (value !== undefined) values.push(value);
    }
  }
  return values;
}

test(
  'real logs and real lists: the matcher finds what the naive matcher finds',
  { skip: skipWithout('data/maltrail') },
  () => {
    const values = ['maltrail', 'ipsum'].flatMap((list) => valuesIn(findShared('data', list)!));
    assert.ok(values.length > 100_000);
    const table = Table.build(values.map((value, ref) => ({ value, ref })));
    const naive = new NaiveMatcher(values);
    const hits = new HitList();
    let hitCount = 0;
    let lineCount = 0;
    for (const file of logs.flatMap((name) => filesBelow(findShared('data', name)!))) {
      const bytes = readFileSync(file);
      const lines = bytes.toString('latin1').split('\n');
      let start = 0;
      for (const line of lines) {
        hits.reset();
        scan(table, bytes, start, start + line.length, hits);
        const found = Array.from({ length: hits.count }, (_, hit) => {
          const place = `${hits.start[hit]! - start} ${hits.end[hit]! - start}`;
          return `${place} ${relations[hits.relation[hit]!]!} ${table.valueOf(hits.entry[hit]!)} ${hits.port[hit]!}`;
        }).toSorted();
        assert.deepEqual(found, naive.hitsIn(line), `${file}: ${line.slice(0, 500)}`);
        hitCount += found.length;
        start += line.length + 1;
      }
      lineCount += lines.length;
    }
    assert.ok(lineCount > 30_000 && hitCount > 300, `${hitCount} hits in ${lineCount} lines`);
  },
);
