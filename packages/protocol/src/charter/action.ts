import { z } from 'zod';
import {
  articleShape,
  blocklistShape,
  colludingShape,
  emergencyDaysShape,
  leasesShape,
  sharingRuleShape,
  termShape,
  witnessesShape,
} from './charter.ts';
import { digest, instant, shown, sorted, word } from './forms.ts';
import { ruleShape, rulesShape } from './rules.ts';

const articlesOf = <Article extends z.ZodType<{ id: string }>>(article: Article) =>
  z
    .strictObject({
      set: sorted(article, ({ id }) => id).max(100),
      remove: sorted(word, (id) => id).max(100),
    })
    .optional();

const amend = z
  .strictObject({
    type: z.literal('amend'),
    name: shown(200).optional(),
    /** All rules but the one that guards the entrenched. */
    rules: rulesShape.omit({ 'amend-entrenched': true }).partial().optional(),
    articles: articlesOf(articleShape.extend({ entrenched: z.literal(false) })),
    sharing: sorted(sharingRuleShape, ({ id }) => id)
      .max(50)
      .optional(),
    leases: leasesShape.optional(),
    witnesses: witnessesShape.optional(),
    emergencyDaysMax: emergencyDaysShape.optional(),
    termDays: termShape.optional(),
  })
  .refine((action) => Object.keys(action).length > 1, 'changes nothing');

const amendEntrenched = z
  .strictObject({
    type: z.literal('amend-entrenched'),
    articles: articlesOf(articleShape),
    rule: ruleShape.optional(),
    colludingMax: colludingShape.optional(),
  })
  .refine((action) => Object.keys(action).length > 1, 'changes nothing');

/**
 * All that can be proposed, and nothing else: what members have in common. No action names what a member shares, blocks, keeps or
 * deletes at home, so that no vote can be about it.
 */
export const actionShape = z.discriminatedUnion('type', [
  amend,
  amendEntrenched,
  z.strictObject({ type: z.literal('admit'), member: digest }),
  z.strictObject({ type: z.literal('expel'), member: digest }),
  z.strictObject({ type: z.literal('suspend'), member: digest }),
  z.strictObject({ type: z.literal('reinstate'), member: digest }),
  /** A member that lost all its keys goes on as another. */
  z.strictObject({ type: z.literal('recover'), member: digest, successor: digest }),
  z.strictObject({ type: z.literal('blocklist'), blocklist: blocklistShape }),
  /** The charter goes on for so many terms. */
  z.strictObject({ type: z.literal('reaffirm'), terms: z.int().min(1).max(9) }),
  /** From common goods alone, until then at the latest; makes no charter. */
  z.strictObject({ type: z.literal('emergency'), member: digest, until: instant }),
]);
/** Something that can be proposed. */
export type Action = z.infer<typeof actionShape>;

/** The member an action is about, who may be no judge of it. */
export function subjectOf(action: Action): string | undefined {
  return 'member' in action ? action.member : undefined;
}

/** The member that comes with an action, and has to say yes itself. */
export function newcomerOf(action: Action): string | undefined {
  if (action.type === 'admit') return action.member;
  return action.type === 'recover' ? action.successor : undefined;
}
