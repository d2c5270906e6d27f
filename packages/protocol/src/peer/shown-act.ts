import { z } from 'zod';
import { asOwnError } from '../base/index.ts';
import { entryBytesMax, hashText, isOpenedBy, parseEntry } from '../acts/index.ts';
import type { Committed, ExchangeEntry } from '../acts/index.ts';
import { parseBase64 } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';

/** An act of an exchange as one member shows it to another: the entry of its ledger, in base64, and what opens two of its commitments. */
export const shownAct = {
  entry: z.string().max(4 * Math.ceil(entryBytesMax / 3)),
  openings: z.strictObject({ content: hashText, recipients: hashText }),
};
const shownActSchema = z.strictObject(shownAct);
/** An act that is shown. */
export type ShownAct = z.infer<typeof shownActSchema>;

/** The act that is shown, with the bytes that are hashed; undefined: it is none of an exchange. */
export function recogniseAct({ entry }: ShownAct): { bytes: Uint8Array; act: ExchangeEntry } | undefined {
  try {
    const bytes = parseBase64(entry, 'entry of an act');
    const act = parseEntry(bytes);
    return act.form === 'committed' ? { bytes, act } : undefined;
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

/** Whether an act was committed to this content and these recipients. */
export function isActOpenedAs(
  act: ExchangeEntry,
  { openings }: ShownAct,
  claimed: Readonly<Record<'content' | 'recipients', Committed>>,
  sha256: Sha256,
): boolean {
  return (['content', 'recipients'] as const).every((part) =>
    isOpenedBy(hashOf(act[part]), hashOf(openings[part]), claimed[part], sha256),
  );
}

/** The bytes of a hash or an opening whose form the schema has seen. */
export function hashOf(text: string): Uint8Array {
  return parseBase64(text, 'hash');
}
