import { ComityError, quote } from '@comity/protocol/base';
import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import type { Item } from '../item.ts';
import { lineTooLong, linesOf } from './lines.ts';

const zoneTypes = /^(?:SOA|NS|TXT|DNSKEY|RRSIG|NSEC3?|ZONEMD|CAA|MX)$/i;
const zoneOwner = /^(\S+\.)\s+(?:\d+\s+)?(?:IN\s+)?SOA\s/i;
const triggers = /\.(rpz-ip|rpz-client-ip|rpz-nsip|rpz-nsdname)\.?$/i;

/**
 * Reads a response policy zone: the names and addresses it acts on.
 *
 * `name` and `*.name` together say what `name` says alone, so each name is listed once; `*.name` alone lists only what is
 * below. Passthru rules allow and are a loss, as are triggers on name servers and clients. Records spread over several lines
 * by parentheses (the SOA) are skipped whole.
 *
 * Spec: draft-vixie-dnsop-dns-rpz.
 */
export async function* readRpz(texts: AsyncIterable<string>): AsyncGenerator<Item> {
  const listed = new Set<string>();
  const wildcards = new Map<string, string>();
  let open = 0;
  let origin = '';
  for await (const { text, number } of linesOf(texts)) {
    const place = `line ${number}`;
    if (text === undefined) {
      yield { kind: 'rejected', place, error: lineTooLong(number) };
      continue;
    }
    const record = text.replace(/;.*$/, '').trimEnd();
    const wasOpen = open > 0;
    for (const mark of record) open = Math.max(0, open + (mark === '(' ? 1 : mark === ')' ? -1 : 0));
    if (wasOpen || record.trim() === '' || record.startsWith('$TTL')) continue;
    if (record.startsWith('$ORIGIN')) {
      origin = record.split(/\s+/)[1]?.toLowerCase() ?? '';
      continue;
    }
    // A zone as a transfer prints it names no origin, and every owner in full: the zone's own name is not part of a rule.
    if (origin === '') origin = zoneOwner.exec(record)?.[1]?.toLowerCase() ?? '';
    const rule = ruleOf(record, origin);
    if (rule === undefined) continue;
    if (typeof rule === 'string') {
      yield { kind: 'loss', field: rule, count: 1, reason: 'has no form as an indicator' };
      continue;
    }
    const wild = rule.owner.startsWith('*.');
    const base = wild ? rule.owner.slice(2) : rule.owner;
    const value = triggers.test(base) ? addressOf(base) : recogniseValue(base, { anySuffix: true });
    if (value === undefined) {
      const error = new ComityError('VALUE_MALFORMED', `Cannot use line ${number}: ${quote(rule.owner)} is no name`);
      yield { kind: 'rejected', place, error };
    } else if (wild) wildcards.set(value.value, place);
    else if (!listed.has(value.value)) {
      listed.add(value.value);
      yield { kind: 'value', value, place, context: {} };
    }
  }
  for (const [name, place] of wildcards) {
    if (!listed.has(name)) yield { kind: 'value', value: { kind: 'domain', value: `*.${name}` }, place, context: {} };
  }
}

/** Owner of a record that blocks; a text names what cannot be taken; undefined for the zone's own records. */
function ruleOf(record: string, origin: string): { owner: string } | string | undefined {
  // A record that begins with a blank belongs to the owner before it, which is listed already.
  if (/^\s/.test(record)) return undefined;
  const words = record.split(/\s+/);
  const typeAt = words.findIndex((word, index) => index > 0 && /^(?:CNAME|A|AAAA|DNAME)$/i.test(word));
  const owner = words[0] ?? '';
  if (owner === '@') return undefined;
  if (typeAt < 0) return words.some((word, index) => index > 0 && zoneTypes.test(word)) ? undefined : { owner };
  const target = (words[typeAt + 1] ?? '').toLowerCase();
  if (/^rpz-passthru\.?$/.test(target)) return 'RPZ passthru rule';
  const lower = owner.toLowerCase();
  const relative = origin !== '' && lower.endsWith(`.${origin}`) ? lower.slice(0, -origin.length - 1) : lower;
  const trigger = triggers.exec(relative)?.[1];
  if (trigger !== undefined && trigger.toLowerCase() !== 'rpz-ip') return `RPZ trigger ${trigger.toLowerCase()}`;
  return { owner: relative };
}

/** `24.0.2.0.192.rpz-ip` is 192.0.2.0/24; an IPv6 address is written by its groups, `zz` for `::`. */
function addressOf(owner: string): ListedValue | undefined {
  const parts = owner.replace(triggers, '').split('.').reverse();
  const prefix = parts.pop();
  const separator = parts.length === 4 && parts.every((part) => /^\d+$/.test(part)) ? '.' : ':';
  const text = parts
    .join(separator)
    .replace(/^zz$/, '::')
    .replace(/^zz:/, '::')
    .replace(/:zz$/, '::')
    .replace(':zz:', '::');
  return recogniseValue(`${text}/${prefix ?? ''}`);
}
