import { z } from 'zod';
import { hashText, isOpenedBy } from '../acts/index.ts';
import type { Committed, ExchangeEntry } from '../acts/index.ts';
import { parseBase64 } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { batchContent, batchDecision, batchRecipients, receivedContent } from './batch.ts';
import type { CommittedPart } from './batch.ts';
import { hashOf } from './shown-act.ts';
import { memberText } from './terms.ts';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Rules one batch went out under: more than any law has. */
const rulesMax = 10_000;

/** What the act of a batch commits to as its content, by whoever sent it. */
const sentPayload = z.strictObject({ first: count, count, root: hashText });
/** The same by whoever received it: the act of the sender. */
const receivedPayload = z.strictObject({
  content: hashText,
  origin: z.string().min(1).max(255),
  index: count,
});

/**
 * An act of an exchange opened whole, to whoever may audit the member whose ledger it stands in: its openings, in base64, and what each
 * part is said to commit to.
 */
export const openedActSchema = z.strictObject({
  openings: z.strictObject({ content: hashText, recipients: hashText, decision: hashText }),
  payloads: z.strictObject({
    content: z.union([sentPayload, receivedPayload]),
    recipients: z.strictObject({ from: memberText, to: memberText }),
    decision: z.strictObject({
      lawHash: z.string().max(255),
      rules: z.array(z.string().max(300)).max(rulesMax),
    }),
  }),
});

/** An act of an exchange opened whole. */
export type OpenedAct = z.infer<typeof openedActSchema>;

/**
 * Which parts of an act open as what they are said to be. The word of whoever opens it ends here: that the act stands in a ledger is shown by
 * a proof for its entry.
 *
 * @param act - the entry, read.
 * @param opened - of the right form; hostile in what it says.
 */
export function openedParts(
  act: ExchangeEntry,
  { openings, payloads }: OpenedAct,
  sha256: Sha256,
): Record<CommittedPart, boolean> {
  const { content, recipients, decision } = payloads;
  const about: Record<CommittedPart, Committed> = {
    content:
      'root' in content
        ? batchContent({ ...content, root: parseBase64(content.root, 'root of a batch') })
        : receivedContent(content),
    recipients: batchRecipients(recipients.from, recipients.to),
    decision: batchDecision(decision.lawHash, decision.rules),
  };
  const isOpen = (part: CommittedPart): boolean =>
    isOpenedBy(hashOf(act[part]), hashOf(openings[part]), about[part], sha256);
  return { content: isOpen('content'), recipients: isOpen('recipients'), decision: isOpen('decision') };
}
