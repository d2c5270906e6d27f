import { z } from 'zod';
import { assert, isStixId, parseJson, parseStixId, utf8Bytes } from '../base/index.ts';
import type { StixId } from '../base/index.ts';
import { paps, tlps } from '../markings/index.ts';
import type { Pap, Tlp } from '../markings/index.ts';
import { malformed } from './bytes.ts';
import { cellBytesMax } from './sealed-record.ts';

/** What a holder tells of a value to whoever asked for it. */
export interface LookupRecord {
  /** Id of the indicator, so that it can be spoken of. */
  readonly id: StixId;
  /** Cut where the record has no room. */
  readonly name: string;
  /** Without those the record has no room for. */
  readonly labels: readonly string[];
  readonly tlp: Tlp;
  readonly pap: Pap;
  /** RFC 3339; undefined: no end. */
  readonly validUntil: string | undefined;
  /** Objects that list the value, of those this member may have. */
  readonly objects: number;
  /** Whether the value alone is what the indicator describes; else it asks for more. */
  readonly decides: boolean;
}

const shape = z.strictObject({
  id: z.string().refine(isStixId),
  name: z.string().max(cellBytesMax).optional(),
  labels: z.array(z.string().min(1).max(cellBytesMax)).optional(),
  tlp: z.enum(tlps),
  pap: z.enum(paps),
  until: z.iso.datetime().optional(),
  objects: z.int().min(1),
  decides: z.boolean(),
});

/** The text of a record, in at most `bytesMax` bytes: labels go first, then the end of the name. */
export function printLookupRecord(record: LookupRecord, bytesMax: number): string {
  const name = record.name.toWellFormed();
  const labels = record.labels.map((label) => label.toWellFormed());
  for (let count = labels.length; count > 0; count -= 1) {
    const text = textOf(record, name, labels.slice(0, count));
    if (utf8Bytes(text).length <= bytesMax) return text;
  }
  let cut = name;
  let text = textOf(record, cut, []);
  for (let over = utf8Bytes(text).length - bytesMax; over > 0; over = utf8Bytes(text).length - bytesMax) {
    assert(cut !== '', 'a record has room for what is no name');
    // A character takes at most six bytes in JSON, so that no name is cut for longer than it takes.
    cut = Array.from(cut)
      .slice(0, -Math.ceil(over / 6))
      .join('');
    text = textOf(record, cut, []);
  }
  return text;
}

function textOf(record: LookupRecord, name: string, labels: readonly string[]): string {
  const { id, tlp, pap, validUntil, objects, decides } = record;
  return JSON.stringify({
    id,
    ...(name !== '' && { name }),
    ...(labels.length > 0 && { labels }),
    tlp,
    pap,
    ...(validUntil !== undefined && { until: validUntil }),
    objects,
    decides,
  });
}

/**
 * Reads the text of a record.
 *
 * @param text - hostile, out of a record.
 * @throws {ComityError} `LOOKUP_MALFORMED`.
 */
export function parseLookupRecord(text: string): LookupRecord {
  let value: unknown;
  try {
    value = parseJson(text, cellBytesMax, 'the record');
  } catch (cause) {
    throw malformed('Cannot read the record: it is no JSON', cause);
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success)
    throw malformed(`Cannot read the record: ${parsed.error.issues[0]!.path.join('.')} has not its form`);
  const { id, name = '', labels = [], until, ...rest } = parsed.data;
  return { id: parseStixId(id), name, labels, validUntil: until, ...rest };
}
