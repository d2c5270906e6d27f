import { parse as parseYaml } from 'yaml';
import { ComityError, isJsonObject, quote } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { Item } from '../item.ts';
import { meaningOfHeader, meaningOfType, valuesOfCell } from './column-meaning.ts';
import { layoutOfHeader, readRecord } from './table.ts';

/** Nesting of records that is followed. */
const depthMax = 8;
/** Keys under which a record lists hosts without naming their kind. */
const hostKeys = new Set(['websites', 'website', 'distribution', 'c2', 'c2s']);

/** Characters of a YAML text that are parsed; a parsed tree takes some forty times as much memory. */
const yamlCharsMax = 8 * 1024 * 1024;

/**
 * Reads a YAML document of records that list values under keys naming their kind (`domains`, `ips`, `sha256` …).
 *
 * Aliases may be expanded a hundred times, not more, so that a small document cannot become a large one.
 *
 * @throws {ComityError} `FORMAT_UNKNOWN` for what is not YAML or holds no list of values; `INPUT_TOO_LARGE`.
 */
export function* readYamlRecords(text: string, name: string): Generator<Item> {
  if (text.length > yamlCharsMax) {
    throw new ComityError('INPUT_TOO_LARGE', `Cannot read ${name}: YAML is read up to ${yamlCharsMax} characters`);
  }
  let document: unknown;
  try {
    document = parseYaml(text, { maxAliasCount: 100, prettyErrors: false, logLevel: 'silent' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
    throw new ComityError('FORMAT_UNKNOWN', `Cannot read ${name} as YAML: ${reason}`, { cause });
  }
  let values = 0;
  const records = Array.isArray(document) ? (document as JsonValue[]) : [document as JsonValue];
  for (const [index, record] of records.entries()) {
    const place = `record ${index + 1}`;
    for (const item of readKeyed(record, place)) {
      if (item.kind === 'value') values += 1;
      yield item;
    }
  }
  if (values === 0) {
    throw new ComityError(
      'FORMAT_UNKNOWN',
      `Cannot import ${name}: no key of it names a kind of value (domains, ips, sha256 …)`,
    );
  }
}

function* readKeyed(record: JsonValue, place: string): Generator<Item> {
  if (!isJsonObject(record)) return;
  const label = typeof record['name'] === 'string' ? [record['name'].slice(0, 200)] : [];
  const type = typeof record['type'] === 'string' ? [record['type'].slice(0, 200)] : [];
  const labels = [...label, ...type];
  const context = labels.length === 0 ? {} : { labels };
  const pending: { readonly value: JsonValue; readonly key: string; readonly depth: number }[] = [];
  const push = (object: JsonObject, depth: number): void => {
    for (const [key, value] of Object.entries(object).reverse()) pending.push({ value, key, depth });
  };
  push(record, 1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, key, depth } = next;
    if (isJsonObject(value)) {
      if (depth < depthMax) push(value, depth + 1);
      continue;
    }
    const meaning = hostKeys.has(key.toLowerCase()) ? 'name' : meaningOfType(key);
    const texts = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
    if (meaning === undefined) {
      if (texts.length > 0 && meaningOfHeader(key) === undefined) {
        yield { kind: 'loss', field: `key ${quote(key)}`, count: texts.length, reason: 'has no place in an indicator' };
      }
      continue;
    }
    for (const text of texts) {
      const values = valuesOfCell(text, meaning);
      if (values.length === 0) {
        const error = new ComityError(
          'VALUE_MALFORMED',
          `Cannot use ${place}: ${quote(text)} under ${quote(key)} is no such value`,
        );
        yield { kind: 'rejected', place: `${place} ${key}`, error };
      }
      for (const found of values) yield { kind: 'value', value: found, place: `${place} ${key}`, context };
    }
  }
}

/** Keys that make a JSON object a record of an indicator: one with the value, one with its type. */
export function isRecord(keys: readonly string[]): boolean {
  const roles = new Set(keys.map((key) => meaningOfHeader(key)?.role));
  return roles.has('value') && roles.has('type');
}

/** Reads one flat JSON object as a row whose header is its keys. */
export function* readJsonRecord(record: JsonObject, place: string): Generator<Item> {
  const keys = Object.keys(record).slice(0, 200);
  const layout = layoutOfHeader(keys);
  if (layout === undefined) {
    yield {
      kind: 'rejected',
      place,
      error: new ComityError('FORMAT_UNKNOWN', `Cannot use ${place}: it names no value`),
    };
    return;
  }
  const cells = keys.map((key) => cellOf(record[key]));
  yield* readRecord(cells, layout, place);
}

function cellOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').join(',') : '';
}
