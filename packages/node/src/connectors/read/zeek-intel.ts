import { ComityError, quote } from '@comity/protocol/base';
import { parseValue, recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import type { Item } from '../item.ts';
import { lineTooLong, linesOf } from './lines.ts';

const usedFields: ReadonlySet<string> = new Set([
  'indicator',
  'indicator_type',
  'meta.source',
  'meta.desc',
  'meta.url',
]);

/**
 * Reads an intelligence file of Zeek: a `#fields` line that names the columns, in any order, and one indicator a line,
 * tab-separated.
 *
 * `meta.source` becomes a label, `meta.desc` and `meta.url` the description; other columns are a loss. Types that no value is for (`USER_NAME`, `SOFTWARE`) are a loss.
 * Without a `#fields` line nothing is known about the columns and every line is rejected.
 *
 * Spec: Zeek Intelligence Framework, input format.
 */
export async function* readZeekIntel(texts: AsyncIterable<string>): AsyncGenerator<Item> {
  let fields: string[] = [];
  for await (const { text, number } of linesOf(texts)) {
    const place = `line ${number}`;
    if (text === undefined) {
      yield { kind: 'rejected', place, error: lineTooLong(number) };
      continue;
    }
    if (text.startsWith('#fields\t')) {
      fields = text.trim().split('\t').slice(1);
      for (const field of fields.slice(0, 100)) {
        if (usedFields.has(field)) continue;
        yield { kind: 'loss', field: `column ${quote(field)}`, count: 1, reason: 'has no place in an indicator' };
      }
    }
    if (text.startsWith('#') || text.trim() === '') continue;
    const cells = text.split('\t');
    const cell = (name: string): string => {
      const at = fields.indexOf(name);
      const found = at < 0 ? '' : (cells[at] ?? '').trim();
      return found === '-' ? '' : found;
    };
    const type = cell('indicator_type');
    const value = valueOfType(cell('indicator'), type);
    if (value === 'no value')
      yield { kind: 'loss', field: type, count: 1, reason: 'is no kind of value that is looked for' };
    else if (value === undefined) {
      const shown = `${quote(cell('indicator'))} is no ${type === '' ? 'indicator of a known type' : type}`;
      yield {
        kind: 'rejected',
        place,
        error: new ComityError('VALUE_MALFORMED', `Cannot use line ${number}: ${shown}`),
      };
    } else {
      const source = cell('meta.source');
      const description = [cell('meta.desc'), cell('meta.url')].filter((part) => part !== '').join(' – ');
      const context = {
        ...(source === '' ? {} : { labels: [source] }),
        ...(description === '' ? {} : { description: description.slice(0, 1000) }),
      };
      yield { kind: 'value', value, place, context };
    }
  }
}

function valueOfType(text: string, type: string): ListedValue | 'no value' | undefined {
  try {
    switch (type) {
      case 'Intel::ADDR':
      case 'Intel::SUBNET':
        return parseValue(text, text.includes(':') ? 'ipv6' : 'ipv4');
      case 'Intel::DOMAIN':
        return parseValue(text, 'domain');
      case 'Intel::URL':
        return parseValue(text, 'url');
      case 'Intel::EMAIL':
        return parseValue(text, 'email');
      case 'Intel::FILE_NAME':
        return parseValue(text, 'file-name');
      case 'Intel::FILE_HASH':
      case 'Intel::CERT_HASH':
      case 'Intel::PUBKEY_HASH':
        return /^[0-9a-fA-F]+$/.test(text) ? recogniseValue(text) : undefined;
      case 'Intel::USER_NAME':
      case 'Intel::SOFTWARE':
        return 'no value';
      default:
        return undefined;
    }
  } catch (error) {
    // An address under `DOMAIN` is still that address; Zeek would never match it, the screen does.
    if (error instanceof ComityError) return recogniseValue(text);
    throw error;
  }
}
