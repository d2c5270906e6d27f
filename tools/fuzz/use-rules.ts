import type { JsonObject } from '@comity/protocol/base';
import { createSigmaEngine, eventOfRecord, readSigma } from '@comity/protocol/sigma';

/** What the seed of rules asks for, and what is malformed beside it. */
const records: readonly JsonObject[] = [
  { Image: 'C:\\x\\a.exe', CommandLine: 'a /f b', User: 'u', Ip: '10.1.2.3', Size: '12', When: '2026-01-01 07:00:00' },
  { Image: ['A.EXE', 7, null], User: 'U', Ip: '::ffff:10.0.0.1', Text: 'cABvAHcAZQByAA==', Size: 'x', When: 1.767e9 },
  { note: 'Mimikatz', nested: { a: [{ b: 'x' }, 'y'] }, Other: {}, User: 'u' },
];
const logsources = [{ product: 'windows', category: 'process_creation', service: 'sysmon' }];

/**
 * Reads a file of rules and asks what can be used of it about records.
 *
 * @throws {Error} When the index changes what is found, or state is left that the limits forbid.
 */
export function useRules(bytes: Uint8Array): Promise<{ items: number; rejected: number }> {
  const read = readSigma(Buffer.from(bytes).toString('utf8'));
  const documents = read.flatMap(({ document }) => document ?? []);
  const bounds = { groupsMax: 2, keptPerGroupMax: 4, placeholders: new Map([['Servers', ['srv*', 'a?c']]]) };
  const [indexed, naive] = [true, false].map((each) => createSigmaEngine(documents, { ...bounds, indexed: each }));
  let items = documents.length;
  for (const [second, record] of [...records, ...records].entries()) {
    const event = eventOfRecord(record, { logsources, atUs: second * 1_000_000 });
    const [found, asked] = [indexed!, naive!].map((engine) => engine.advance(event, 1e9).map(({ rule }) => rule.title));
    if (String(found) !== String(asked))
      throw new Error(`the index changes what is found: ${String(found)}, ${String(asked)}`);
    items += found!.length;
  }
  items += indexed!.end().length;
  const { groups, correlations } = indexed!.figures;
  if (groups > 2 * correlations) throw new Error(`${groups} groups are kept of ${correlations} correlations`);
  return Promise.resolve({ items, rejected: read.length - documents.length + indexed!.refused.length });
}
