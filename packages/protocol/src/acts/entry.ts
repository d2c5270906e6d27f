import { z } from 'zod';
import { canonicalJson, ComityError, parseJson, parseUtf8, recogniseTimestampUs, utf8Bytes } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import { areBytesEqual } from '../tlog/index.ts';

/** SHA-256 in base64, in its one form. */
export const hashText = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);
/** 16 random bytes in base64: nobody can confirm a guess at an entry by its hash. */
export const saltText = z.string().regex(/^[A-Za-z0-9+/]{21}[AQgw]==$/);
/** Of a log: signs that are no text a person would write. */
const originText = z.string().regex(/^[!-*,-~]{1,255}$/);
const digestText = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const secondText = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .refine((text) => recogniseTimestampUs(text) !== undefined);
/** The hour, no closer: when something happened often tells what. */
const hourText = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:00:00Z$/)
  .refine((text) => recogniseTimestampUs(text) !== undefined);

/**
 * Acts whose content everybody may read, with the form of it. Closed, and without a place for free text, names of persons or anything
 * a stranger wrote: what stands in a log stands there for ever.
 */
export const openActs = {
  /** The member's node descriptor changed: sequence and SHA-256 of its canonical bytes. */
  descriptor: z.strictObject({ sequence: count, digest: digestText }),
  /** What entry `index` committed to was erased: opening and payload are gone, the entry and every proof stay. */
  redaction: z.strictObject({
    index: count,
    reason: z.enum(['personal-data', 'order', 'contract', 'mistake']),
    approvals: z.number().int().min(1).max(9),
  }),
  /** The first entry of a log that goes on where another had to stop. */
  continuation: z.strictObject({ origin: originText, size: count, root: hashText }),
  /**
   * The key of private look-ups for an epoch and when that is over (docs/spec/lookup.md §2): there is one for all who ask, so two of one
   * epoch in a log show that askers were told apart.
   */
  'lookup-key': z.strictObject({ epoch: count.max(2 ** 32 - 1), key: digestText, until: secondText }),
  /**
   * The member puts a proposal forward, or supports it (docs/spec/charter.md §5). `previous`, in this and what follows, names the act of
   * voting before by the hash of its leaf: what a member said in votes is one chain, and two ends of it show two stories.
   */
  sponsorship: z.strictObject({ proposal: digestText, previous: digestText.optional() }),
  /** What the member says to a proposal, until it says something else. `reason`: SHA-256 of a salted text. */
  ballot: z.strictObject({
    proposal: digestText,
    choice: z.enum(['yes', 'no', 'abstain']),
    reason: digestText.optional(),
    previous: digestText.optional(),
  }),
  /** The member has seen that a proposal carried, and holds to what it installs. */
  confirmation: z.strictObject({ proposal: digestText, previous: digestText.optional() }),
  /**
   * The member leaves its federation, under the charter it knows; `bound`: the charter it has said yes to, or confirmed, in place of that
   * one.
   */
  leaving: z.strictObject({
    federation: digestText,
    charter: digestText,
    bound: digestText.optional(),
    previous: digestText.optional(),
  }),
  /** Acts of voting the member has seen, of any members: the root of the tree (RFC 6962) of the hashes of their leaves. */
  gathering: z.strictObject({ proposal: digestText, root: hashText, count: z.number().int().min(1).max(4096) }),
} as const;

/** Name of an act everybody may read. */
export type OpenAct = keyof typeof openActs;

const head = { v: z.literal(1), at: hourText, salt: saltText };

const openEntry = z.union(
  Object.entries(openActs).map(([type, content]) =>
    z.strictObject({ ...head, form: z.literal('open'), type: z.literal(type as OpenAct), content }),
  ),
);

/**
 * An act between members: which one, with whom and under which rule is committed to, each apart, so that each can be opened, and erased,
 * alone. Both sides of an exchange look alike.
 */
const exchangeEntry = z.strictObject({
  ...head,
  form: z.literal('committed'),
  type: z.literal('exchange'),
  content: hashText,
  recipients: hashText,
  decision: hashText,
});

const entrySchema = z.union([openEntry, exchangeEntry]);

/** An act as it stands in the log of whoever did it. */
export type Entry = z.infer<typeof entrySchema>;
/** An act between members, committed to. */
export type ExchangeEntry = z.infer<typeof exchangeEntry>;

/** Longest entry: acts are small. */
export const entryBytesMax = 4096;

/**
 * The bytes of an act: canonical JSON (RFC 8785), so that whoever parses and writes it again has the same bytes.
 *
 * @throws {ComityError} as {@link parseEntry}, for what that would not read.
 */
export function printEntry(entry: Entry): Uint8Array<ArrayBuffer> {
  const bytes = utf8Bytes(canonicalJson(entry as JsonValue));
  parseEntry(bytes);
  return bytes;
}

/**
 * Reads an entry of a member's log.
 *
 * @param bytes - hostile; at most {@link entryBytesMax}.
 * @throws {ComityError} `LEDGER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`, `JSON_MALFORMED`.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  if (bytes.length > entryBytesMax) {
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read entry: ${bytes.length} bytes, at most ${entryBytesMax} are read`,
    );
  }
  const text = parseUtf8(bytes, 'entry');
  const value = parseJson(text, entryBytesMax, 'entry');
  const read = entrySchema.safeParse(value);
  if (!read.success) {
    throw new ComityError('LEDGER_MALFORMED', 'Cannot read entry: it is no act this version knows');
  }
  // Bytes, not text: a byte-order mark is gone from the text.
  if (!areBytesEqual(utf8Bytes(canonicalJson(value)), bytes)) {
    throw new ComityError('LEDGER_MALFORMED', 'Cannot read entry: it is not written as canonical JSON');
  }
  return read.data;
}

/** The hour an instant is told as, µs since the Unix epoch. */
export function hourOf(us: number): string {
  const hourMs = 3_600_000;
  return `${new Date(Math.floor(us / 1000 / hourMs) * hourMs).toISOString().slice(0, 19)}Z`;
}
