import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SigmaLogsource } from '@comity/protocol/sigma';
import { ecsMappings } from './ecs-kinds.ts';
import { eveMappings } from './eve-kinds.ts';
import { jsonSigns } from './json-kinds.ts';
import type { FieldSource, SourceKind } from './source-kind.ts';
import { syslogServices, textMappings } from './text-events.ts';
import { windowsCategories, windowsMappings } from './windows-kinds.ts';
import { zeekMappings } from './zeek-kinds.ts';

const page = join(import.meta.dirname, '../../../../docs/spec/sigma.md');

/** The rows of the tables of a page, cells without blanks around them; head and rule are rows too. */
function rowsOf(text: string): ReadonlySet<string> {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return new Set(
    rows.map((row) =>
      row
        .split('|')
        .map((cell) => cell.trim())
        .join('|'),
    ),
  );
}

const row = (...cells: readonly string[]): string => `|${cells.join('|')}|`;
const code = (text: string): string => `\`${text}\``;
const written = ({ product, category, service }: SigmaLogsource): string =>
  Object.entries({ product, category, service })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]))
    .join(', ');
const sourceOf = (source: FieldSource): string => (typeof source === 'string' ? code(source) : source.says);

/** A row for each kind with its log sources, and one for each of its fields. */
function rowsOfKind({ about, logsources, fields }: SourceKind): string[] {
  const sources = logsources.map((each) => code(written(each))).join(' · ');
  return [
    row(about, sources),
    ...Object.entries(fields).map(([name, from]) => row(about, code(name), from.map(sourceOf).join(', '))),
  ];
}

function expectedRows(): string[] {
  const { sysmonCategories, powershellCategories } = windowsCategories;
  const { programs, webServers, facilities } = syslogServices;
  return [
    ...Object.entries(sysmonCategories).map(([id, categories]) => row(`Sysmon ${id}`, categories.map(code).join(', '))),
    ...Object.entries(powershellCategories).map(([id, category]) => row(`PowerShell ${id}`, code(category))),
    ...[...windowsMappings, ...zeekMappings, ...eveMappings, ...ecsMappings, ...textMappings].flatMap(rowsOfKind),
    ...Object.entries(programs).map(([name, services]) => row(code(name), services.map(code).join(', '))),
    ...Object.entries(webServers).map(([name, service]) => row(code(name), code(service))),
    ...Object.entries(facilities).map(([name, service]) => row(code(`%${name}-`), code(`cisco, ${service}`))),
    ...jsonSigns.map(({ kind, says }) =>
      row(kind.about, says, kind.logsources.map((each) => code(written(each))).join(' · ')),
    ),
  ];
}

/** Rows of the mapping that a page lacks. */
function missingRows(text: string): readonly string[] {
  const rows = rowsOf(text);
  return expectedRows().filter((each) => !rows.has(each));
}

test('docs/spec/sigma.md has a row for every log source and field of the mapping', () => {
  assert.deepEqual(missingRows(readFileSync(page, 'utf8')), []);
});

test('planted fault is seen: a row that says otherwise', () => {
  const text = readFileSync(page, 'utf8');
  assert.deepEqual(missingRows(text.replace('`id_orig_h`', '`id_resp_h`')).length, 1);
});

test('docs/spec/sigma.md has no row of a field that is not mapped', () => {
  const expected = new Set(expectedRows());
  const fields = [...rowsOf(readFileSync(page, 'utf8'))].filter((each) => /^\|[^|]+\|`[^|]+`\|[^|]+\|$/.test(each));
  assert.deepEqual(
    fields.filter((each) => !expected.has(each)),
    [],
  );
});
