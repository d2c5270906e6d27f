import { join, relative } from 'node:path';
import { filesBelow } from '@comity/screen';
import type { Table } from '@comity/screen';
import { screenLog } from './screen-log.ts';

/** Every set the index files under "Logs". */
const logSets = [
  'zeek-m57',
  'zeek-ctu-win7',
  'zeek-json-apt29',
  'zeek-json-wrccdc',
  'zeek-log-zoo',
  'zeek-icsnpp',
  'suricata-eve',
  'net-events-pcap',
  'access-logs',
  'auth-logs',
  'windows-otrf',
] as const;

/** Reads every log there is and prints its format and lines; a log that is not read to its end is a fault. */
export async function readEveryLog(dataDir: string, table: Table): Promise<number> {
  let faults = 0;
  const formats = new Map<string, { files: number; lines: number; records: number }>();
  console.log('every log, lines read');
  for (const set of logSets) {
    for await (const file of filesBelow(join(dataDir, set))) {
      if (file.path.endsWith('SOURCE.txt')) continue;
      const name = relative(dataDir, file.path);
      try {
        const result = await screenLog(table, file.path, name, { isCounted: () => false });
        console.log(`  ${name}: ${result.format}, ${result.lines} lines, ${result.records} records`);
        const sum = formats.get(result.format) ?? { files: 0, lines: 0, records: 0 };
        sum.files++;
        sum.lines += result.lines;
        sum.records += result.records;
        formats.set(result.format, sum);
      } catch (error) {
        faults++;
        console.log(`  UNREAD ${name}: ${String(error)}`);
      }
    }
  }
  for (const [format, { files, lines, records }] of formats) {
    console.log(`  ${format}: ${files} files, ${lines} lines, ${records} records`);
  }
  return faults;
}
