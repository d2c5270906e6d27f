/** A requirement of STIX 2.1 Interoperability v1.0, a row of its traceability table. */
export interface InteropRow {
  readonly req_id: string;
  readonly use_case: string;
  readonly section: string;
  readonly disposition: string;
  readonly test_id?: string;
  readonly fixture?: string;
}

/** Reads the rows of the table, which is written in a small part of TOML: `[[requirement]]` and `key = value` lines. */
export function readInteropRows(text: string): InteropRow[] {
  const blocks = text.split(/^\[\[requirement\]\]$/m).slice(1);
  return blocks.map((block) => {
    const entries = [...block.matchAll(/^(\w+) = "([^"]*)"$/gm)].map(
      ([, key = '', value = '']) => [key, value] as const,
    );
    return Object.fromEntries(entries) as unknown as InteropRow;
  });
}

/** The properties the use case of each type asks for, besides what is required of the type anyway. */
export function interopProperties(
  rows: readonly InteropRow[],
): ReadonlyMap<string, { section: string; names: string[] }> {
  const byType = new Map<string, { section: string; names: string[] }>();
  for (const { use_case: useCase, section, test_id: test = '' } of rows) {
    const name = /::prop_(\w+)$/.exec(test)?.[1]?.replace('opinion_value', 'opinion');
    if (name === undefined || alwaysThere.has(name)) continue;
    const type = useCase.replaceAll('_', '-');
    const entry = byType.get(type) ?? { section, names: [] };
    entry.names.push(name);
    byType.set(type, entry);
  }
  return byType;
}

/** Required of every versioned object (§3.2), and the creator, which has a rule of its own. */
const alwaysThere: ReadonlySet<string> = new Set([
  'type',
  'spec_version',
  'id',
  'created',
  'modified',
  'created_by_ref',
]);
