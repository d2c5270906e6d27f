import { z } from 'zod';

/** Who decides, of the members of the charter that is to be changed. Whoever is suspended by it decides nothing. */
export const electorates = ['active', 'all', 'without-subject'] as const;

/** Hours of a day. */
const day = 24;
const hours = z.int().min(0).max(8784);

/** How one kind of action is decided. */
export const ruleShape = z.strictObject({
  /** `active`: members on the active list. `without-subject`: those but for the one it is about. `all`: the inactive too. */
  electorate: z.enum(electorates),
  /** Of the electorate, never of the ballots cast: which were cast depends on who shows them. `more`: it must be more than that. */
  share: z
    .strictObject({ numerator: z.int().min(1).max(100), denominator: z.int().min(1).max(100), more: z.boolean() })
    .refine(({ numerator, denominator, more }) => numerator < denominator || (numerator === denominator && !more)),
  /** Shortest time between opening and closing. */
  windowHours: hours.min(1),
  /** How long before opening witnesses must have seen that it was put forward: time to consult, and to reply. */
  noticeHours: hours,
  /** Shortest time from closing (from opening where it may end early) until it is in effect. */
  coolOffHours: hours,
  /** Members that put it forward. */
  sponsors: z.int().min(1).max(16),
  /** Whether it may be in effect before the vote closes, once so many said yes. */
  early: z.boolean(),
});
/** How one kind of action is decided. */
export type Rule = z.infer<typeof ruleShape>;

/** Kinds of actions that make the next charter. */
export const chainActions = [
  'admit',
  'amend',
  'amend-entrenched',
  'blocklist',
  'expel',
  'reaffirm',
  'recover',
  'reinstate',
  'suspend',
] as const;
/** One of {@link chainActions}. */
export type ChainAction = (typeof chainActions)[number];

/** A rule for each kind of action; `emergency` changes no charter. */
export const rulesShape = z.strictObject({
  admit: ruleShape,
  amend: ruleShape,
  'amend-entrenched': ruleShape,
  blocklist: ruleShape,
  emergency: ruleShape,
  expel: ruleShape,
  reaffirm: ruleShape,
  recover: ruleShape,
  reinstate: ruleShape,
  suspend: ruleShape,
});

const rule = (
  electorate: Rule['electorate'],
  [numerator, denominator]: readonly [number, number],
  windowHours: number,
  rest: Partial<Rule> & { readonly more?: boolean } = {},
): Rule => {
  const { more = false, ...changed } = rest;
  const share = { numerator, denominator, more };
  return { electorate, share, windowHours, noticeHours: 0, coolOffHours: 0, sponsors: 1, early: false, ...changed };
};

/** Rules to begin with: those federations of such teams have found to work (docs/adr/0032-charter.md). */
export const usualRules: z.infer<typeof rulesShape> = {
  admit: rule('active', [1, 2], 21 * day, { more: true, sponsors: 2, early: true }),
  amend: rule('active', [2, 3], 21 * day, { coolOffHours: 14 * day }),
  'amend-entrenched': rule('all', [9, 10], 60 * day, { coolOffHours: 30 * day }),
  blocklist: rule('active', [2, 3], 14 * day, { coolOffHours: 7 * day }),
  emergency: rule('without-subject', [1, 3], day, { early: true }),
  expel: rule('without-subject', [2, 3], 21 * day, { noticeHours: 7 * day, coolOffHours: 7 * day }),
  reaffirm: rule('active', [1, 2], 21 * day, { more: true, early: true }),
  recover: rule('without-subject', [1, 2], 7 * day, { more: true, coolOffHours: 3 * day }),
  reinstate: rule('active', [1, 2], 7 * day, { more: true, early: true }),
  suspend: rule('without-subject', [2, 3], 7 * day, { noticeHours: day, early: true }),
};
