import { isJsonObject, recogniseTimestampUs } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';

/** A member of a record; nothing inherited, no null. */
export function memberOf(record: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(record, key) ? (record[key] ?? undefined) : undefined;
}

/** A member at a dotted path, whether the record nests objects or has dots in its keys. */
export function at(record: JsonObject, path: string): JsonValue | undefined {
  const whole = memberOf(record, path);
  if (whole !== undefined) return whole;
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inner = memberOf(record, path.slice(0, dot));
    if (!isJsonObject(inner)) continue;
    const value = at(inner, path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Text that is not empty and no sign for "unset"; of a list its first. */
export function textOf(value: JsonValue | undefined): string | undefined {
  if (Array.isArray(value)) return textOf(value[0]);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;
}

/** A number, also when it is written as text, in hexadecimal with `0x`. */
export function numberOf(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '' || value === '-' || value.length > 32) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A count or a port; undefined for what is no whole number from 0. */
export function countOf(value: JsonValue | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The texts of a list, or of one with commas between as Zeek writes sets into a column. At most so many. */
export function textsOf(value: JsonValue | undefined): string[] {
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  return list.slice(0, listMax).flatMap((each) => textOf(each) ?? []);
}

const listMax = 64;

const timeForm = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:\d*)(Z|[+-]\d\d:?\d\d)?$/;

/**
 * An instant in microseconds since the Unix epoch: RFC 3339 with any offset, with a blank for the `T`, without zone (UTC
 * then), or seconds as a number.
 */
export function timeOf(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string' || value.length > 64 || value.indexOf('-') < 1) {
    const seconds = numberOf(value);
    return seconds !== undefined && seconds >= 0 && seconds < 1e11 ? Math.round(seconds * 1e6) : undefined;
  }
  const [, day, time, zone = 'Z'] = timeForm.exec(value) ?? [];
  const us = recogniseTimestampUs(`${day}T${time}Z`);
  if (us === undefined || zone === 'Z') return us;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return us - (zone.startsWith('-') ? -minutes : minutes) * 60e6;
}

const serialForm = /^[0-9a-fA-F]{2,128}$/;

/** A serial number as STIX writes it (§6.18): lower-case pairs with colons between. */
export function serialOf(text: string | undefined): string | undefined {
  const digits = text?.replaceAll(':', '');
  if (digits === undefined || !serialForm.test(digits)) return text;
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return even.toLowerCase().replace(/(..)(?!$)/g, '$1:');
}

/** `hashes` of digests by whatever their members are called. */
export function hashesOf(digests: Readonly<Record<string, string | undefined>>): JsonObject | undefined {
  let hashes: JsonObject | undefined;
  for (const name in digests) {
    const digest = digests[name];
    if (digest !== undefined) (hashes ??= {})[name] = digest.toLowerCase();
  }
  return hashes;
}
