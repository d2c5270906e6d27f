import { z } from 'zod';
import { limits, parseJson } from '../base/index.ts';
import { batchSchema } from './batch.ts';
import { itemSchema } from './item.ts';
import { malformed } from './malformed.ts';
import { memberText } from './terms.ts';

/** Media type of an outbox: one JSON value a line. */
export const outboxMediaType = 'application/x-ndjson';
/** Longest line: the text of an object, escaped, and what goes with it. */
export const outboxLineCharsMax = 2 * limits.stixObjectCharsMax + 64 * 1024;

const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * One line of what a sender answers who asks for its outbox: first the head with the sender's checkpoint, then batches, each with its
 * items behind it, then the end. Without an end the answer was cut: what came whole counts.
 */
const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('head'),
    v: z.literal(1),
    from: memberText,
    to: memberText,
    /** Behind which sequence this goes on. */
    after: sequence,
    /** The sender's checkpoint, a signed note; every batch below is proven to it. */
    checkpoint: z.string().max(limits.ledgerNoteBytesMax),
  }),
  batchSchema,
  z
    .strictObject({
      kind: z.literal('item'),
      item: itemSchema,
      /** The object's text; with what is lent alone. */
      object: z.string().max(limits.stixObjectCharsMax).optional(),
    })
    .refine(({ item, object }) => object === undefined || item.kind === 'lent'),
  z.strictObject({
    kind: z.literal('end'),
    /** Where to go on: sequence of the last item above, or where this began. */
    next: sequence,
    /** Whether there is nothing behind it now. */
    isAll: z.boolean(),
    /** Checkpoints of others' ledgers the sender holds, signed notes: whoever was shown another one says so. */
    seen: z.array(z.string().max(limits.ledgerNoteBytesMax)).max(64),
  }),
]);

/** One line of an outbox. */
export type OutboxLine = z.infer<typeof lineSchema>;

/**
 * Reads a line of an outbox. Which lines may follow which is for `createOutboxReader`.
 *
 * @param text - hostile, without its newline.
 * @param place - for the message: `line 7 of the outbox of …`.
 * @throws {ComityError} `PEER_MALFORMED`, `INPUT_TOO_LARGE`, `JSON_MALFORMED`.
 */
export function parseOutboxLine(text: string, place: string): OutboxLine {
  const read = lineSchema.safeParse(parseJson(text, outboxLineCharsMax, place));
  if (read.success) return read.data;
  throw malformed(place, read.error);
}

/** A line of an outbox, with its newline. */
export function printOutboxLine(line: OutboxLine): string {
  return `${JSON.stringify(line)}\n`;
}
